"""CPU and memory of the whole ladder, encoded and with its largest rendition copied, beside one good ffmpeg command."""
import shutil

import footage
import ladder
from process import Run
from report import Figure
from server import BINARY

HOW = ("`sluice transcode` beside one `ffmpeg` command on the same clip (30 s of 1080p24): decode once, split, the same "
       "ladder and x264 settings, AAC, HLS with fMP4 segments; and with pass-through, of a file at 5 Mb/s whose 1080p is copied. In "
       "turns, three times each; CPU is user and system time of all processes, memory the peak of their summed proportional set "
       "sizes.")


def run(report, folder):
    clip = footage.clip(30)
    fits = footage.fitting(30)
    why_not = ladder.plan(fits, "--pass-through=true")["pass_through"]
    assert not why_not, f"the clip is not copied: {why_not}"
    sides = {
        "ours": lambda out: [BINARY, "transcode", ladder.ENCODES, clip, out],
        "one": lambda out: ladder.ffmpeg(clip, out, 1),
        "two": lambda out: ladder.ffmpeg(clip, out, 2),
        "copied": lambda out: [BINARY, "transcode", fits, out],
        "not copied": lambda out: ladder.ffmpeg(fits, out, 1),
    }
    runs = {name: [] for name in sides}
    for turn in range(3):
        for name, command in sides.items():
            out = folder / f"engine-{name}"
            shutil.rmtree(out, ignore_errors=True)
            runs[name].append(Run(*command(out)))

    def mean(name, field):
        return sum(getattr(run, field) for run in runs[name]) / len(runs[name])

    def peak(name):
        return max(run.peak for run in runs[name]) / 2**20

    figures = []
    for name, label in (("one", "ffmpeg, x264 threads=1"), ("two", "ffmpeg, x264 threads=2")):
        figures += [
            Figure(f"CPU seconds / {label}", f"{mean('ours', 'cpu'):.1f}", f"{mean(name, 'cpu'):.1f}",
                   mean("ours", "cpu") / mean(name, "cpu"), 0.97),
            Figure(f"peak memory / {label}", f"{peak('ours'):.0f} MiB", f"{peak(name):.0f} MiB", peak("ours") / peak(name),
                   1.0),
            Figure(f"wall seconds / {label}", f"{mean('ours', 'wall'):.1f}", f"{mean(name, 'wall'):.1f}",
                   mean("ours", "wall") / mean(name, "wall")),
        ]
    figures.append(Figure("CPU seconds with pass-through / ffmpeg, x264 threads=1", f"{mean('copied', 'cpu'):.1f}",
                          f"{mean('not copied', 'cpu'):.1f}", mean("copied", "cpu") / mean("not copied", "cpu"), 0.52))
    report.add("The ladder beside one ffmpeg command", HOW, figures)
