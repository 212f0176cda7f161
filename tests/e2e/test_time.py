"""Every picture at its time, however strange the file's own times are.

Each picture of the sources carries its number as a row of bright and dark bars, so that what is shown can be compared with
what was filmed, picture by picture. Chunks are encoded by several engines at once.
"""
import json
import subprocess

import pytest

import api
import server as sluice

FPS, BITS = 25, 10


def run(*command, given=None):
    done = subprocess.run([str(part) for part in command], capture_output=True, input=given)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def film(path, seconds, *encoder, start=0):
    """`start` is the number of the first picture."""
    pictures = b"".join(bytes(200 if number >> bit & 1 else 50 for bit in range(BITS)) * 2
                        for number in range(start, start + round(seconds * FPS)))
    run("ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{BITS}x2", "-r", FPS, "-i", "-",
        "-f", "lavfi", "-i", f"sine=frequency=440:sample_rate=48000:duration={seconds}",
        "-vf", "scale=320:240:flags=neighbor,format=yuv420p", *encoder, path, given=pictures)
    return path


X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", 20, "-g", 50, "-bf", 2, "-c:a", "aac")
MPEG2 = ("-c:v", "mpeg2video", "-q:v", 4, "-g", 15, "-bf", 2, "-c:a", "mp2")


class Shown:
    def __init__(self, source, folder):
        done = sluice.run("transcode", "--threads", 6, source, folder, timeout=120)
        assert done.returncode == 0, done.stderr
        self.notes = [line.removeprefix("note: ") for line in done.stdout.splitlines() if line.startswith("note: ")]
        playlist = folder / "240p" / "playlist.m3u8"
        facts = json.loads(run("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "frame=pts_time", "-of", "json", playlist))
        self.times = [float(frame["pts_time"]) for frame in facts["frames"]]
        raw = run("ffmpeg", "-nostdin", "-v", "error", "-i", playlist, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray",
                  "-vf", f"crop=iw:2:0:120,scale={BITS}:1:flags=area", "-")
        self.numbers = [sum((raw[at + bit] > 125) << bit for bit in range(BITS)) for at in range(0, len(raw), BITS)]
        assert len(self.numbers) == len(self.times)
        self.start = min(self.times)

    def assert_all(self, count, first=0, off=0.002):
        """All pictures, each once, 1/25 s after the one before."""
        assert self.numbers == list(range(first, first + count))
        for number, time in enumerate(self.times):
            assert abs(time - self.start - number / FPS) < off, (number, time)


@pytest.fixture
def shown(tmp_path):
    return lambda source: Shown(source, tmp_path / "out")


SOURCES = {
    "open_gops.mp4": (*X264, "-x264-params", "open-gop=1:keyint=60:min-keyint=60:bframes=3"),
    "open_gops.ts": (*X264, "-x264-params", "open-gop=1:keyint=60:min-keyint=60:bframes=3"),
    "open_gops.mpg": MPEG2,
    "open_gops.mkv": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "open-gop=1:keyint=60:log-level=error", "-c:a", "aac"),
    # Without times of their own: the container counts packets.
    "b_frames.avi": (*X264[:-1], "mp3"),
    "b_frames_mpeg4.avi": ("-c:v", "mpeg4", "-q:v", 3, "-bf", 2, "-g", 50, "-c:a", "mp3"),
    "b_frames.h264": (*X264, "-an"),
    "flash.flv": (*X264, "-ar", 44100),
    "starts_late.ts": (*X264, "-output_ts_offset", 3600),
    "starts_late.mp4": (*X264, "-output_ts_offset", 5),
    "fragments.mp4": (*X264, "-movflags", "frag_keyframe+empty_moov"),
    "one_key_frame.mkv": (*X264, "-g", 9999, "-x264-params", "scenecut=0"),
    "intra_refresh.ts": (*X264, "-x264-params", "intra-refresh=1:keyint=50"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_no_picture_is_lost_or_moved(tmp_path, shown, name):
    result = shown(film(tmp_path / name, 30, *SOURCES[name]))
    # A program stream leaves the times of most pictures to be guessed, and guesses go wrong where pictures have another order.
    result.assert_all(750, off=0.06 if name.endswith(".mpg") else 0.002)
    assert result.notes == []


def test_an_edit_list_is_followed(tmp_path, shown):
    """Cut without encoding: the file holds pictures from the key frame on, and says that 1.2 s of them are not shown."""
    whole = film(tmp_path / "whole.mp4", 20, *X264)
    run("ffmpeg", "-nostdin", "-v", "error", "-ss", 5.2, "-i", whole, "-c", "copy", tmp_path / "cut.mp4")
    shown(tmp_path / "cut.mp4").assert_all(370, first=130)


@pytest.mark.parametrize("container", ["ts", "flv"])
def test_recordings_that_were_joined_byte_by_byte_play_one_after_the_other(tmp_path, shown, container):
    """The clock starts again in the middle, and jumps ahead by an hour later on."""
    joined = tmp_path / f"joined.{container}"
    sound = ("-ar", 44100) if container == "flv" else ()
    with joined.open("wb") as out:
        for i, offset in enumerate((60, 0, 3600)):
            part = film(tmp_path / f"{i}.{container}", 8, *X264, *sound, "-output_ts_offset", offset, start=200 * i)
            bytes_ = part.read_bytes()
            out.write(bytes_[13:] if container == "flv" and i > 0 else bytes_)
    result = shown(joined)
    assert result.numbers == list(range(600))
    steps = [b - a for a, b in zip(result.times, result.times[1:])]
    assert max(steps) < 0.2 and min(steps) > 0.01, "one film without a gap"
    assert len(result.notes) == 1 and "clock jumps in 2 places" in result.notes[0]


def test_a_short_gap_stays_one(tmp_path, shown):
    """Three seconds were not recorded: sound and picture go on at their times."""
    joined = tmp_path / "gap.ts"
    with joined.open("wb") as out:
        for start, offset in ((0, 20), (275, 31)):
            out.write(film(tmp_path / f"{start}.ts", 8, *X264, "-output_ts_offset", offset, start=start).read_bytes())
    result = shown(joined)
    seen = {number: time - result.start for number, time in zip(reversed(result.numbers), reversed(result.times))}
    assert sorted(seen) == [*range(200), *range(275, 475)]
    assert abs(seen[199] - 7.96) < 0.01 and abs(seen[275] - 11) < 0.01 and abs(seen[474] - 18.96) < 0.01
    # At most that something is missing there, which is true.
    assert all("missing" in note and "0:04 and 0:12" in note for note in result.notes)


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts", "avi"])
def test_what_is_there_of_a_file_that_was_cut_off_is_kept(tmp_path, shown, container):
    sound = ("mp3",) if container == "avi" else ("aac",)
    flags = ("-movflags", "+faststart") if container == "mp4" else ()
    whole = film(tmp_path / f"whole.{container}", 30, *X264[:-1], *sound, *flags).read_bytes()
    cut = tmp_path / f"cut.{container}"
    cut.write_bytes(whole[:len(whole) * 6 // 10])
    result = shown(cut)
    whole_part = len(result.numbers) - 4
    assert result.numbers[:whole_part] == list(range(whole_part)), "but for the order of the last ones"
    assert 400 < whole_part < 500
    # A transport stream doesn't say how long it is, and AVI without the index at its end not either.
    if container in ("mp4", "mkv"):
        assert len(result.notes) == 1 and "0:30" in result.notes[0] and "cut off" in result.notes[0], result.notes


def test_damage_in_the_middle_costs_what_is_damaged_and_is_told(tmp_path, shown):
    source = film(tmp_path / "whole.ts", 30, *X264)
    damaged = bytearray(source.read_bytes())
    at = len(damaged) // 2
    for i in range(at, at + len(damaged) // 40):
        damaged[i] = (damaged[i] * 7 + i) & 255
    source.write_bytes(damaged)
    result = shown(source)
    kept = set(result.numbers)
    assert set(range(300)) <= kept and set(range(450, 750)) <= kept
    late = [time for number, time in zip(result.numbers, result.times) if number == 700]
    assert abs(late[0] - result.start - 28) < 0.01, "what follows is where it was"
    assert len(result.notes) >= 1 and all("damaged" in note for note in result.notes), result.notes


def with_pictures_not_coded(content, every):
    """MPEG-4 of which some pictures say that nothing has changed (vop_coded), for which decoders give none; and how many."""
    changed, number, skipped, at = bytearray(content), 0, 0, content.find(b"\0\0\1\xb6")
    while at >= 0:
        bits = "".join(f"{byte:08b}" for byte in content[at + 4:at + 8])
        coded = bits.index("0", 2) + 1 + 1 + FPS.bit_length() + 1  # behind seconds, marker, time in 1/25 s, marker
        if bits.startswith("01") and number % every == every - 1:  # predicted
            changed[at + 4 + coded // 8] &= ~(0x80 >> coded % 8)
            skipped += 1
        number, at = number + 1, content.find(b"\0\0\1\xb6", at + 4)
    return changed, skipped


def test_pictures_that_an_index_lists_and_no_decoder_gives_leave_a_line_in_the_log(servers, tmp_path):
    source = film(tmp_path / "whole.mp4", 8, "-c:v", "mpeg4", "-q:v", 3, "-g", 50, "-an")
    changed, skipped = with_pictures_not_coded(source.read_bytes(), every=5)
    assert skipped >= 35
    (tmp_path / "skips.mp4").write_bytes(changed)
    server = servers()
    client = api.Client.signed_up(server)
    made = [client.completed(client.upload(path)) for path in (source, tmp_path / "skips.mp4")]
    assert [video["notes"] for video in made] == [[], []], "nothing that would be of use to the owner"
    lines = [json.loads(line) for line in server.log_text().splitlines() if "pictures are missing" in line]
    assert [line["video_id"] for line in lines] == [made[1]["id"]]
    assert (lines[0]["promised"], lines[0]["listed"]) == (200, 200)
    assert abs(lines[0]["made"] - (200 - skipped)) <= 2, "a cut may repeat one"


def test_a_header_that_is_wrong_about_the_length_is_not_believed(tmp_path, shown):
    source = film(tmp_path / "short.flv", 8, *X264, "-ar", 44100)
    content = bytearray(source.read_bytes())
    at = content.index(b"duration") + len("duration") + 1
    content[at:at + 8] = b"\x40\xf5\x18\x00\x00\x00\x00\x00"  # a day
    source.write_bytes(content)
    shown(source).assert_all(200)
