"""One processed video with everything that a player would fetch of it."""
import dataclasses
import functools
import json

import api
import fmp4
import hls
import server as sluice
from server import MEDIA


@dataclasses.dataclass
class Track:
    """One media playlist and the bytes it names."""
    name: str
    playlist: hls.Playlist
    url: str
    init_bytes: bytes
    init: fmp4.Init
    segment_bytes: list
    segments: list

    @functools.cached_property
    def decoded(self):
        return hls.decode(self.url, "v:0" if self.init.handler == "vide" else "a:0")

    def seconds(self, ticks):
        return ticks / self.init.timescale


def fetch(url):
    reply = api.fetch(url)
    assert reply.status == 200, (url, reply)
    return reply.body


def read_track(url):
    playlist = hls.playlist(url)
    init_bytes = fetch(playlist.init)
    init = fmp4.read_init(init_bytes)
    pieces = [fetch(segment) for _, segment in playlist.segments]
    return Track(url.rsplit("/", 2)[1], playlist, url, init_bytes, init, pieces,
                 [fmp4.read_segment(piece, init) for piece in pieces])


def film_that_fits(path):
    """26 s of H.264 that is copied: with B-frames, key frames where nothing else would cut it, and more bits than a smaller
    rendition of it needs."""
    encoding = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-bf", "3", "-g", "1000", "-sc_threshold", "0"]
    keys = ["-force_key_frames", "0,3.5,7.625,10.5,14.5,18.25,22"]
    hls.tool(hls.FFMPEG, "-v", "error", "-stream_loop", "1", "-i", MEDIA / "fits_360p.mp4", "-t", "26", *encoding, *keys,
             "-c:a", "aac", path)
    return path


class Stream:
    def __init__(self, client, path):
        self.path = path
        self.client = client
        self.video = client.completed(client.upload(path), timeout=240)
        self.hls = self.video["playback"]["hls"]
        self.dash = self.video["playback"]["dash"]
        self.mpd = fetch(self.dash).decode()
        self.master = hls.master(self.hls)
        self.iframes = {one["url"].rsplit("/", 2)[1]: hls.iframe_playlist(one["url"]) for one in self.master.iframes}
        self.variants = self.master.variants
        self.has_video = any("RESOLUTION" in variant for variant in self.variants)
        self.video_tracks = [read_track(variant["url"]) for variant in self.variants] if self.has_video else []
        audio = [media["url"] for media in self.master.media if media["TYPE"] == "AUDIO"]
        if not self.has_video:
            audio = audio or [variant["url"] for variant in self.variants]
        self.audio_tracks = [read_track(url) for url in dict.fromkeys(audio)]

    @functools.cached_property
    def plan(self):
        result = sluice.run("probe", self.path)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)["plan"]

    @functools.cached_property
    def source_video(self):
        return hls.decode(self.path, "V:0")

    @functools.cached_property
    def source_audio(self):
        return hls.decode(self.path, "a:0")

    @property
    def source_start(self):
        """The source time that the stream's 0 stands for: its first picture, or else its first sound."""
        return (self.source_video if self.has_video else self.source_audio).times[0]
