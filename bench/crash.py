"""What `kill -9` at half way costs: the work of the chunk in flight, and no more."""
import time

import api
import footage
import ladder
from process import children_cpu, reap, tree
from report import Figure
from server import Server, until

HOW = ("60 s of 1080p through `sluice serve`; CPU of the server and its engines from start to stop. One run undisturbed, one "
       "with `kill -9` at progress 0.5 and a new start, in turns, twice each.")


def cpu(folder, kill):
    reap()
    before = children_cpu()
    server = Server(folder).start()
    client = api.Client.signed_up(server)
    video_id = client.upload(footage.clip(60))
    if kill:
        until(lambda: client.video(video_id)["progress"] >= 0.5, "half of it", 600)
        below = tree(server.process.pid) - {server.process.pid}
        server.kill()
        until(lambda: reap() or not any(tree(pid) - {pid} or alive(pid) for pid in below), "the engines to end")
        server.start()
    until(lambda: client.video(video_id)["status"] == "complete", "the video", 900, pause=0.1)
    server.stop()
    reap()
    return children_cpu() - before


def alive(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def run(report, folder):
    calm, killed = [], []
    for number in range(2):
        calm.append(cpu(folder / f"calm-{number}", False))
        killed.append(cpu(folder / f"killed-{number}", True))
    a, b = sum(killed) / 2, sum(calm) / 2
    timeline = ladder.plan(footage.clip(60))["timeline"]
    longest = max(end - first for first, end in timeline["chunks"])
    chunk = b * longest / timeline["segment_count"]
    report.add("kill -9 at half way", HOW, [
        Figure("CPU seconds, killed / undisturbed", f"{a:.1f}", f"{b:.1f}", a / b),
        Figure(f"CPU seconds beyond, / the longest chunk ({longest} segments, all renditions)", f"{a - b:.1f}",
               f"{chunk:.1f}", (a - b) / chunk, 1),
    ])
