"""Peak memory by the size of the picture and by the length of the video."""
import shutil

import footage
import ladder
from process import Run
from report import Figure
from server import BINARY

SIZES = ((426, 240), (854, 480), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160))
SHORT, LONG = 120, 1200
HOW = (f"`sluice transcode {ladder.ENCODES}` with its defaults (as many threads as CPUs); peak of the summed proportional set sizes of all "
       "its processes. By size: 12 s of Big Buck Bunny, scaled to each. By length: the 240p of it, repeated without encoding.")


def scaled(width, height):
    path = footage.WORK / f"bbb-12-{height}p.mp4"
    if not path.exists():
        footage.quiet(footage.FFMPEG, "-v", "error", "-nostdin", "-y", "-i", footage.original(), "-t", 12, "-vf", f"scale={width}:{height}",
                      "-c:v", "libx264", "-preset", "ultrafast", "-g", 48, "-c:a", "copy", path)
    return path


def repeated(path, seconds):
    long = path.with_stem(f"{path.stem}-{seconds}")
    if not long.exists():
        footage.quiet(footage.FFMPEG, "-v", "error", "-nostdin", "-y", "-stream_loop", seconds // 12 - 1, "-i", path, "-c", "copy", long)
    return long


def peak(path, out):
    run = Run(BINARY, "transcode", ladder.ENCODES, path, out)
    shutil.rmtree(out)
    return run.peak / 2**20


def run(report, folder):
    figures = []
    for width, height in SIZES:
        figures.append(Figure(f"12 s of {width} x {height}", f"{peak(scaled(width, height), folder / 'out'):.0f} MiB"))
    small = scaled(*SIZES[0])
    short, long = (peak(repeated(small, seconds), folder / "out") for seconds in (SHORT, LONG))
    figures.append(Figure(f"240p: {LONG} s / {SHORT} s", f"{long:.0f} MiB", f"{short:.0f} MiB", long / short, 1.1))
    report.add("Peak memory by size and length", HOW, figures)
