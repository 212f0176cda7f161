"""Reads fragmented MP4 (ISO/IEC 14496-12) far enough to judge Sluice's segments; no libav in here."""
import dataclasses
import struct


def boxes(data, start=0, end=None):
    end = len(data) if end is None else end
    while start < end:
        size, kind = struct.unpack_from(">I4s", data, start)
        header = 8
        if size == 1:
            size, header = struct.unpack_from(">Q", data, start + 8)[0], 16
        assert header <= size <= end - start, f"box {kind} of {size} bytes at {start} does not fit"
        yield kind.decode("latin-1"), start + header, start + size
        start += size


def find(data, path, start=0, end=None):
    """Payload ranges of all boxes at `path`, such as "moof/traf/trun"."""
    first, _, rest = path.partition("/")
    for kind, body, stop in boxes(data, start, end):
        if kind == first:
            if rest:
                yield from find(data, rest, body, stop)
            else:
                yield body, stop


def one(data, path):
    found = list(find(data, path))
    assert len(found) == 1, f"{len(found)} boxes at {path}"
    return found[0]


@dataclasses.dataclass
class Init:
    timescale: int
    handler: str
    trex: tuple          # default duration, size, flags
    edits: list          # (segment_duration, media_time)
    sample_entry: str
    codec_box: bytes     # payload of avcC or esds


def read_init(data):
    body, _ = one(data, "moov/trak/mdia/mdhd")
    timescale = struct.unpack_from(">I", data, body + (20 if data[body] == 1 else 12))[0]
    body, _ = one(data, "moov/trak/mdia/hdlr")
    handler = data[body + 8:body + 12].decode()
    body, _ = one(data, "moov/mvex/trex")
    trex = struct.unpack_from(">III", data, body + 12)
    edits = []
    for body, _ in find(data, "moov/trak/edts/elst"):
        wide = data[body] == 1
        for i in range(struct.unpack_from(">I", data, body + 4)[0]):
            at = body + 8 + i * (20 if wide else 12)
            edits.append(struct.unpack_from(">Qq" if wide else ">Ii", data, at))
    body, stop = one(data, "moov/trak/mdia/minf/stbl/stsd")
    kind, entry, entry_stop = next(boxes(data, body + 8, stop))
    fields = 78 if handler == "vide" else 28
    codec = {name: data[a:b] for name, a, b in boxes(data, entry + fields, entry_stop)}
    return Init(timescale, handler, trex, edits, kind, codec.get("avcC") or codec.get("esds"))


@dataclasses.dataclass
class Sample:
    duration: int
    size: int
    flags: int
    composition_offset: int
    data: bytes

    @property
    def is_sync(self):
        return not self.flags & 0x10000


@dataclasses.dataclass
class Segment:
    decode_time: int
    samples: list

    @property
    def duration(self):
        return sum(sample.duration for sample in self.samples)

    def presentation_times(self):
        times, at = [], self.decode_time
        for sample in self.samples:
            times.append(at + sample.composition_offset)
            at += sample.duration
        return times


def read_segment(data, init):
    """A media segment of exactly one fragment with one track."""
    kinds = [kind for kind, _, _ in boxes(data)]
    assert [kind for kind in kinds if kind in ("moof", "mdat")] == ["moof", "mdat"], kinds
    moof = next(body - 8 for body, _ in find(data, "moof"))
    body, _ = one(data, "moof/traf/tfhd")
    flags = struct.unpack_from(">I", data, body)[0] & 0xFFFFFF
    assert flags & 0x20000, "default-base-is-moof is what CMAF asks for"
    at = body + 8
    assert not flags & 1, "no base data offset in CMAF"
    if flags & 2:
        at += 4
    defaults = list(init.trex)
    for bit, index in ((8, 0), (0x10, 1), (0x20, 2)):
        if flags & bit:
            defaults[index] = struct.unpack_from(">I", data, at)[0]
            at += 4
    body, _ = one(data, "moof/traf/tfdt")
    decode_time = struct.unpack_from(">Q" if data[body] == 1 else ">I", data, body + 4)[0]
    body, _ = one(data, "moof/traf/trun")
    version, flags = data[body], struct.unpack_from(">I", data, body)[0] & 0xFFFFFF
    count = struct.unpack_from(">I", data, body + 4)[0]
    at, offset, first_flags = body + 8, 0, None
    if flags & 1:
        offset = struct.unpack_from(">i", data, at)[0]
        at += 4
    if flags & 4:
        first_flags = struct.unpack_from(">I", data, at)[0]
        at += 4
    mdat, mdat_stop = one(data, "mdat")
    position = moof + offset
    assert position >= mdat, "samples start inside the mdat"
    samples = []
    for i in range(count):
        values = list(defaults)
        for bit, index in ((0x100, 0), (0x200, 1), (0x400, 2)):
            if flags & bit:
                values[index] = struct.unpack_from(">I", data, at)[0]
                at += 4
        composition = 0
        if flags & 0x800:
            composition = struct.unpack_from(">i" if version else ">I", data, at)[0]
            at += 4
        if i == 0 and first_flags is not None:
            values[2] = first_flags
        samples.append(Sample(*values, composition, data[position:position + values[1]]))
        position += values[1]
    assert position == mdat_stop, "the samples fill the mdat"
    return Segment(decode_time, samples)


def slice_types(sample):
    """NAL unit types of the coded slices of an H.264 sample: 5 is an IDR."""
    types, at = [], 0
    while at < len(sample.data):
        length = struct.unpack_from(">I", sample.data, at)[0]
        kind = sample.data[at + 4] & 31
        if 1 <= kind <= 5:
            types.append(kind)
        at += 4 + length
    assert at == len(sample.data), "NAL units fill the sample"
    return types
