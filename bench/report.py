"""Figures, their targets, and the page they go to."""
import dataclasses
import datetime
import os
import pathlib
import platform
import subprocess
import sys

RESULTS = pathlib.Path(__file__).parent / "RESULTS.md"


@dataclasses.dataclass
class Figure:
    what: str
    ours: str
    theirs: str = ""
    ratio: float | None = None
    target: float | None = None
    at_least: bool = False   # the ratio has to reach the target instead of staying below it

    @property
    def verdict(self):
        if self.target is None:
            return ""
        good = self.ratio >= self.target if self.at_least else self.ratio <= self.target
        return "met" if good else "missed"

    def row(self):
        ratio = "" if self.ratio is None else f"{self.ratio:.4g}"
        target = "" if self.target is None else f"{'≥' if self.at_least else '≤'} {self.target:.4g}"
        return [self.what, self.ours, self.theirs, ratio, target, self.verdict]


def table(figures):
    head = ["what", "Sluice", "beside it", "ratio", "target", ""]
    rows = [head, ["---"] * len(head)] + [figure.row() for figure in figures]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows)


def machine():
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = [subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0].split(" Copyright")[0]
                for command in (["/usr/bin/ffmpeg", "-version"], ["g++", "--version"])]
    nginx = subprocess.run(["/usr/sbin/nginx", "-v"], capture_output=True, text=True).stderr.strip()
    return [f"{len(os.sched_getaffinity(0))} cores ({cpu}), {memory:.0f} GiB memory, Linux {platform.release()}",
            "; ".join([*versions, nginx])]


class Report:
    def __init__(self):
        self.sections = []

    def add(self, title, how, figures, notes=()):
        self.sections.append((title, how, figures, list(notes)))
        print(f"\n## {title}\n\n{how}\n\n{table(figures)}\n" + "".join(f"\n{note}\n" for note in notes), flush=True)

    def write(self):
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True,
                                cwd=RESULTS.parent).stdout.strip()
        lines = ["# Results", "",
                 "Ratios of two sides that were measured in turns in the same run; bare times belong to this machine.", "",
                 f"- Command: `script/bench {' '.join(sys.argv[1:])}`, {datetime.date.today().isoformat()}, commit {commit}",
                 *(f"- {fact}" for fact in machine())]
        for title, how, figures, notes in self.sections:
            lines += ["", f"## {title}", "", how, "", table(figures)]
            for note in notes:
                lines += ["", note]
        RESULTS.write_text("\n".join(lines) + "\n")
        print(f"\nwritten: {RESULTS}")
