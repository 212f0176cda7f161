"""What it costs to encode in independent chunks instead of in one piece."""
import math
import re

import footage
import ladder
from footage import FFMPEG, FFPROBE, quiet
from process import Run
from report import Figure
from server import BINARY

HOW = ("The 1080p rendition of 60 s. Bits: `sluice transcode` in its chunks beside one encoder for the whole clip at the same "
       "x264 settings and key frames, at three CRFs; its bits at the SSIM of ours by interpolation. CPU: x264 alone on "
       "decoded pictures, a fresh encoder per chunk of the plan beside one encoder, process start taken off, in turns.")


def similarity(path, reference):
    out = quiet("/bin/sh", "-c", f"{FFMPEG} -v info -nostdin -i {path} -i {reference} -lavfi "
                "'[0:v:0]setpts=N/24/TB[a];[1:v:0]setpts=N/24/TB[b];[a][b]ssim' -f null - 2>&1")
    return float(re.search(r"SSIM Y:([0-9.]+)", out)[1])


def bits(path):
    sizes = quiet(FFPROBE, "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=size", "-of", "csv=p=0", path)
    return 8 * sum(int(line.strip(",")) for line in sizes.split())


def decibel(ssim):
    return -10 * math.log10(1 - ssim)


def interpolate(points, x):
    """Straight lines between (quality, log bits); the outer ones go on."""
    points = sorted(points)
    (x0, y0), (x1, y1) = (points[0], points[1]) if x < points[1][0] else (points[-2], points[-1])
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def run(report, folder):
    clip = footage.clip(60)
    plan = ladder.plan(clip)
    rendition = plan["renditions"][0]

    out = folder / "chunking"
    Run(BINARY, "transcode", ladder.ENCODES, clip, out)
    joined = folder / "chunked.mp4"
    pieces = [out / rendition["name"] / "init.mp4", *sorted((out / rendition["name"]).glob("*.m4s"))]
    joined.write_bytes(b"".join(piece.read_bytes() for piece in pieces))
    ours = (bits(joined), similarity(joined, clip))

    points = []
    for crf in (rendition["crf"] - 1, rendition["crf"], rendition["crf"] + 1):
        path = folder / f"whole-{crf}.mp4"
        Run(FFMPEG, "-v", "error", "-nostdin", "-y", "-i", clip, "-map", "0:v:0", *ladder.encoder(rendition, "", 1, crf), path)
        points.append((decibel(similarity(path, clip)), math.log(bits(path))))
    equal = math.exp(interpolate(points, decibel(ours[1])))

    # Decoded once, so that only the encoder is measured.
    frames = 24 * 60
    raw = folder / "clip.yuv"
    quiet(FFMPEG, "-v", "error", "-nostdin", "-y", "-i", clip, "-map", "0:v:0", "-frames:v", frames, "-pix_fmt", "yuv420p", "-f",
          "rawvideo", raw)
    size = raw.stat().st_size // frames

    def encode(first, count):
        source = f"subfile,,start,{first * size},end,{(first + count) * size},,:{raw}"
        return Run(FFMPEG, "-v", "error", "-nostdin", "-y", "-f", "rawvideo", "-video_size",
                   f"{rendition['width']}x{rendition['height']}", "-framerate", "24", "-i", source,
                   *ladder.encoder(rendition, "", 1), "-f", "null", "/dev/null").cpu

    chunks = [(first * 96, min(end * 96, frames)) for first, end in plan["timeline"]["chunks"]]
    whole, chunked, start = [], [], []
    for _ in range(2):
        whole.append(encode(0, frames))
        chunked.append(sum(encode(first, end - first) for first, end in chunks if end > first))
        start.append(encode(0, 1))
    raw.unlink()
    extra = min(start) * (len(chunks) - 1)
    cpu_chunked, cpu_whole = sum(chunked) / 2 - extra, sum(whole) / 2
    report.add("Chunks beside one piece", HOW, [
        Figure("bits at equal SSIM", f"{ours[0] / 60e3:.0f} kb/s at {ours[1]:.5f}", f"{equal / 60e3:.0f} kb/s", ours[0] / equal, 1.015),
        Figure(f"CPU seconds, {len(chunks)} chunks", f"{cpu_chunked:.1f}", f"{cpu_whole:.1f}", cpu_chunked / cpu_whole, 1.04),
    ])
