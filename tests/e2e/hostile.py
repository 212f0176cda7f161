"""Files that nobody makes by accident: small ones that ask for much. Each of FILES makes one, in well under a second."""
import struct
import zlib

from server import MEDIA

TINY = MEDIA / "tiny_64x64_edit_list.mp4"


def packed_zeros(megabytes):
    """A zlib stream (RFC 1950) of nothing but zeros: a thousandth of their size, and made at once."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    one = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = ((megabytes << 20) % 65521) << 16 | 1
    return b"\x78\x9c" + one * megabytes + b"\x03\x00" + struct.pack(">I", checksum)


# --- MP4 (ISO/IEC 14496-12)

def box(kind, *content):
    body = b"".join(content)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full(kind, *content, version=0, flags=0):
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


def boxes(data):
    """Top-level boxes: [(kind, whole box)]."""
    found, at = [], 0
    while at < len(data):
        size = struct.unpack_from(">I", data, at)[0]
        found.append((data[at + 4:at + 8], data[at:at + size]))
        at += size
    return found


def tiny():
    return bytearray(TINY.read_bytes())


def set_u32(data, box_kind, at, value):
    """A number in the first box of a kind, counted from behind its type."""
    place = data.index(box_kind) + 4 + at
    struct.pack_into(">I", data, place, value & 0xFFFFFFFF)
    return data


def huge_picture_in_the_header():
    data = tiny()
    struct.pack_into(">HH", data, data.index(b"avc1") + 4 + 24, 65535, 65535)
    return bytes(data)


def many_tracks(count):
    def make():
        parts = dict(boxes(bytes(tiny())))
        moov = parts[b"moov"][8:]
        inner = boxes(moov)
        trak = next(whole for kind, whole in inner if kind == b"trak")
        rest = b"".join(whole for kind, whole in inner if kind != b"trak")
        return parts[b"ftyp"] + box(b"moov", rest, trak * count) + box(b"mdat", bytes(1000))
    return make


def many_samples():
    """A million samples of one byte each: four kilobytes of tables claim them, the data is there."""
    count = 1_000_000
    data = tiny()
    parts = dict(boxes(bytes(data)))
    stbl_at = data.index(b"stsd") - 4
    stsd = bytes(data[stbl_at:stbl_at + struct.unpack_from(">I", data, stbl_at)[0]])
    offset = len(parts[b"ftyp"]) + 8
    stbl = box(b"stbl", stsd, full(b"stts", struct.pack(">III", 1, count, 1)),
               full(b"stsc", struct.pack(">IIII", 1, 1, count, 1)), full(b"stsz", struct.pack(">II", 1, count)),
               full(b"stco", struct.pack(">II", 1, offset)))
    dinf = box(b"dinf", full(b"dref", struct.pack(">I", 1), full(b"url ", flags=1)))
    vmhd = full(b"vmhd", bytes(8), flags=1)
    mdhd = full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 1000, count, 0x55C4, 0))
    hdlr = full(b"hdlr", bytes(4), b"vide", bytes(13))
    tkhd = full(b"tkhd", struct.pack(">IIIII", 0, 0, 1, 0, count), bytes(16), struct.pack(">9I", 65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30),
                struct.pack(">II", 64 << 16, 64 << 16), flags=3)
    mvhd = full(b"mvhd", struct.pack(">IIII", 0, 0, 1000, count), struct.pack(">IH", 65536, 256), bytes(10),
                struct.pack(">9I", 65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30), bytes(24), struct.pack(">I", 2))
    trak = box(b"trak", tkhd, box(b"mdia", mdhd, hdlr, box(b"minf", vmhd, dinf, stbl)))
    return parts[b"ftyp"] + box(b"mdat", b"\x65" * count) + box(b"moov", mvhd, trak)


def endless_sample_table():
    return bytes(set_u32(tiny(), b"stsz", 8, 0xFFFFFFFF))


def samples_of_two_gigabytes():
    data = tiny()
    count = struct.unpack_from(">I", data, data.index(b"stsz") + 12)[0]
    for i in range(count):
        set_u32(data, b"stsz", 12 + 4 * i, 0x7FFFFFF0)
    return bytes(data)


def nested(depth):
    def make():
        inside = box(b"free")
        for _ in range(depth):
            inside = box(b"moov", inside)
        return box(b"ftyp", b"isom", bytes(4), b"isom") + inside
    return make


def compressed_header_bomb():
    """QuickTime's compressed movie resource: 600 kB that announce, and are, 600 MB of header."""
    cmov = box(b"cmov", box(b"dcom", b"zlib"), box(b"cmvd", struct.pack(">I", 600 << 20), packed_zeros(600)))
    return box(b"ftyp", b"qt  ", bytes(4), b"qt  ") + box(b"moov", cmov)


def timescale(value):
    def make():
        data = tiny()
        set_u32(data, b"mdhd", 12, value)
        set_u32(data, b"mvhd", 12, value)
        return bytes(data)
    return make


def sample_delta(value):
    return lambda: bytes(set_u32(tiny(), b"stts", 12, value))


def edit_list(media_time):
    return lambda: bytes(set_u32(tiny(), b"elst", 12, media_time))


def box_without_end():
    return box(b"ftyp", b"isom", bytes(4), b"isom") + struct.pack(">I4sQ", 1, b"moov", 1 << 62) + bytes(100)


# --- Matroska (RFC 9559)

def ebml(number, body):
    size = struct.pack(">Q", len(body) | 1 << 56)
    return bytes.fromhex(number) + size + body


def uint(number, value):
    return ebml(number, struct.pack(">Q", value))


def matroska(tracks, clusters, scale=1_000_000):
    head = ebml("1a45dfa3", ebml("4282", b"matroska") + uint("4287", 4) + uint("4285", 2))
    info = ebml("1549a966", uint("2ad7b1", scale))
    return head + ebml("18538067", info + ebml("1654ae6b", tracks) + clusters)


def video_track(codec, width, height, private=b"", extra=b""):
    return ebml("ae", uint("d7", 1) + uint("73c5", 1) + uint("83", 1) + ebml("86", codec) + ebml("63a2", private) + extra +
                ebml("e0", uint("b0", width) + uint("ba", height)))


def block(content, time=0):
    return ebml("a3", b"\x81" + struct.pack(">h", time) + b"\x80" + content)


def cluster(content, time=0):
    return ebml("1f43b675", uint("e7", time) + content)


def bitmap_info(fourcc, width, height):
    return struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, fourcc, 0, 0, 0, 0, 0)


def png(width, height):
    """One bit a pixel, all black: a hundred megabytes in a hundred kilobytes."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    packed = zlib.compressobj(1)
    row = bytes(1 + (width + 7) // 8)
    rows = b"".join(packed.compress(row * 100) for _ in range(height // 100)) + packed.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)) + chunk(b"IDAT", rows) + \
        chunk(b"IEND", b"")


def png_bomb(width, height, said_width, said_height):
    def make():
        track = video_track(b"V_MS/VFW/FOURCC", said_width, said_height, bitmap_info(b"MPNG", said_width, said_height))
        return matroska(track, cluster(block(png(width, height))))
    return make


def compressed_block_bomb():
    """A block that ContentCompression blows up from 400 kB to 400 MB."""
    compression = ebml("6d80", ebml("6240", uint("5031", 0) + uint("5032", 1) + uint("5033", 0) + ebml("5034", uint("4254", 0))))
    return matroska(video_track(b"V_MJPEG", 64, 64, extra=compression), cluster(block(packed_zeros(400))))


def million_blocks():
    return matroska(video_track(b"V_MPEG4/ISO/ASP", 64, 64), cluster(block(b"x") * 1_000_000))


def cluster_time(value):
    def make():
        frame = png(64, 100)
        track = video_track(b"V_MS/VFW/FOURCC", 64, 100, bitmap_info(b"MPNG", 64, 100))
        return matroska(track, cluster(block(frame)) + cluster(block(frame), value))
    return make


def time_scale(value):
    def make():
        frame = png(64, 100)
        track = video_track(b"V_MS/VFW/FOURCC", 64, 100, bitmap_info(b"MPNG", 64, 100))
        return matroska(track, cluster(b"".join(block(frame, i) for i in range(50))), scale=value)
    return make


def seek_head_of_itself():
    entry = ebml("4dbb", ebml("53ab", bytes.fromhex("114d9b74")) + uint("53ac", 0))
    head = ebml("1a45dfa3", ebml("4282", b"matroska") + uint("4287", 4) + uint("4285", 2))
    return head + ebml("18538067", ebml("114d9b74", entry * 50) * 20)


def nested_elements():
    inside = b""
    for _ in range(300):
        inside = ebml("1254c367", ebml("7373", ebml("67c8", inside)))
    return matroska(video_track(b"V_VP8", 64, 64), inside)


# --- others

def gif_canvas():
    return b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0) + b"\x2c" + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + \
        b"\x02\x02\x4c\x01\x00\x3b"


class Bits:
    def __init__(self):
        self.text = ""

    def u(self, count, value):
        self.text += format(value, f"0{count}b")
        return self

    def ue(self, *values):
        for value in values:
            binary = format(value + 1, "b")
            self.text += "0" * (len(binary) - 1) + binary
        return self

    def bytes(self):
        text = self.text + "1"
        text += "0" * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big")


def h264_of(width, height):
    """A byte stream whose parameter sets ask for this much, and a picture of nothing but a header."""
    def make():
        sps = Bits().u(8, 66).u(8, 0).u(8, 62).ue(0, 0, 0, 0, 4).u(1, 0).ue(width // 16 - 1, height // 16 - 1).u(4, 0b1100)
        pps = Bits().ue(0, 0).u(2, 0).ue(0, 0, 0).u(3, 0).ue(0, 0, 0).u(3, 0)
        idr = Bits().ue(0, 7, 0).u(4, 0).ue(0).u(2, 0).ue(0, 0)
        unit = b"\0\0\0\1\x67" + sps.bytes() + b"\0\0\0\1\x68" + pps.bytes() + b"\0\0\0\1\x65" + idr.bytes() + bytes(20)
        return unit * 30
    return make


def wav(channels, rate, bits=16):
    def make():
        align = channels * bits // 8 & 0xFFFF
        fmt = struct.pack("<HHIIHH", 1, channels, rate, rate * align & 0xFFFFFFFF, align, bits)
        body = b"WAVEfmt " + struct.pack("<I", len(fmt)) + fmt + b"data" + struct.pack("<I", 200_000) + bytes(200_000)
        return b"RIFF" + struct.pack("<I", len(body)) + body
    return make


def many_ogg_streams():
    """Ten thousand logical streams, each a first page of Vorbis' header."""
    head = b"\x01vorbis" + struct.pack("<IBIiiiBB", 0, 2, 48000, 0, 128000, 0, 0xB8, 1)
    return b"".join(b"OggS\0\2" + struct.pack("<qIII", 0, serial, 0, 0) + bytes([1, len(head)]) + head for serial in range(10_000))


def many_programs():
    """Transport stream whose every packet is a table that announces further streams."""
    packets = []
    for i in range(4000):
        pid = 32 + i % 8000
        body = bytes([0, 2, 0xB0, 0x17, 0, 1, 0xC1, 0, 0, 0xE0 | pid >> 8, pid & 255, 0xF0, 0, 0x1B, 0xE0 | pid >> 8, pid & 255, 0xF0, 0])
        packets.append(b"\x47" + struct.pack(">H", 0x4000 | pid) + bytes([0x10 | i & 15]) + body.ljust(184, b"\xff"))
    return b"".join(packets)


def flv_with_endless_metadata():
    name = b"\x02\x00\x0aonMetaData"
    array = b"\x03" + b"\x00\x01a\x03" * 100_000
    body = name + array
    tag = b"\x12" + struct.pack(">I", len(body))[1:] + bytes(7) + body
    return b"FLV\x01\x05\0\0\0\x09\0\0\0\0" + tag + struct.pack(">I", len(tag))


def nested_riff():
    inside = b""
    for _ in range(2000):
        inside = b"LIST" + struct.pack("<I", len(inside) + 4) + b"hdrl" + inside
    return b"RIFF" + struct.pack("<I", len(inside) + 4) + b"AVI " + inside


FILES = {
    "picture of 65535 x 65535 in an MP4's header": huge_picture_in_the_header,
    "GIF of 65535 x 65535": gif_canvas,
    "PNG of 30000 x 30000": png_bomb(30000, 30000, 30000, 30000),
    "PNG of 30000 x 30000 in a track of 64 x 64": png_bomb(30000, 30000, 64, 64),
    "H.264 of 16384 x 16384": h264_of(16384, 16384),
    "H.264 of 65536 x 65536": h264_of(65536, 65536),
    "a thousand tracks": many_tracks(1000),
    "twenty thousand tracks": many_tracks(20_000),
    "ten thousand Ogg streams": many_ogg_streams,
    "thousands of programs": many_programs,
    "a million samples of one byte": many_samples,
    "a million blocks of one byte": million_blocks,
    "four billion samples": endless_sample_table,
    "samples of two gigabytes": samples_of_two_gigabytes,
    "boxes in boxes": nested(5000),
    "elements in elements": nested_elements,
    "lists in lists": nested_riff,
    "compressed header": compressed_header_bomb,
    "compressed block": compressed_block_bomb,
    "seek head of itself": seek_head_of_itself,
    "endless metadata": flv_with_endless_metadata,
    "box without end": box_without_end,
    "timescale of zero": timescale(0),
    "timescale of one": timescale(1),
    "timescale of two billion": timescale(0x7FFFFFFF),
    "timescale of four billion": timescale(0xFFFFFFFF),
    "frames of no duration": sample_delta(0),
    "frames of a century": sample_delta(0x7FFFFFFF),
    "frames that go back": sample_delta(0xFFFFFFFF),
    "edit list far ahead": edit_list(0x7FFFFFFF),
    "edit list far behind": edit_list(0x80000000),
    "second picture after a century": cluster_time(3_155_760_000_000),
    "second picture at the end of time": cluster_time((1 << 63) - 1),
    "ticks of a nanosecond": time_scale(1),
    "ticks of a century": time_scale(3_155_760_000_000_000_000),
    "ticks of nothing": time_scale(0),
    "65535 channels": wav(65535, 48000),
    "sound at one hertz": wav(2, 1),
    "sound at four gigahertz": wav(2, 0xFFFFFFFF),
    "sound of no channels": wav(0, 48000),
}
