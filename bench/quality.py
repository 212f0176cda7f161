"""Rate control per rung on real clips: bits, SSIM and CPU of our settings beside those of other services."""
import dataclasses
import json
import math
import os
import pathlib
import re
import statistics

import ladder
from footage import FFMPEG, FFPROBE, quiet
from process import Run
from report import Figure
from server import MEDIA

HOW = ("4 s of each clip, scaled to a rung once (bicubic, 8-bit 4:2:0); encoded by libx264 from these pictures, one thread; "
       "SSIM (luma) by libavfilter against them, in decibels of 1/(1 - SSIM). CPU is that of the process, reading the pictures taken off. Our settings at four "
       "CRFs give a curve of bits over SSIM; everything else is one point, held against the bits that the curve has at its SSIM. "
       "Means over clips are geometric.")

# File and the second from which it is looked at. SLUICE_BENCH_CLIPS=FOLDER and SLUICE_BENCH_NAMES=NAME@SECOND,… name others.
CLIPS = "big_buck_bunny_0_30.webm@3,car-detection.mp4@8,one_keyframe_12s.webm@1,hevc_1080p_open_gop.mp4@1,422_10bit_50fps_8mono.mp4@1," \
        "rectangular_samples.mp4@1"
SECONDS = 4
RUNGS = (720, 480, 360, 240)
CURVE = (20, 23, 26, 30)


@dataclasses.dataclass
class Pictures:
    """One clip at the size of one rung."""
    clip: str
    rendition: dict
    path: pathlib.Path
    rate: float
    frames: int
    overhead: float  # CPU seconds of reading them

    @property
    def short_side(self):
        return min(self.rendition["width"], self.rendition["height"])

    @property
    def pixels(self):
        return self.rendition["width"] * self.rendition["height"]


@dataclasses.dataclass
class Point:
    bits: float   # per second
    ssim: float   # decibels
    psnr: float
    cpu: float


def clips():
    folder = pathlib.Path(os.environ.get("SLUICE_BENCH_CLIPS", MEDIA))
    for clip in os.environ.get("SLUICE_BENCH_NAMES", CLIPS).split(","):
        name, start = clip.split("@")
        yield folder / name, start


def pictures(clip, start, folder):
    """Of each rung that the clip has, the smallest first, one after the other: they are large."""
    plan = ladder.plan(clip)
    rate = plan["frame_rate"][0] / plan["frame_rate"][1]
    for rendition in reversed(plan["renditions"]):
        if min(rendition["width"], rendition["height"]) not in RUNGS:
            continue
        path = folder / "pictures.y4m"
        quiet(FFMPEG, "-v", "error", "-nostdin", "-y", "-ss", start, "-i", clip, "-map", "0:v:0", "-t", SECONDS, "-vf",
              f"scale={rendition['width']}:{rendition['height']}:flags=bicubic:out_range=tv,format=yuv420p,setsar=1", "-r",
              f"{plan['frame_rate'][0]}/{plan['frame_rate'][1]}", "-f", "yuv4mpegpipe", "-strict", "-1", path)
        frames = int(quiet(FFPROBE, "-v", "error", "-count_packets", "-select_streams", "v:0", "-show_entries",
                           "stream=nb_read_packets", "-of", "csv=p=0", path).strip().strip(","))
        overhead = Run(FFMPEG, "-v", "error", "-nostdin", "-threads", 1, "-i", path, "-f", "null", "-").cpu
        yield Pictures(clip.name, rendition, path, rate, frames, overhead)
        path.unlink()


def measure(shown, out, *passes):
    """Encodes with each list of options in turn; the last one is the result."""
    cpu = 0.0
    for number, options in enumerate(passes):
        target = [out] if number + 1 == len(passes) else ["-f", "null", "-"]
        cpu += Run(FFMPEG, "-v", "error", "-nostdin", "-y", "-threads", 1, "-i", shown.path, "-c:v", "libx264", "-threads", 1, *options,
                   *target).cpu - shown.overhead
    sizes = quiet(FFPROBE, "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=size", "-of", "csv=p=0", out)
    bits = 8 * sum(int(line.strip(",")) for line in sizes.split()) / (shown.frames / shown.rate)
    said = quiet("/bin/sh", "-c", f"{FFMPEG} -v info -nostdin -i {out} -i {shown.path} -lavfi '[0:v]settb=1/1000,setpts=N[a];"
                 "[1:v]settb=1/1000,setpts=N[b];[a]split[a1][a2];[b]split[b1][b2];[a1][b1]ssim;[a2][b2]psnr' -f null - 2>&1")
    ssim = float(re.search(r"SSIM Y:([0-9.]+)", said)[1])
    psnr = float(re.search(r"PSNR y:([0-9.]+)", said)[1])
    out.unlink()
    return Point(bits, -10 * math.log10(max(1 - ssim, 1e-6)), psnr, max(cpu, 0.01))


def ours(shown, crf=None, change=""):
    """Our settings; `change` replaces some of x264's parameters."""
    rendition = shown.rendition
    crf = rendition["crf"] if crf is None else crf
    # The caps go along with the quality, so that the curve is one of the settings and not of the caps.
    scale = max(1.0, 2 ** ((rendition["crf"] - crf) / 6))
    params = f"{rendition['x264_params']}{change and ':' + change}:vbv-maxrate={rendition['max_rate_bps'] * scale / 1000:.0f}:" \
             f"vbv-bufsize={rendition['buffer_bits'] * scale / 1000:.0f}:level={rendition['level']}"
    return ["-preset", "medium", "-profile:v", "high", "-crf", crf, "-x264-params", params, "-force_key_frames",
            "expr:gte(t,n_forced*4)", "-forced-idr", 1]


def nearest(table, side):
    return table[min(table, key=lambda rung: abs(rung - side))]


def peertube(shown):
    per_pixel = nearest({144: .19, 240: .17, 360: .15, 480: .12, 720: .11, 1080: .10, 1440: .09, 2160: .08}, shown.short_side)
    cap = shown.pixels * shown.rate * per_pixel / 1000
    return [["-preset", "veryfast", "-maxrate", f"{cap:.0f}k", "-bufsize", f"{2 * cap:.0f}k", "-b_strategy", 1, "-bf", 16, "-g",
             round(shown.rate * 2)]]


def mediacms(shown):
    slow = {144: 150, 240: 300, 360: 500, 480: 1000, 720: 2500, 1080: 4500, 1440: 9000, 2160: 18000}
    fast = slow | {720: 3500, 1080: 7500, 1440: 18000, 2160: 40000}
    cap = 1.5 * nearest(fast if shown.rate > 31 else slow, shown.short_side)
    return [["-preset", "medium", "-profile:v", "main", "-crf", 23, "-maxrate", f"{cap:.0f}k", "-bufsize", f"{cap:.0f}k",
             "-force_key_frames", "expr:gte(t,n_forced*4)", "-x264-params",
             f"keyint={round(shown.rate * 8)}:keyint_min={round(shown.rate * 4)}"]]


def encore(shown, log):
    rate, peak = nearest({1080: (3100, 4700), 720: (2069, 3104), 540: (1312, 1968), 360: (806, 1209), 234: (324, 486)},
                         shown.short_side)
    params = ("keyint=192:min-keyint=96:bframes=6:b-adapt=2:b-pyramid=2:ref=4:subme=9:trellis=2:rc-lookahead=60:aq-mode=1:"
              f"chroma-qp-offset=-2:scenecut=40:me={'umh' if shown.short_side >= 1080 else 'hex'}")
    common = ["-b:v", f"{rate}k", "-maxrate", f"{peak}k", "-bufsize", f"{2 * rate}k", "-x264-params", params, "-force_key_frames",
              "expr:not(mod(n,96))", "-passlogfile", log]
    return [[*common, "-pass", 1], [*common, "-pass", 2]]


PEERS = {"PeerTube": lambda shown, _: peertube(shown), "MediaCMS": lambda shown, _: mediacms(shown), "SVT Encore": encore}

# Changes to our settings, by what they try.
LEVERS = {
    "subme 4, hex": "subme=4:me=hex",
    "`faster`: that, 2 references, all partitions": "subme=4:me=hex:ref=2:partitions=p8x8,b8x8,i8x8,i4x4",
    "all of `medium`": "subme=7:me=hex:ref=3:mixed-refs=1:weightp=2:trellis=1:partitions=p8x8,b8x8,i8x8,i4x4:rc-lookahead=40",
    "all of `medium`, psy=0": "subme=7:me=hex:ref=3:mixed-refs=1:weightp=2:trellis=1:partitions=p8x8,b8x8,i8x8,i4x4:rc-lookahead=40:psy=0",
    "lookahead 40": "rc-lookahead=40",
    "b-adapt 2": "b-adapt=2",
    "trellis 1": "trellis=1",
    "subme 1": "subme=1",
}
SHARED = "shared analysis: second pass on the smallest rung's statistics"


def shared_first(shown, log):
    return [*ours(shown), "-pass", 1, "-passlogfile", log]


def shared_second(shown, bits, log):
    options = ours(shown)
    at = options.index("-crf")
    return [*options[:at], *options[at + 2:], "-b:v", round(bits), "-pass", 2, "-passlogfile", log]


def log_bits_at(points, ssim):
    """Straight lines between (SSIM, log bits); the outer ones go on."""
    known = sorted((point.ssim, math.log(point.bits)) for point in points)
    pair = known[:2] if ssim < known[1][0] else known[-2:] if ssim >= known[-2][0] else known[1:3]
    (x0, y0), (x1, y1) = pair
    return y0 + (y1 - y0) * (ssim - x0) / max(x1 - x0, 1e-9)


def spread(ratios):
    return math.exp(statistics.fmean(map(math.log, ratios)))


@dataclasses.dataclass
class Compared:
    clip: str
    side: int
    bits: float      # of the other / of ours at its SSIM
    ssim: float      # of the other - of ours at its bits, in decibels
    cpu: float       # of the other / of ours
    point: Point


def compare(shown, point, curve, default):
    ratio = point.bits / math.exp(log_bits_at(curve, point.ssim))
    by_bits = sorted((math.log(one.bits), one.ssim) for one in curve)
    at = math.log(point.bits)
    pair = by_bits[:2] if at < by_bits[1][0] else by_bits[-2:] if at >= by_bits[-2][0] else by_bits[1:3]
    (x0, y0), (x1, y1) = pair
    ssim = point.ssim - (y0 + (y1 - y0) * (at - x0) / max(x1 - x0, 1e-9))
    return Compared(shown.clip, shown.short_side, ratio, ssim, point.cpu / default.cpu, point)


def measure_all(folder):
    found = {}
    out, log = folder / "encoded.mp4", folder / "shared"
    for clip, start in clips():
        first_pass = None
        for shown in pictures(clip, start, folder):
            curve = [measure(shown, out, ours(shown, crf)) for crf in CURVE]
            default = measure(shown, out, ours(shown))
            found.setdefault("ours", []).append(Compared(shown.clip, shown.short_side, 1, 0, 1, default))
            for name, options in PEERS.items():
                point = measure(shown, out, *options(shown, folder / "passes"))
                found.setdefault(name, []).append(compare(shown, point, curve, default))
            for name, change in LEVERS.items():
                point = measure(shown, out, ours(shown, None, change))
                found.setdefault(name, []).append(compare(shown, point, curve, default))
            if first_pass is None:
                first_pass = measure(shown, out, shared_first(shown, log))
            else:
                point = measure(shown, out, shared_second(shown, default.bits, log))
                found.setdefault(SHARED, []).append(compare(shown, point, curve, default))
            print(json.dumps({"clip": shown.clip, "rung": shown.short_side, "ours_kbps": round(default.bits / 1000),
                              **{name: [round(rows[-1].bits, 3), round(rows[-1].ssim, 2), round(rows[-1].cpu, 2)]
                                 for name, rows in found.items() if name != "ours" and rows[-1].clip == shown.clip}}),
                  flush=True)
    return found


def figures_of(found, names):
    figures = []
    for name in names:
        for side in RUNGS:
            rows = [row for row in found.get(name, []) if row.side == side]
            if not rows:
                continue
            better = sum(row.bits > 1 for row in rows)
            figures.append(Figure(f"{name}, {side}p: its bits / ours at its SSIM; its CPU / ours",
                                  f"{spread([row.bits for row in rows]):.3f}; {spread([row.cpu for row in rows]):.2f}",
                                  f"ours needs fewer bits on {better} of {len(rows)} clips"))
    return figures


def run(report, folder):
    found = measure_all(folder)
    report.add("Quality beside other services", HOW, figures_of(found, PEERS))
    report.add("Quality: what was tried", HOW, figures_of(found, [*LEVERS, SHARED]))
