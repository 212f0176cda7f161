"""Files that are no videos, or worse. Each fails soon, with a code and a sentence, and the server goes on."""
import os
import random
import re
import socket
import struct
import threading
import time
import zlib

import pytest

import api
import server as sluice
from server import MEDIA


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes((x ^ y) & 255 for x in range(64)) for y in range(64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 0, 0, 0, 0)) + \
        chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def set_durations(data, seconds):
    """What the headers of an MP4 say of its length."""
    for kind in (b"mvhd", b"mdhd"):
        at = data.index(kind) + 4
        timescale = struct.unpack_from(">I", data, at + 12)[0]
        struct.pack_into(">I", data, at + 16, min(seconds * timescale, 0xFFFFFFF0))


def hundred_hours_of_nothing():
    """Fifty frames, each of which claims to be shown for two hours."""
    data = bytearray((MEDIA / "tiny_64x64_edit_list.mp4").read_bytes())
    set_durations(data, 100 * 3600)
    timescale = struct.unpack_from(">I", data, data.index(b"mdhd") + 16)[0]
    struct.pack_into(">I", data, data.index(b"stts") + 16, 7200 * timescale)
    edit_list = data.index(b"edts")
    data[edit_list:edit_list + 4] = b"free"
    return bytes(data)


def headers_that_lie():
    data = bytearray((MEDIA / "tiny_64x64_edit_list.mp4").read_bytes())
    set_durations(data, 100 * 3600)
    return bytes(data)


def webm_header_that_lies():
    data = bytearray((MEDIA / "one_keyframe_12s.webm").read_bytes())
    at = data.index(b"\x44\x89\x88") + 3
    struct.pack_into(">d", data, at, 100 * 3600 * 1000.0)
    return bytes(data)


def noise(size, head=b""):
    return head + random.Random(7).randbytes(size)


BAD = {
    "zero bytes": lambda: (MEDIA / "zero_bytes.webm").read_bytes(),
    "one byte": lambda: b"x",
    "text": lambda: (MEDIA / "text_renamed.mp4").read_bytes(),
    "no moov": lambda: (MEDIA / "no_moov_truncated.mp4").read_bytes(),
    "cut in half": lambda: (MEDIA / "b_pyramid.mp4").read_bytes()[:200000],
    "codec without decoder": lambda: (MEDIA / "vvc_no_decoder.mp4").read_bytes(),
    "corrupt frames": lambda: (MEDIA / "bad_bitstream.webm").read_bytes(),
    "lies about its duration": hundred_hours_of_nothing,
    "image": png,
    "HLS playlist": lambda: (MEDIA / "hostile_hls_renamed.mp4").read_bytes(),
    "concat script": lambda: (MEDIA / "hostile_concat.ffconcat").read_bytes(),
    "random bytes": lambda: noise(300000),
    "random bytes behind an MP4 head": lambda: noise(100000, b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
    "random bytes behind a WebM head": lambda: noise(100000, bytes.fromhex("1a45dfa39f4286810142f7810142f2810442f381")),
    "random bytes behind an MPEG-TS head": lambda: b"".join(b"\x47" + noise(187) for _ in range(500)),
    "endless ftyp": lambda: b"\xff\xff\xff\xffftypmp42" + bytes(1000),
    "JSON": lambda: b'{"not": "a video"}' * 100,
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_video_fails_soon_and_says_why(client, what):
    content = BAD[what]()
    began = time.monotonic()
    try:
        video_id = client.upload_bytes(content, what + ".mp4")
    except AssertionError:
        # No bytes may be refused before there is an upload at all.
        assert content == b""
        reply = client("POST", "/api/uploads/initiate", filename="empty.mp4", size_bytes=0)
        assert reply.status in (400, 422) and reply.code
        return
    video, _ = client.watch(video_id, timeout=10)
    assert time.monotonic() - began < 10
    assert video["status"] == "failed" and not video["playable"], video
    assert re.fullmatch(r"[a-z][a-z0-9_]+", video["error"]["code"])
    assert video["error"]["code"] != "processing_failed", "the file's fault, not ours"
    sentence = video["error"]["message"]
    assert len(sentence) > 15 and sentence[0].isupper() and sentence.endswith("."), sentence
    assert "/" not in sentence.replace("and/or", ""), "no path of the server"
    client.completed(client.upload(MEDIA / "pcm_mono.wav"))


@pytest.mark.parametrize("content, seconds", [(headers_that_lie, 1.96), (webm_header_that_lies, 11.966)])
def test_headers_that_lie_about_the_duration_are_not_believed(client, content, seconds):
    video = client.completed(client.upload_bytes(content(), "liar.mp4"), timeout=60)
    assert abs(video["duration_seconds"] - seconds) < 0.05


def test_what_is_left_of_a_cut_off_film_plays(client):
    """Its index promises 30 s; half of the bytes are there."""
    whole = (MEDIA / "car-detection.mp4").read_bytes()
    video = client.completed(client.upload_bytes(whole[:len(whole) // 2], "cut.mp4"), timeout=60)
    assert 10 < video["duration_seconds"] < 20


@pytest.fixture
def bait(tmp_path):
    """A loopback address and two local files that hostile uploads name, and whether anybody came."""
    class Bait:
        visits = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen():
        try:
            while True:
                Bait.visits.append(listener.accept()[1])
        except OSError:
            return
    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    Bait.url = f"http://127.0.0.1:{listener.getsockname()[1]}/clip.ts"
    # A reader of the pipe would wait in open() until somebody writes.
    Bait.pipe = tmp_path / "pipe.ts"
    os.mkfifo(Bait.pipe)
    # Followed, this one would make a playable video.
    Bait.film = MEDIA / "mpeg2_1080p.ts"
    yield Bait
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()
    with pytest.raises(OSError):
        os.open(Bait.pipe, os.O_WRONLY | os.O_NONBLOCK)
    assert Bait.visits == [], "somebody called the address"


HOSTILE = {
    "hls.mp4": "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{target}\n#EXT-X-ENDLIST\n",
    "master.m3u8": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{target}\n",
    "list.ffconcat": "ffconcat version 1.0\nfile '{target}'\nduration 5\n",
    "stream.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\na=control:{target}\nm=video 5004 RTP/AVP 96\n"
                  "a=rtpmap:96 H264/90000\n",
    "movie.mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
                 'mediaPresentationDuration="PT5S"><Period><AdaptationSet mimeType="video/mp2t"><Representation id="1" '
                 'bandwidth="1"><BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>',
    "movie.smil.mp4": '<smil><body><video src="{target}"/></body></smil>',
    "list.pls": "[playlist]\nFile1={target}\nNumberOfEntries=1\n",
    "image%03d.png": "{target}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_that_a_file_names_is_ever_touched(client, bait, name):
    for target in (bait.url, f"file://{bait.pipe}", str(bait.pipe), f"file://{bait.film}", str(bait.film),
                   f"concat:{bait.film}|{bait.pipe}"):
        video, _ = client.watch(client.upload_bytes(HOSTILE[name].format(target=target).encode(), name), timeout=10)
        assert video["status"] == "failed", target
        assert video["error"]["code"] and str(bait.film) not in video["error"]["message"]


def test_an_mp4_whose_data_is_elsewhere_is_refused(client, bait):
    """QuickTime's external data reference: the samples are in another file, which the header names."""
    data = bytearray((MEDIA / "tiny_64x64_edit_list.mp4").read_bytes())
    at = data.index(b"url \0\0\0\1") - 4
    path = str(bait.pipe).encode() + b"\0"
    entry = struct.pack(">I", 12 + len(path)) + b"url \0\0\0\0" + path
    grown = len(entry) - 12
    data[at:at + 12] = entry
    for kind in (b"dref", b"dinf", b"minf", b"mdia", b"trak", b"moov"):
        box = data.index(kind) - 4
        struct.pack_into(">I", data, box, struct.unpack_from(">I", data, box)[0] + grown)
    video, _ = client.watch(client.upload_bytes(bytes(data), "elsewhere.mp4"), timeout=10)
    # Reading the samples from the file itself would be harmless; touching the pipe would not.
    assert video["status"] in ("failed", "complete")


def test_an_engine_that_dies_takes_nothing_with_it(servers):
    server = servers("--threads", "1")
    client = api.Client.signed_up(server)
    video_id = client.upload(MEDIA / "car-detection.mp4")
    with client.events(video_id) as events:
        next(event for event in events if event["progress"] > 0)
        engines = sluice.until(lambda: sluice.children_of(server.process.pid), "an engine", pause=0.001)
        for engine in engines:
            try:
                os.kill(engine, 9)
            except ProcessLookupError:
                pass
    client.completed(video_id, timeout=90)
    assert server.alive()
