"""Posters and storyboards: are they there, who gets them, and do they show what the video shows?

FFmpeg decodes both the images and the rendition, and the pixels are compared here.
"""
import dataclasses
import math
import re
import subprocess
import urllib.parse

import pytest

import api
import hls
from server import MEDIA, run, until
from stream import Stream, fetch

# name: (width, height) as displayed. Phones in every position, HDR, no seek index, next to nothing to see.
FILES = {
    "fragmented_51.mp4": (320, 180),
    "iphone_vertical_rot90.mov": (1080, 1920),
    "phone_rot180_vfr.mp4": (1280, 720),
    "hdr10_av1_portrait.mp4": (720, 1280),
    "one_keyframe_12s.webm": (720, 480),
    "tiny_64x64_edit_list.mp4": (64, 64),
}
CUE = re.compile(r"(\d+):(\d\d):(\d\d)\.(\d{3}) --> (\d+):(\d\d):(\d\d)\.(\d{3})\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)\n")


@dataclasses.dataclass
class Picture:
    """Pixels as a browser would show them."""
    width: int
    height: int
    rgb: bytes

    def part(self, x, y, width, height):
        rows = (self.rgb[3 * ((y + row) * self.width + x):][:3 * width] for row in range(height))
        return Picture(width, height, b"".join(rows))

    def mean(self):
        return [sum(self.rgb[channel::3]) / (self.width * self.height) for channel in range(3)]

    def contrast(self):
        levels = self.rgb[1::3]
        mean = sum(levels) / len(levels)
        return math.sqrt(sum((level - mean) ** 2 for level in levels) / len(levels))


def psnr(one, other):
    assert (one.width, one.height) == (other.width, other.height)
    error = sum((a - b) ** 2 for a, b in zip(one.rgb, other.rgb)) / len(one.rgb)
    return 99 if error == 0 else 10 * math.log10(255 * 255 / error)


def raw(source, width, height, data=None, *options):
    scale = f"scale={width}:{height}:flags=bicubic+accurate_rnd+full_chroma_int"
    return subprocess.run([hls.FFMPEG, "-v", "error", "-nostdin" if data is None else "-y", "-i", source, "-map", "0:v:0",
                           "-vf", scale, *options, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                          input=data, capture_output=True, check=True, timeout=120).stdout


def read_jpeg(data, size=None):
    """The picture and its size; or scaled to another."""
    assert data[:3] == b"\xff\xd8\xff" and data[-2:] == b"\xff\xd9"
    assert b"Lavc" not in data, "bytes depend on the version of a library"
    probe = subprocess.run([hls.FFPROBE, "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", "-"],
                           input=data, capture_output=True, check=True, timeout=60).stdout
    width, height = size or (int(number) for number in probe.decode().strip().split(","))
    return Picture(width, height, raw("pipe:0", width, height, data))


def frames(track, width, height):
    data = raw(track.url, width, height, None, "-fps_mode", "passthrough")
    size = 3 * width * height
    assert len(data) == size * len(track.decoded.times)
    return [Picture(width, height, data[at:at + size]) for at in range(0, len(data), size)]


@dataclasses.dataclass
class Cue:
    start: float
    end: float
    url: str
    box: tuple


def read_storyboard(url):
    reply = api.fetch(url)
    assert reply.status == 200, reply
    assert reply.headers["content-type"] == "text/vtt; charset=utf-8"
    assert reply.headers["access-control-allow-origin"] == "*"
    text = reply.body.decode()
    head, _, body = text.partition("\n\n")
    assert head == "WEBVTT"
    cues = []
    for found in CUE.finditer(body):
        time = [int(number) for number in found.groups()[:8]]
        seconds = [time[i] * 3600 + time[i + 1] * 60 + time[i + 2] + time[i + 3] / 1000 for i in (0, 4)]
        cues.append(Cue(*seconds, urllib.parse.urljoin(url, found[9]), tuple(int(found[i]) for i in range(10, 14))))
    assert "\n".join(found[0] for found in CUE.finditer(body)) == body, "nothing but cues"
    return cues


def smallest(stream):
    """The track that the images are made beside."""
    name = stream.video["renditions"][-1]["name"]
    return next(track for track in stream.video_tracks if track.name == name)


@pytest.fixture(scope="module", params=FILES)
def stream(request, server):
    return Stream(api.Client.signed_up(server), MEDIA / request.param)


def test_cues_have_no_gap_and_end_with_the_video(stream):
    cues = read_storyboard(stream.video["storyboard"])
    assert cues[0].start == 0
    assert all(before.end == after.start for before, after in zip(cues, cues[1:]))
    assert all(cue.start < cue.end for cue in cues)
    assert abs(cues[-1].end - smallest(stream).decoded.end) < 0.05, "a decoder does not know how long a frame lasts"
    listed = sum(duration for duration, _ in smallest(stream).playlist.segments)
    assert abs(cues[-1].end - listed) < 0.001


def test_every_tile_is_the_frame_of_its_time(stream):
    cues = read_storyboard(stream.video["storyboard"])
    sheets = {url: read_jpeg(fetch(url)) for url in {cue.url for cue in cues}}
    width, height = cues[0].box[2:]
    displayed = FILES[stream.path.name]
    assert width <= min(256, displayed[0]) and height <= min(144, displayed[1])
    assert abs(width / height - displayed[0] / displayed[1]) < 0.02 * displayed[0] / displayed[1] + 2 / height
    track = smallest(stream)
    shown = frames(track, width, height)
    for cue in cues:
        sheet, (x, y, *size) = sheets[cue.url], cue.box
        assert size == [width, height]
        assert x + width <= sheet.width and y + height <= sheet.height, "inside its sheet"
        at = max((n for n, time in enumerate(track.decoded.times) if time <= cue.start + 0.0005), default=0)
        tile = sheet.part(x, y, width, height)
        assert psnr(tile, shown[at]) > 27, (cue, at)
        # A wrong range or matrix shows here.
        assert all(abs(a - b) < 2 for a, b in zip(tile.mean(), shown[at].mean())), (tile.mean(), shown[at].mean())


def test_the_poster_is_a_frame_of_the_video_upright_and_in_its_colours(stream):
    poster = read_jpeg(fetch(stream.video["poster"]))
    width, height = FILES[stream.path.name]
    assert min(poster.width, poster.height) == min(720, width, height)
    assert abs(poster.width / poster.height - width / height) < 0.01 * width / height
    track = smallest(stream)
    size = tuple(stream.video["renditions"][-1][side] for side in ("width", "height"))
    small = read_jpeg(fetch(stream.video["poster"]), size)
    best = max(frames(track, *size), key=lambda frame: psnr(small, frame))
    assert psnr(small, best) > 27
    assert all(abs(a - b) < 2 for a, b in zip(small.mean(), best.mean())), (small.mean(), best.mean())
    assert abs(small.contrast() - best.contrast()) < 0.08 * best.contrast() + 1, "neither grey nor glaring"


def make_clip(path, *inputs, filters=None, options=()):
    sources = [part for one in inputs for part in ("-f", "lavfi", "-i", one)]
    graph = ["-filter_complex", filters] if filters else []
    hls.tool(hls.FFMPEG, "-v", "error", "-y", *sources, *graph, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt",
             "yuv420p", *options, path)
    return path


def test_the_poster_is_not_the_black_that_a_video_starts_with(client, tmp_path):
    clip = make_clip(tmp_path / "black.mp4", "color=black:s=640x360:r=25:d=1.5",
                     "color=black:s=640x360:r=25:d=2,drawtext=text=A TITLE:fontcolor=white:fontsize=60:x=200:y=150",
                     "mandelbrot=s=640x360:r=25:end_scale=0.3,trim=duration=6.5",
                     filters="[0][1][2]concat=n=3")
    video = client.completed(client.upload(clip))
    poster = read_jpeg(fetch(video["poster"]), (160, 90))
    first = Picture(160, 90, raw(clip, 160, 90, None, "-ss", "5", "-frames:v", "1"))
    assert max(poster.mean()) > 30 and poster.contrast() > 20
    assert first.contrast() > 20, "there is something to be seen in the clip"
    # Neither of the black pictures: the fractal has colours.
    assert max(poster.mean()) - min(poster.mean()) > 3


def test_a_frame_that_will_do_in_the_first_tenth_is_preferred(client, tmp_path):
    clip = make_clip(tmp_path / "order.mp4", "testsrc2=s=640x360:r=25:d=2,hue=s=0",
                     "mandelbrot=s=640x360:r=25:end_scale=0.3,trim=duration=10", filters="[0][1]concat=n=2")
    video = client.completed(client.upload(clip))
    red, green, blue = read_jpeg(fetch(video["poster"]), (160, 90)).mean()
    assert abs(red - green) < 2 and abs(green - blue) < 2, "the grey one comes first"


def test_a_video_of_one_frame_has_both(client, tmp_path):
    clip = make_clip(tmp_path / "one.mp4", "testsrc2=s=320x240:r=25", options=["-frames:v", "1"])
    video = client.completed(client.upload(clip))
    cues = read_storyboard(video["storyboard"])
    assert len(cues) == 1 and 0 < cues[0].end <= 0.1
    tile = read_jpeg(fetch(cues[0].url))
    assert (tile.width, tile.height) == cues[0].box[2:] == (192, 144)
    assert psnr(read_jpeg(fetch(video["poster"]), (192, 144)), tile) > 25


def test_images_of_chunks_fit_together(client, tmp_path):
    """A longer clip: several chunks, a sheet of several rows, one poster."""
    clip = make_clip(tmp_path / "long.mp4", "testsrc2=s=320x240:r=10:d=42.3")
    video_id = client.upload(clip)
    video = client.completed(video_id)
    cues = read_storyboard(video["storyboard"])
    assert [cue.start for cue in cues] == list(range(43))
    assert abs(cues[-1].end - 42.3) < 0.001
    names = [cue.url.rsplit("/", 1)[1] for cue in cues]
    assert [names.count(f"{n:05}.jpg") for n in range(4)] == [4, 8, 16, 15]
    assert all(len({cue.box for cue in cues if cue.url == url}) == names.count(url.rsplit("/", 1)[1])
               for url in {cue.url for cue in cues}), "no place is used twice"
    stored = sorted(name for name in client.server.objects(video_id) if name.startswith("images/"))
    assert len(stored) == 5 and len([name for name in stored if "poster" in name]) == 1, stored
    assert video["poster"].endswith(next(name for name in stored if "poster" in name))


def test_lists_give_the_same_poster(client):
    video_id = client.upload(MEDIA / "fragmented_51.mp4")
    detail = client.completed(video_id)
    lists = [client("GET", "/api/videos?mine=true").json()["videos"] for _ in range(2)]
    posters = [next(video["poster"] for video in videos if video["id"] == video_id) for videos in lists]
    assert posters[0] == posters[1], "a browser finds it in its cache"
    reply = api.fetch(posters[0])
    assert reply.status == 200 and reply.headers["content-type"] == "image/jpeg"
    age = int(re.fullmatch(r"private, max-age=(\d+), immutable", reply.headers["cache-control"])[1])
    assert 900 <= age <= 2 * 900 + 20
    assert detail["poster"].rsplit("/", 1)[1] == posters[0].rsplit("/", 1)[1]


def test_images_want_the_right_token(client):
    one = client.completed(client.upload(MEDIA / "fragmented_51.mp4"))
    other = client.completed(client.upload(MEDIA / "tiny_64x64_edit_list.mp4"))
    token = one["poster"].split("/play/")[1].split("/")[0]
    for url in (one["poster"], one["storyboard"], urllib.parse.urljoin(one["storyboard"], "images/00000.jpg")):
        assert api.fetch(url).status == 200
        own = url.split("/play/")[1].split("/")[0]
        for bad in ("x", own[:-1], own[:20] + ("A" if own[20] != "A" else "B") + own[21:]):
            reply = api.fetch(url.replace(own, bad))
            assert reply.status == 403 and reply.code == "invalid_token", url
    # The token of a video reaches the images of no other; a poster's token opens no playlist.
    theirs = urllib.parse.urljoin(other["storyboard"], "images/00001.jpg")
    assert api.fetch(theirs).status == 404, "the other video is one chunk long"
    assert api.fetch(one["poster"].split(token)[0] + token + "/master.m3u8").status == 403
    assert api.fetch(urllib.parse.urljoin(one["poster"], "..%2f180p%2finit.mp4")).status in (400, 404)


def test_links_to_images_expire(servers):
    server = servers("--playback-ttl", "1s")
    client = api.Client.signed_up(server)
    video = client.completed(client.upload(MEDIA / "tiny_64x64_edit_list.mp4"))
    for url in (video["poster"], video["storyboard"]):
        until(lambda: api.fetch(url).status == 403, "the link to expire", 20)
        assert api.fetch(url).code == "expired_token"


def test_images_of_a_private_video_are_for_its_owner(client, anyone):
    video_id = client.upload(MEDIA / "tiny_64x64_edit_list.mp4", visibility="private")
    video = client.completed(video_id)
    assert fetch(video["poster"]) and read_storyboard(video["storyboard"])
    assert anyone("GET", f"/api/videos/{video_id}").status == 404
    assert all(other["id"] != video_id for other in anyone("GET", "/api/videos").json()["videos"])


def test_images_go_with_their_video(client):
    video_id = client.upload(MEDIA / "tiny_64x64_edit_list.mp4")
    client.completed(video_id)
    assert any(name.startswith("images/") for name in client.server.objects(video_id))
    client("DELETE", f"/api/videos/{video_id}", expect=204)
    assert not list(client.server.objects(video_id))


def test_sound_alone_has_a_poster_and_no_storyboard(client):
    video_id = client.upload(MEDIA / "pcm_mono.wav")
    video = client.completed(video_id)
    assert api.fetch(video["poster"]).body == client.server.objects(video_id)["images/poster-00000.jpg"].read_bytes()
    assert video["storyboard"] is None
    storyboard = video["playback"]["hls"].replace("master.m3u8", "storyboard.vtt")
    assert api.fetch(storyboard).code == "storyboard_not_found"


def test_transcode_writes_the_same_images(client, tmp_path):
    folder = tmp_path / "out"
    result = run("transcode", MEDIA / "fragmented_51.mp4", folder)
    assert result.returncode == 0, result.stderr
    video_id = client.upload(MEDIA / "fragmented_51.mp4")
    video = client.completed(video_id)
    stored = client.server.objects(video_id)
    sheets = sorted(path.name for path in (folder / "images").iterdir())
    assert sheets == ["00000.jpg", "00001.jpg"]
    for name in sheets:
        assert (folder / "images" / name).read_bytes() == stored[f"images/{name}"].read_bytes()
    assert (folder / "poster.jpg").read_bytes() == fetch(video["poster"])
    assert (folder / "storyboard.vtt").read_bytes() == fetch(video["storyboard"])
