"""Independent players, from start to end and with seeks: every frame counted, no stall, no error, both ends of a switch."""
import json
import subprocess

import pytest

import api
import hls
from server import MEDIA, ROOT
from stream import Stream, film_that_fits

PLAYERS = ["hls.js", "video.js HLS", "video.js DASH", "shaka HLS", "shaka DASH", "dash.js"]
SEEK = 17.3


@pytest.fixture(scope="module", params=["encoded", "copied"])
def stream(request, server, tmp_path_factory):
    """30 s of 12.5 frames a second, with sound: eight segments, cheap to encode and to decode. And a film whose largest
    rendition is its own H.264, so that players change between two encoders' pictures."""
    copied = request.param == "copied"
    film = film_that_fits(tmp_path_factory.mktemp("film") / "film.mp4") if copied else MEDIA / "car-detection.mp4"
    stream = Stream(api.Client.signed_up(server), film)
    assert (stream.plan["pass_through"] == "") == copied
    return stream


def picture_times(stream):
    """When each frame is shown, from the boxes of a rendition; all have the same."""
    track = stream.video_tracks[0]
    return sorted(track.seconds(time) for segment in track.segments for time in segment.presentation_times())


def shown_at(stream, seconds):
    return max(time for time in picture_times(stream) if time <= seconds)


@pytest.fixture(scope="module")
def in_chromium(stream):
    """What each player saw."""
    track = stream.video_tracks[0]
    cut, frame = track.seconds(track.segments[2].decode_time), picture_times(stream)[1]
    seeks = [25.03, 0.5, cut + frame / 4, 13.5, 21]  # far, back, just behind a cut
    plan = {"hls": stream.hls, "dash": stream.dash, "players": PLAYERS, "rate": 2, "up": 1, "down": 13, "seeks": seeks}
    result = subprocess.run(["node", ROOT / "tests/players/in_chromium.mjs"], input=json.dumps(plan), capture_output=True,
                            text=True, timeout=300)
    assert result.returncode == 0, f"has tests/services/install been run? {result.stderr[-3000:]}"
    return json.loads(result.stdout)


@pytest.mark.parametrize("player", PLAYERS)
def test_a_browser_plays_every_frame(stream, in_chromium, player):
    seen = in_chromium[player]
    assert seen["faults"] == [] and seen["stalls"] == [], seen
    frames = len(picture_times(stream))
    assert (seen["frames"], seen["corrupted"]) == (frames, 0), seen
    heights = sorted(int(variant["RESOLUTION"].split("x")[1]) for variant in stream.variants)
    assert seen["switches"] == [heights[0], heights[-1], heights[0]], seen
    for to, shown in seen["seeks"]:
        assert abs(shown - shown_at(stream, to)) < 0.002, seen
    assert abs(seen["end"] - stream.video["duration_seconds"]) < 0.1 and seen["again"] == seen["end"], seen


@pytest.mark.parametrize("kind", ["hls", "dash"])
def test_gstreamer_plays_every_frame(stream, kind):
    url = getattr(stream, kind)
    result = subprocess.run(["/usr/bin/python3", ROOT / "tests/players/in_gstreamer.py", url, str(SEEK)],
                            capture_output=True, text=True, timeout=150)
    assert result.returncode == 0, result.stderr[-3000:]
    seen = json.loads(result.stdout)
    expected = picture_times(stream)
    assert len(seen["whole"]["pictures"]) == len(expected)
    assert max(abs(a - b) for a, b in zip(seen["whole"]["pictures"], expected)) < 0.002
    sought = [time for time in expected if time >= shown_at(stream, SEEK)]
    assert len(seen["sought"]["pictures"]) == len(sought) and abs(seen["sought"]["pictures"][-1] - sought[-1]) < 0.002
    for sound in (seen["whole"]["sound"], seen["sought"]["sound"]):
        assert all(0 < b - a < 0.025 for a, b in zip(sound, sound[1:])), "sound without a gap"
        assert abs(sound[-1] - expected[-1]) < 0.1
    assert abs(seen["sought"]["sound"][0] - SEEK) < 0.03


@pytest.mark.parametrize("kind", ["hls", "dash"])
def test_ffmpeg_plays_every_frame(stream, kind):
    url = getattr(stream, kind)
    expected = picture_times(stream)
    for number in range(len(stream.variants)):
        whole = hls.decode(url, f"v:{number}")
        assert whole.warnings == "" and len(whole.times) == len(expected)
        assert max(abs(a - b) for a, b in zip(whole.times, expected)) < 0.002
    if kind == "hls":
        return  # FFmpeg 5.1 loses its place in fragmented MP4 when its HLS demuxer seeks, whoever made the stream
    sought = hls.decode(url, "v:0", "-ss", SEEK)
    left = [time for time in expected if time >= SEEK]
    assert len(sought.times) == len(left) and max(abs(a - b) for a, b in zip(sought.times, left)) < 0.002
