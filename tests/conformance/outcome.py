"""What Sluice makes of one file, judged against the manifest and against FFmpeg's own decode of the source.

Each check yields sentences: what differs from what must come out. None of them means that all is as expected.
"""
import dataclasses
import functools
import json
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests/e2e"))

import hls  # noqa: E402
import server as sluice  # noqa: E402

LADDER = (2160, 1440, 1080, 720, 480, 360, 240)
MOST_FRAMES_PER_SECOND = 60.5
TIME_TOLERANCE = 0.002       # containers round times, to milliseconds in WebM
SEGMENT_SECONDS = 4
LEAST_SIMILARITY = 0.88      # mean SSIM of luma; a wrong turn, crop or field order is far below
COLOUR_TOLERANCE = 4         # of mean Y, U and V in 8 bits
LEAST_SATURATION = 2         # below, a picture has no colours that could fade
TRANSCODE_TIMEOUT = 600


@dataclasses.dataclass
class Made:
    """The folder that `sluice transcode` left, and how the command ended."""
    entry: object
    folder: pathlib.Path
    status: int
    message: str
    seconds: float

    @functools.cached_property
    def master(self):
        return (self.folder / "master.m3u8").read_text()

    @functools.cached_property
    def variants(self):
        lines = self.master.splitlines()
        return [hls.attributes(line) | {"path": self.folder / following}
                for line, following in zip(lines, lines[1:]) if line.startswith("#EXT-X-STREAM-INF:")]

    def media(self, kind):
        """EXT-X-MEDIA of one type in its first group: others hold the same tracks in other forms."""
        found = [hls.attributes(line) for line in self.master.splitlines() if line.startswith("#EXT-X-MEDIA:")]
        found = [one for one in found if one["TYPE"] == kind]
        return [one for one in found if one["GROUP-ID"] == found[0]["GROUP-ID"]]

    @functools.cached_property
    def renditions(self):
        """Decodings of the pictures' playlists, by path, largest first."""
        paths = {variant["path"]: int(variant["RESOLUTION"].split("x")[1])
                 for variant in self.variants if "RESOLUTION" in variant}
        return {path: hls.decode(path, "v:0") for path in sorted(paths, key=paths.get, reverse=True)}

    @functools.cached_property
    def sounds(self):
        paths = [self.folder / one["URI"] for one in self.media("AUDIO") if "URI" in one]
        if not paths:
            paths = [variant["path"] for variant in self.variants if "RESOLUTION" not in variant]
        return {path: hls.decode(path, "a:0") for path in paths}

    @functools.cached_property
    def source(self):
        """FFmpeg's decode of the source's picture: the truth about its frames."""
        decoded = hls.decode(self.entry.path, "V:0")
        return dataclasses.replace(decoded, times=sorted({round(at, 6) for at in decoded.times}))

    def plan(self):
        result = sluice.run("probe", self.entry.path)
        return json.loads(result.stdout)["plan"] if result.returncode == 0 else {}


def make(entry, folder):
    began = time.monotonic()
    result = sluice.run("transcode", entry.path, folder, timeout=TRANSCODE_TIMEOUT)
    return Made(entry, pathlib.Path(folder), result.returncode, result.stderr.strip(), time.monotonic() - began)


def refusal(made):
    if made.status == 0:
        yield "was taken, but must be refused"
    if len(made.message.splitlines()) != 1:
        yield f"must be refused in one line, not {made.message!r}"
    if list(made.folder.rglob("*.m3u8")):
        yield "was refused, but left playlists behind"


def ladder(made):
    shape = made.entry.displayed
    if shape is None:
        if made.renditions:
            yield "has renditions, but there is no picture in it"
        return
    short = min(shape)
    wanted = [rung for rung in LADDER if rung <= short] or [short // 2 * 2]
    sizes = [tuple(map(int, variant["RESOLUTION"].split("x"))) for variant in made.variants
             if "RESOLUTION" in variant]
    if sorted({min(size) for size in sizes}, reverse=True) != wanted:
        yield f"renditions {sizes}, expected short sides {wanted}"
    for width, height in sizes:
        if abs(width * shape[1] - height * shape[0]) > 0.02 * width * shape[1] + 2 * max(shape):
            yield f"{width}x{height} is not of the shape {shape[0]}x{shape[1]}"


def frames(made):
    times = made.source.times if made.entry.displayed else []
    if not times:
        return
    start = times[0]
    rate = (len(times) - 1) / max(times[-1] - start, 1e-9)
    for path, decoded in made.renditions.items():
        name = path.parent.name
        if decoded.warnings:
            yield f"{name}: FFmpeg says {decoded.warnings.splitlines()[0]}"
        shown = list(decoded.times)
        if len(times) > 2 and rate > MOST_FRAMES_PER_SECOND:
            if not 0.45 * len(times) <= len(shown) <= 0.55 * len(times):
                yield f"{name}: {len(shown)} frames of {len(times)} at {rate:.1f} a second"
            continue
        # Where a frame stays for long, a segment may start with a repeat of it.
        source = [at - start for at in times]
        repeats = [at for at in shown if not any(abs(at - other) < TIME_TOLERANCE for other in source)]
        for at in repeats:
            if abs(at / SEGMENT_SECONDS - round(at / SEGMENT_SECONDS)) < 0.001:
                shown.remove(at)
        if len(shown) != len(source):
            yield f"{name}: {len(shown)} frames, the source has {len(source)}"
            continue
        worst = max(abs(a - b) for a, b in zip(shown, source))
        if worst > TIME_TOLERANCE:
            yield f"{name}: a frame is {1000 * worst:.1f} ms off its time"


def duration(made):
    if made.entry.duration is None:
        return
    ends = {path.parent.name: decoded.end for path, decoded in {**made.renditions, **made.sounds}.items()}
    frame = 0.0
    if made.entry.displayed:
        times = made.source.times
        frame = max((b - a for a, b in zip(times, times[1:])), default=0.1)
    for name, end in ends.items():
        if abs(end - made.entry.duration) > max(frame, 0.06) + 0.1:
            yield f"{name}: ends at {end:.3f} s of {made.entry.duration:.3f} s"


def sound(made):
    wanted = len(made.entry.audio)
    if len(made.sounds) != wanted:
        yield f"{len(made.sounds)} audio tracks, the source has {wanted}"
    for path, decoded in made.sounds.items():
        name = path.parent.name
        if decoded.warnings:
            yield f"{name}: FFmpeg says {decoded.warnings.splitlines()[0]}"
        steps = [b - a for a, b in zip(decoded.times, decoded.times[1:])]
        if steps and max(steps) - min(steps) > 0.001:
            yield f"{name}: a gap or an overlap of {1000 * (max(steps) - min(steps)):.1f} ms"
        if not decoded.times or abs(decoded.times[0]) > 0.03:
            yield f"{name}: does not start with the picture"


def text(made):
    found = len(made.media("SUBTITLES"))
    if found != len(made.entry.text):
        yield f"{found} subtitle tracks, the source has {len(made.entry.text)}"


def picture_format(made):
    for path in made.renditions:
        name = path.parent.name
        shown = hls.tool(hls.FFPROBE, "-v", "error", "-select_streams", "v:0", "-show_entries",
                         "stream=pix_fmt,sample_aspect_ratio,field_order,color_range,color_transfer:stream_side_data=rotation",
                         "-of", "json", path).stdout
        stream = json.loads(shown)["streams"][0]
        if stream["pix_fmt"] != "yuv420p" or stream.get("color_range", "tv") != "tv":
            yield f"{name}: {stream['pix_fmt']} {stream.get('color_range')}, expected yuv420p tv"
        if stream.get("sample_aspect_ratio", "1:1") not in ("1:1", "N/A"):
            yield f"{name}: sample aspect {stream['sample_aspect_ratio']}"
        if stream.get("field_order", "progressive") not in ("progressive", "unknown"):
            yield f"{name}: {stream['field_order']}"
        if stream.get("side_data_list"):
            yield f"{name}: still to be rotated"
        if stream.get("color_transfer") in ("smpte2084", "arib-std-b67"):
            yield f"{name}: still HDR"


def _statistics(source, stream, filters):
    """Means of Y, U, V and saturation over all frames."""
    result = hls.tool(hls.FFMPEG, "-v", "error", "-nostdin", "-i", source, "-map", f"0:{stream}", "-vf",
                      f"{filters},signalstats,metadata=print:file=-", "-fps_mode", "passthrough", "-f", "null", "/dev/null")
    means = []
    for key in ("YAVG", "UAVG", "VAVG", "SATAVG"):
        values = [float(value) for value in re.findall(rf"signalstats\.{key}=([0-9.]+)", result.stdout)]
        means.append(sum(values) / len(values))
    return means


def pictures(made):
    """Upright, whole, in the right colours: compared with FFmpeg's conversion of the source."""
    if not made.renditions:
        return
    path = list(made.renditions)[-1]
    smallest = next(variant for variant in made.variants if variant["path"] == path)
    width, height = smallest["RESOLUTION"].split("x")
    matrix = "bt709"
    tagged = hls.tool(hls.FFPROBE, "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=color_space", "-of",
                      "csv=p=0", path).stdout.strip().splitlines()[0].strip(",")
    if tagged in ("smpte170m", "bt470bg"):
        matrix = "bt601"
    deinterlace = "bwdif=mode=send_frame:deint=interlaced," if made.entry.interlaced else ""
    scale = f"{deinterlace}scale={width}:{height}:flags=area:out_range=tv:out_color_matrix={matrix},format=yuv420p,setsar=1"
    ours = _statistics(path, "v:0", "null")
    theirs = _statistics(made.entry.path, "V:0", scale)
    if made.entry.hdr:
        # BT.2020 code values shown as BT.709 are what looks grey: less saturated than a converted picture.
        if theirs[3] > LEAST_SATURATION and ours[3] < 1.1 * theirs[3]:
            yield f"grey: saturation {ours[3]:.1f}, that of the unconverted code values {theirs[3]:.1f}"
        return
    for name, one, other in zip("YUV", ours, theirs):
        if abs(one - other) > COLOUR_TOLERANCE:
            yield f"mean {name} is {one:.1f}, the source's {other:.1f}"
    if len(made.renditions[path].times) != len(hls.decode(made.entry.path, "V:0").times):
        return  # frames can't be paired; frames() has judged their number
    graph = (f"[0:v:0]setpts=N/25/TB[a];[1:V:0]{scale},setpts=N/25/TB[b];[a][b]ssim=stats_file=-")
    result = hls.tool(hls.FFMPEG, "-v", "error", "-nostdin", "-i", path, "-i", made.entry.path, "-filter_complex", graph,
                      "-fps_mode", "passthrough", "-f", "null", "/dev/null")
    values = [float(value) for value in re.findall(r"Y:([0-9.]+)", result.stdout)]
    if sum(values) / len(values) < LEAST_SIMILARITY:
        yield f"similarity to the source {sum(values) / len(values):.3f}"


def images(made):
    poster = made.folder / "poster.jpg"
    if not poster.exists():
        yield "no poster"
        return
    shown = hls.tool(hls.FFPROBE, "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", poster).stdout
    width, height = map(int, shown.strip().split(","))
    shape = made.entry.displayed
    if shape and abs(width * shape[1] - height * shape[0]) > 0.02 * width * shape[1] + 2 * max(shape):
        yield f"the poster is {width}x{height}, the picture {shape[0]}x{shape[1]}"
    if shape and not (made.folder / "storyboard.vtt").exists():
        yield "no storyboard"


def dash(made):
    manifest = made.folder / "manifest.mpd"
    if not manifest.exists():
        yield "no DASH manifest"
        return
    # FFmpeg 5.1 refuses a whole manifest for WebVTT beside the media; the players of tests/players take it.
    sets = re.split(r"(?=<AdaptationSet)|(?<=</AdaptationSet>)", manifest.read_text())
    if sum("text/vtt" in one for one in sets) != len(made.entry.text):
        yield "the DASH manifest does not name the subtitle tracks"
    manifest = made.folder / "without_text.mpd"
    manifest.write_text("".join(one for one in sets if "text/vtt" not in one))
    for stream, expected in (("v:0", list(made.renditions.values())[:1]), ("a:0", list(made.sounds.values())[:1])):
        for decoded in expected:
            got = hls.decode(manifest, stream)
            if len(got.times) != len(decoded.times):
                yield f"DASH {stream} has {len(got.times)} frames, HLS {len(decoded.times)}"


CHECKS = (ladder, frames, duration, sound, text, picture_format, pictures, images, dash)


def differences(made):
    """All sentences of all checks that apply."""
    if not made.entry.playable:
        return list(refusal(made))
    if made.status != 0:
        return [f"was refused: {made.message}"]
    found = []
    for check in CHECKS:
        try:
            found += check(made)
        except (AssertionError, subprocess.SubprocessError) as error:
            found.append(f"{check.__name__}: {str(error).strip().splitlines()[-1]}")
    return found
