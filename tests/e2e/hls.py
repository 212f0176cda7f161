"""HLS playlists (RFC 8216) as text, and FFmpeg as an independent player of them."""
import dataclasses
import re
import subprocess
import urllib.parse

import api

FFMPEG, FFPROBE = "/usr/bin/ffmpeg", "/usr/bin/ffprobe"
_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^,]*)')


def attributes(text):
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(text)}


@dataclasses.dataclass
class Master:
    text: str
    variants: list   # attributes with "url"
    media: list      # attributes of EXT-X-MEDIA with "url"
    iframes: list    # attributes of EXT-X-I-FRAME-STREAM-INF with "url"


@dataclasses.dataclass
class Playlist:
    text: str
    tags: dict       # tag → value, for tags that stand once
    init: str
    segments: list   # (duration in seconds, url)

    @property
    def ended(self):
        return "#EXT-X-ENDLIST" in self.text.splitlines()


def _lines(url):
    reply = api.fetch(url)
    assert reply.status == 200, (url, reply)
    assert reply.headers["content-type"] in ("application/vnd.apple.mpegurl", "application/x-mpegURL"), reply.headers
    text = reply.body.decode()
    lines = text.splitlines()
    assert lines[0] == "#EXTM3U"
    return text, lines


def master(url):
    text, lines = _lines(url)
    variants, media, iframes = [], [], []
    for line, following in zip(lines, lines[1:] + [""]):
        if line.startswith("#EXT-X-STREAM-INF:"):
            variants.append(attributes(line) | {"url": urllib.parse.urljoin(url, following)})
        if line.startswith("#EXT-X-MEDIA:"):
            found = attributes(line)
            media.append(found | {"url": urllib.parse.urljoin(url, found["URI"])})
        if line.startswith("#EXT-X-I-FRAME-STREAM-INF:"):
            found = attributes(line)
            iframes.append(found | {"url": urllib.parse.urljoin(url, found["URI"])})
    return Master(text, variants, media, iframes)


def iframe_playlist(url):
    """Its text, and (duration in seconds, byte range, url) of each picture."""
    text, _ = _lines(url)
    pictures = re.findall(r"#EXTINF:([0-9.]+),\n#EXT-X-BYTERANGE:([0-9]+@[0-9]+)\n([^#\n]+)\n", text)
    return text, [(float(duration), span, urllib.parse.urljoin(url, name)) for duration, span, name in pictures]


def playlist(url):
    text, lines = _lines(url)
    tags, segments, init = {}, [], None
    for line, following in zip(lines, lines[1:] + [""]):
        if line.startswith("#EXTINF:"):
            segments.append((float(line[8:].split(",")[0]), urllib.parse.urljoin(url, following)))
        elif line.startswith("#EXT-X-MAP:"):
            assert init is None, "one init segment per rendition"
            init = urllib.parse.urljoin(url, attributes(line)["URI"])
        elif line.startswith("#EXT"):
            name, _, value = line.partition(":")
            tags[name] = value
    return Playlist(text, tags, init, segments)


def tool(*arguments, timeout=120):
    """An FFmpeg command that has to succeed and to say nothing at its warning level."""
    result = subprocess.run([*map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                            stdin=subprocess.DEVNULL)
    assert result.returncode == 0, result.stderr[-3000:]
    return result


@dataclasses.dataclass
class Decoded:
    """What came out of a decoder: seconds of each frame of one stream, and how long it all lasts."""
    times: list
    end: float
    warnings: str


def decode(source, stream, *before, filters=None):
    """Decodes one stream ("v:0", "a:0") as it is: no frame dropped or repeated, no time changed."""
    options = ["-filter:" + stream[0], filters] if filters else []
    result = tool(FFMPEG, "-v", "warning", "-nostdin", *before, "-copyts", "-i", source, "-map", "0:" + stream, *options,
                  "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "framecrc", "-")
    tick, times, end = 0.0, [], 0.0
    for line in result.stdout.splitlines():
        if line.startswith("#tb 0:"):
            num, den = line.split(":")[1].split("/")
            tick = int(num) / int(den)
        elif line and not line.startswith("#"):
            _, _, pts, duration, *_ = (field.strip() for field in line.split(","))
            times.append(int(pts) * tick)
            end = (int(pts) + int(duration)) * tick
    # FFmpeg's HLS demuxer says so of every subtitle rendition, and goes on without.
    warnings = [line for line in result.stderr.splitlines() if "Can't support the subtitle" not in line]
    return Decoded(times, end, "\n".join(warnings).strip())
