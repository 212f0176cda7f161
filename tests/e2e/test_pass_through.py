"""H.264 that fits is not encoded: the same pictures come out, and every rendition is cut where the source's key frames are."""
import json
import pathlib
import re

import pytest

import fmp4
import hls
import server as sluice
from server import MEDIA

FITS = MEDIA / "fits_360p.mp4"


def pictures(source, *before):
    """A checksum of every decoded picture of a file or playlist, in the order in which they are shown."""
    result = hls.tool(hls.FFMPEG, "-v", "warning", *before, "-i", source, "-map", "0:v:0", "-fps_mode", "passthrough", "-f",
                      "framemd5", "-")
    assert result.stderr == ""
    return [line.split(",")[-1].strip() for line in result.stdout.splitlines() if not line.startswith("#")]


def transcode(source, folder, *flags):
    result = sluice.run("transcode", *flags, source, folder, timeout=120)
    assert result.returncode == 0, result.stderr
    return folder


def segments(folder, track):
    init = fmp4.read_init((folder / track / "init.mp4").read_bytes())
    return [fmp4.read_segment(path.read_bytes(), init) for path in sorted((folder / track).glob("*.m4s"))]


def why_not(source):
    result = sluice.run("probe", source)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)["plan"]["pass_through"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return transcode(FITS, tmp_path_factory.mktemp("pass_through") / "out")


def test_the_largest_rendition_is_the_source_picture_by_picture(made):
    assert pictures(made / "360p" / "playlist.m3u8") == pictures(FITS)


def test_every_rendition_starts_its_segments_at_the_same_key_frames(made):
    copied, encoded = segments(made, "360p"), segments(made, "240p")
    assert [segment.decode_time for segment in copied] == [segment.decode_time for segment in encoded]
    assert [segment.duration for segment in copied] == [segment.duration for segment in encoded]
    for segment in copied + encoded:
        assert segment.samples[0].is_sync
        times = segment.presentation_times()
        assert min(times) == times[0] == segment.decode_time
    for one, other in zip(copied, copied[1:]):
        assert other.decode_time == one.decode_time + one.duration, "decode times run on"
    assert sum(len(segment.samples) for segment in copied) == sum(len(segment.samples) for segment in encoded) == 312


def test_a_player_can_change_between_the_copied_and_the_encoded_rendition(made, tmp_path):
    """Segment by segment from one and the other, as a player's buffer gets them: nothing is missing and nothing overlaps."""
    joined = []
    for index in range(4):
        track = made / ("360p" if index % 2 == 0 else "240p")
        path = tmp_path / f"{index}.mp4"
        path.write_bytes((track / "init.mp4").read_bytes() + (track / f"{index:05}.m4s").read_bytes())
        decoded = hls.decode(path, "v:0")
        assert decoded.warnings == ""
        joined += decoded.times
    assert len(joined) == 312
    assert [round(time * 24) for time in joined] == list(range(312))


def test_playlists_say_what_the_segments_are(made):
    for track in ("360p", "240p"):
        text = (made / track / "playlist.m3u8").read_text()
        lengths = [float(length) for length in re.findall(r"#EXTINF:([0-9.]+)", text)]
        assert lengths == pytest.approx([4, 4, 4, 1])
        assert int(re.search(r"#EXT-X-TARGETDURATION:(\d+)", text)[1]) >= max(round(length) for length in lengths)
    master = (made / "master.m3u8").read_text()
    assert "avc1.64001e" in master.lower()


def test_it_can_be_switched_off(tmp_path):
    folder = transcode(FITS, tmp_path / "out", "--pass-through=false")
    assert pictures(folder / "360p" / "playlist.m3u8") != pictures(FITS)


def remade(path, *options):
    hls.tool(hls.FFMPEG, "-v", "error", "-y", *options, path)
    return path


@pytest.mark.parametrize("why, name, options", [
    ("it is turned or mirrored", "turned.mp4", ["-metadata:s:v", "rotate=90"]),
    ("its container has no index to rely on", "stream.ts", []),
])
def test_probe_says_why_a_file_is_encoded(tmp_path, why, name, options):
    assert why_not(remade(tmp_path / name, "-i", FITS, "-c", "copy", *options)) == why


def test_sound_that_goes_on_after_the_picture_needs_an_encoder(tmp_path):
    picture = remade(tmp_path / "picture.mp4", "-t", "8", "-i", FITS, "-an", "-c", "copy")
    longer = remade(tmp_path / "longer.mp4", "-i", picture, "-i", FITS, "-map", "0:v", "-map", "1:a", "-c", "copy")
    assert why_not(longer) == "its sound goes on after its picture"


def test_a_picture_that_cannot_be_decoded_makes_it_an_encoded_rendition(tmp_path):
    """The container is sound and the pictures are not: found out after the plan was made."""
    damaged = tmp_path / "damaged.mp4"
    data = bytearray(FITS.read_bytes())
    at = len(data) * 6 // 10
    data[at:at + 600] = b"\xAA" * 600
    damaged.write_bytes(data)
    assert why_not(damaged) == ""
    folder = transcode(damaged, tmp_path / "out")
    assert sorted(path.name for path in pathlib.Path(folder).iterdir() if path.is_dir()) == [
        "240p", "360p-encoded", "audio-0", "images"]
    assert [segment.decode_time for segment in segments(folder, "360p-encoded")] == [
        segment.decode_time for segment in segments(folder, "240p")]
