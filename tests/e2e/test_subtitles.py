"""Subtitles from a source, and added by an owner: what players are given of them."""
import re
import struct

import pytest

import api
import hls
import server as sluice
from server import MEDIA

_CUE = re.compile(r"(\d\d):(\d\d):(\d\d\.\d{3}) --> (\d\d):(\d\d):(\d\d\.\d{3})([^\n]*)\n(.*?)(?:\n\n|\n?\Z)", re.S)


def cues(text):
    """[(start, end, text)] of a WebVTT file, in seconds."""
    assert text.startswith("WEBVTT\n"), text[:100]
    return [(int(h1) * 3600 + int(m1) * 60 + float(s1), int(h2) * 3600 + int(m2) * 60 + float(s2), words)
            for h1, m1, s1, h2, m2, s2, _, words in _CUE.findall(text)]


def read(url):
    reply = api.fetch(url)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/vtt; charset=utf-8"), reply
    return reply.body.decode()


def subtitles(video):
    master = hls.master(video["playback"]["hls"])
    assert all(("SUBTITLES" in variant) == ("TYPE=SUBTITLES" in master.text) for variant in master.variants)
    return [media for media in master.media if media["TYPE"] == "SUBTITLES"]


def segments(media, duration):
    """The cues of a subtitle rendition, each once; its segments cover the video and are as the standard wants them."""
    playlist = hls.playlist(media["url"])
    assert playlist.tags["#EXT-X-PLAYLIST-TYPE"] == "VOD" and playlist.ended and playlist.init is None
    assert abs(sum(length for length, _ in playlist.segments) - duration) < 0.01
    assert all(round(length) <= int(playlist.tags["#EXT-X-TARGETDURATION"]) for length, _ in playlist.segments)
    found, start = [], 0
    for length, url in playlist.segments:
        text = read(url)
        assert text.splitlines()[1] == "X-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000"
        for cue in cues(text):
            assert cue[0] < start + length and cue[1] > start, "shown in this segment"
            if cue not in found:
                found.append(cue)
        start += length
    return found


THREE = [(0.5, 1.9), (2.0, 5.37), (5.95, 7.0)]
FIVE = [(n / 2, n / 2 + 0.5, f"This is subtitle #{n + 1}{' (the first)' if n == 0 else ' (the last)' if n == 4 else ''}")
        for n in range(5)]
# The video of this one starts 21 ms into the file, and so do times here.
HELLO = [(1.0, 3.5, "Hello world!"), (5.0, 7.0, "This is a test."), (8.5, 10.0, "Goodbye!")]


@pytest.mark.parametrize("name, expected", [
    ("mov_text_eng_spa_vfr.m4v", {
        ("en", ""): [(*times, text) for times, text in zip(THREE, ["This is a test subtitle.", "AWESOME FIXTURE MOVIE", "Nice."])],
        ("es", ""): [(*times, text) for times, text in zip(THREE, ["Esto es una prueba.", "QUE BEUNA PELICULA", "Vale"])]}),
    ("srt_and_ass_two_languages.mkv", {("en", "English SRT"): HELLO, ("es", "Spanish ASS"): HELLO}),
    ("webvtt_subtitles.webm", {("en", ""): FIVE}),
])
def test_subtitles_of_the_source_play_in_time(client, name, expected):
    video = client.completed(client.upload(MEDIA / name))
    tracks, media = video["tracks"], subtitles(video)
    assert {(track["language"], track["label"]) for track in tracks} == set(expected)
    assert [entry["LANGUAGE"] for entry in media] == [track["language"] for track in tracks]
    assert [entry["DEFAULT"] for entry in media].count("YES") == 1
    for track, entry in zip(tracks, media):
        wanted = expected[track["language"], track["label"]]
        for found in (cues(read(track["url"])), segments(entry, video["duration_seconds"])):
            assert [text for *_, text in found] == [text for *_, text in wanted]
            for (start, end, _), (wanted_start, wanted_end, _) in zip(found, wanted):
                assert abs(start - wanted_start) < 0.002 and abs(end - wanted_end) < 0.002
        assert track["from_source"] and entry["url"].rsplit("/", 2)[1] == track["name"]


def test_an_owner_adds_a_file_while_the_video_grows_and_removes_it(client):
    video_id = client.upload(MEDIA / "car-detection.mp4")
    with client.events(video_id) as events:
        next(event for event in events if event["playable"])
    text = "1\r\n00:00:02,000 --> 00:00:06,000\r\n<i>Voilà</i> – un café\r\n".encode("cp1252")
    path = f"/api/videos/{video_id}/tracks"
    added = client("POST", path + "?language=fr&default=true", body=text,
                   headers={"Content-Type": "application/x-subrip"}, expect=201).json()
    [entry] = subtitles(client.video(video_id))
    assert (entry["LANGUAGE"], entry["DEFAULT"], entry["FORCED"]) == ("fr", "YES", "NO")
    wanted = [(2.0, 6.0, "<i>Voilà</i> – un café")]
    video = client.completed(video_id)
    assert segments(subtitles(video)[0], video["duration_seconds"]) == wanted
    assert cues(read(video["tracks"][0]["url"])) == wanted
    client("DELETE", f"{path}/{added['name']}", expect=204)
    video = client.video(video_id)
    assert video["tracks"] == [] and subtitles(video) == []
    assert not [name for name in client.server.objects(video_id) if name.startswith("text-")]


def test_a_file_that_is_too_large_is_refused(client):
    video_id = client.upload(MEDIA / "tiny_64x64_edit_list.mp4")
    client.completed(video_id)
    reply = client("POST", f"/api/videos/{video_id}/tracks?language=en", body=b" " * (4 << 20) + b"x",
                   headers={"Content-Type": "text/vtt"})
    assert reply.status == 413


def picture_subtitles(path):
    """A Blu-ray's stream of subtitles: every second one that shows nothing."""
    def segment(second, kind, data=b""):
        return b"PG" + struct.pack(">IIBH", 90_000 * second, 0, kind, len(data)) + data

    composition = struct.pack(">HHBHBBBB", 640, 360, 0x10, 0, 0x80, 0, 0, 0)
    path.write_bytes(b"".join(segment(second, 0x16, composition) + segment(second, 0x80) for second in (1, 2, 3)))
    return path


def test_an_owner_is_told_of_subtitles_that_are_pictures(tmp_path):
    film, pictures = tmp_path / "film.mkv", picture_subtitles(tmp_path / "pictures.sup")
    maps = ["-map", "0:v", "-map", "1", "-map", "1"]
    hls.tool(hls.FFMPEG, "-v", "error", "-i", MEDIA / "fits_360p.mp4", "-i", pictures, *maps, "-c", "copy", film)
    made = sluice.run("transcode", film, tmp_path / "out", timeout=120)
    assert made.returncode == 0, made.stderr
    assert "note: 2 subtitle tracks of the file are pictures" in made.stdout
