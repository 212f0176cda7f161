"""The strict reader itself: each kind of fault, planted in a good stream, is found."""
import re
import struct

import pytest

import api
import fmp4
import hls
import server as sluice
import strict
from server import MEDIA
from stream import Stream, film_that_fits


@pytest.fixture(scope="module")
def stream(tmp_path_factory):
    """Several segments with B-frames, sound and subtitles; copied it would be one segment of 10 s."""
    encoding = sluice.Server(tmp_path_factory.mktemp("encoding"), "--pass-through=false").start()
    yield Stream(api.Client.signed_up(encoding), MEDIA / "srt_and_ass_two_languages.mkv")
    encoding.stop()


@pytest.fixture(scope="module")
def copied(server, tmp_path_factory):
    """One whose largest rendition is the source's own H.264."""
    stream = Stream(api.Client.signed_up(server), film_that_fits(tmp_path_factory.mktemp("film") / "film.mp4"))
    assert stream.plan["pass_through"] == ""
    return stream


def test_a_good_stream_has_no_faults(stream, copied):
    assert strict.stream_faults(stream) == []
    assert strict.stream_faults(copied) == []


PLAYLIST_FAULTS = {
    "no head": lambda text: text.replace("#EXTM3U\n", ""),
    "a segment above the target duration": lambda text: re.sub(r"#EXTINF:4\.0+,", "#EXTINF:5.600000,", text, count=1),
    "no target duration": lambda text: re.sub(r"#EXT-X-TARGETDURATION.*\n", "", text),
    "no URI of the init segment": lambda text: re.sub(r'#EXT-X-MAP:URI=".*"', "#EXT-X-MAP:", text),
    "a variant without BANDWIDTH": lambda text: re.sub(r":BANDWIDTH=\d+,", ":", text),
    "a group that isn't there": lambda text: text.replace('AUDIO="audio"', 'AUDIO="other"'),
    "two tracks of one name": lambda text: re.sub(r"(#EXT-X-MEDIA:.*\n)", r"\1\1", text),
}


@pytest.mark.parametrize("fault", PLAYLIST_FAULTS)
def test_playlist_faults_are_found(stream, fault):
    texts = {"master": stream.master.text, "240p": stream.video_tracks[0].playlist.text}
    broken = {name: PLAYLIST_FAULTS[fault](text) for name, text in texts.items()}
    assert broken != texts, "nothing was broken"
    assert strict.playlist_faults(broken) != []


def durations(track):
    return [duration for duration, _ in track.playlist.segments]


def moved(piece, ticks):
    """The segment with another tfdt."""
    at, _ = fmp4.one(piece, "moof/traf/tfdt")
    return piece[:at + 4] + struct.pack(">Q", struct.unpack_from(">Q", piece, at + 4)[0] + ticks) + piece[at + 12:]


def lengthened(piece, ticks):
    """The segment with another duration of its last sample."""
    _, end = fmp4.one(piece, "moof/traf/trun")
    at = end - 16
    return piece[:at] + struct.pack(">I", struct.unpack_from(">I", piece, at)[0] + ticks) + piece[at + 4:]


SEGMENT_FAULTS = {
    "two swapped": lambda pieces: [pieces[1], pieces[0], *pieces[2:]],
    "one left out": lambda pieces: pieces[:1] + pieces[2:],
    "one truncated": lambda pieces: [pieces[0][:-1], *pieces[1:]],
    "one moved by a tick": lambda pieces: [pieces[0], moved(pieces[1], 1), *pieces[2:]],
    "the last one longer by a tick": lambda pieces: [*pieces[:-1], lengthened(pieces[-1], 1)],
    "one of another kind": lambda pieces: [pieces[0], pieces[1][8:], *pieces[2:]],
}


@pytest.mark.parametrize("fault", SEGMENT_FAULTS)
def test_segment_faults_are_found(stream, fault):
    for track in (stream.video_tracks[0], stream.audio_tracks[0]):
        assert strict.segment_faults(durations(track), track.init_bytes, track.segment_bytes) == []
        broken = SEGMENT_FAULTS[fault](track.segment_bytes)
        assert strict.segment_faults(durations(track), track.init_bytes, broken) != [], track.name


MPD_FAULTS = {
    "not XML": lambda text: text.replace("</MPD>", ""),
    "dynamic": lambda text: text.replace('type="static"', 'type="dynamic"'),
    "no length": lambda text: re.sub(r' mediaPresentationDuration="[^"]*"', "", text),
    "another length": lambda text: re.sub(r'mediaPresentationDuration="[^"]*"', 'mediaPresentationDuration="PT99.0S"', text),
    "no bandwidth": lambda text: re.sub(r' bandwidth="\d+"', "", text),
    "a bandwidth that is exceeded": lambda text: re.sub(r'bandwidth="\d+"', 'bandwidth="1000"', text),
    "no codecs": lambda text: re.sub(r' codecs="avc1[^"]*"', "", text),
    "another codec": lambda text: text.replace("avc1.64", "avc1.4d"),
    "another sound codec": lambda text: text.replace("mp4a.40.2", "mp4a.40.5"),
    "not aligned": lambda text: text.replace(' segmentAlignment="true"', ""),
    "no channels": lambda text: re.sub(r"<AudioChannelConfiguration.*/>", "", text),
    "another timescale": lambda text: re.sub(r'timescale="\d+"', 'timescale="1234"', text),
    "a later start": lambda text: re.sub(r'<S t="0"', '<S t="1"', text),
    "a segment longer by a tick": lambda text: re.sub(r' d="(\d+)"', lambda d: f' d="{int(d[1]) + 1}"', text, count=1),
    "a segment more": lambda text: re.sub(r' r="(\d+)"', lambda r: f' r="{int(r[1]) + 1}"', text, count=1),
    "numbers from 1": lambda text: text.replace('startNumber="0"', ""),
    "another name of segments": lambda text: text.replace("%05d", "%06d"),
    "another init segment": lambda text: text.replace("init.mp4", "init.m4s"),
    "a rendition left out": lambda text: re.sub(r'<Representation id="240p"[^>]*>', "", text),
    "a rendition of another name": lambda text: text.replace('id="240p"', 'id="144p"'),
}


@pytest.mark.parametrize("fault", MPD_FAULTS)
def test_mpd_faults_are_found(stream, fault):
    broken = MPD_FAULTS[fault](stream.mpd)
    assert broken != stream.mpd, "nothing was broken"
    assert strict.mpd_faults(broken, stream.dash, stream.video_tracks + stream.audio_tracks) != []


def test_iframe_faults_are_found(stream):
    track = next(track for track in stream.video_tracks if track.name == "240p")
    good = stream.iframes["240p"][1]
    duration, span, url = good[0]
    size = int(span.split("@")[0])
    for broken in ([(duration, f"{size - 1}@0", url)], [(duration, f"{size + 1}@0", url)], [(duration, f"{size - 1}@1", url)],
                   [(duration + 0.04, span, url)], [(duration, span, url + "x")]):
        assert strict.iframe_faults(track, broken + good[1:]) != [], broken


@pytest.mark.parametrize("of", ["stream", "copied"])
def test_an_iframe_alone_is_a_picture(request, of, tmp_path):
    """What a scrubbing player does: the init segment and one byte range, and nothing else."""
    stream = request.getfixturevalue(of)
    for track in stream.video_tracks:
        for number, (_, span, url) in enumerate(stream.iframes.get(track.name, ("", []))[1]):
            size = int(span.split("@")[0])
            reply = api.fetch(url, headers={"Range": f"bytes=0-{size - 1}"})
            assert reply.status == 206 and len(reply.body) == size < len(track.segment_bytes[number])
            alone = tmp_path / f"{track.name}-{number}.mp4"
            alone.write_bytes(track.init_bytes + reply.body)
            shown = hls.tool(hls.FFMPEG, "-v", "error", "-xerror", "-i", alone, "-f", "framecrc", "-").stdout
            frames = [line for line in shown.splitlines() if not line.startswith("#")]
            assert len(frames) == 1, (track.name, number, frames)
