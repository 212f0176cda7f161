"""What `sluice serve` costs before anybody comes."""
import time

from process import memory, tree
from report import Figure
from server import Server

HOW = "From the start of the process until `/readyz` answers 200, five times each; memory (PSS) of all its processes after 2 s."


def start(folder):
    server = Server(folder)
    began = time.monotonic()
    server.start()
    return server, time.monotonic() - began


def run(report, folder):
    fresh, again, used = [], [], []
    for number in range(5):
        server, seconds = start(folder / f"idle-{number}")
        fresh.append(seconds)
        server.stop()
        server, seconds = start(folder / f"idle-{number}")
        again.append(seconds)
        time.sleep(2)
        used.append(memory(tree(server.process.pid)) / 2**20)
        server.stop()
    worst = max(fresh + again)
    report.add("Start-up and idle memory", HOW, [
        Figure("ready, new data folder; existing one (median)", f"{sorted(fresh)[2]:.3f} s; {sorted(again)[2]:.3f} s"),
        Figure("ready, worst / 0.3 s", f"{worst:.3f} s", "0.3 s", worst / 0.3, 1),
        Figure("idle memory / 40 MiB", f"{max(used):.1f} MiB", "40 MiB", max(used) / 40, 1),
    ])
