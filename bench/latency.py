"""How long a viewer waits after `complete`, and whether that grows with the length of the video."""
import time

import api
import footage
from report import Figure
from server import Server

HOW = ("`sluice serve` with defaults, idle machine; from the answer to `complete` until the detail endpoint says "
       "`playable`, and until it says `complete`; asked every 10 ms.")


def measure(seconds, folder):
    server = Server(folder).start()
    try:
        client = api.Client.signed_up(server)
        video_id = client.upload(footage.clip(seconds))
        began, playable = time.monotonic(), None
        while True:
            video = client.video(video_id)
            now = time.monotonic() - began
            if video["playable"] and playable is None:
                playable = now
            if video["status"] == "complete":
                return playable, now
            assert video["status"] != "failed", video["error"]
            time.sleep(0.01)
    finally:
        server.stop()


def run(report, folder):
    lengths = (30, 60, 300)
    firsts = {length: [] for length in lengths}
    wholes = {}
    # The short ones again after the long one: does the machine drift?
    for number, length in enumerate((30, 60, 300, 60, 30)):
        first, whole = measure(length, folder / f"latency-{number}")
        firsts[length].append(first)
        wholes[length] = whole
    best = {length: sum(values) / len(values) for length, values in firsts.items()}
    figures = [Figure(f"{length} s of 1080p: first playable; complete", f"{best[length]:.2f} s; {wholes[length]:.1f} s",
                      ratio=best[length] / wholes[length]) for length in lengths]
    figures.append(Figure("first playable of 300 s / its whole encode", f"{best[300]:.2f} s", f"{wholes[300]:.1f} s",
                          best[300] / wholes[300], 1 / 60))
    figures.append(Figure("first playable of 300 s / of 30 s", f"{best[300]:.2f} s", f"{best[30]:.2f} s",
                          best[300] / best[30], 1.15))
    report.add("From complete to playing", HOW, figures)
