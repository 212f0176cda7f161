"""How long a viewer waits after `complete`, and whether that grows with the length of the video."""
import time

import api
import footage
import ladder
from report import Figure
from server import Server

HOW = ("`sluice serve`, idle machine; from the answer to `complete` until the detail endpoint says `playable`, and until it says "
       "`complete`; asked every 10 ms. Everything encoded (`--pass-through=false`), and with the defaults, which copy the 1080p of "
       "this clip.")


def measure(seconds, folder, *flags):
    server = Server(folder, *flags).start()
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
        first, whole = measure(length, folder / f"latency-{number}", ladder.ENCODES)
        firsts[length].append(first)
        wholes[length] = whole
    best = {length: sum(values) / len(values) for length, values in firsts.items()}
    figures = [Figure(f"{length} s of 1080p: first playable; complete", f"{best[length]:.2f} s; {wholes[length]:.1f} s",
                      ratio=best[length] / wholes[length]) for length in lengths]
    figures.append(Figure("first playable of 300 s / its whole encode", f"{best[300]:.2f} s", f"{wholes[300]:.1f} s",
                          best[300] / wholes[300], 1 / 60))
    figures.append(Figure("first playable of 300 s / of 30 s", f"{best[300]:.2f} s", f"{best[30]:.2f} s",
                          best[300] / best[30], 1.15))
    copied = [measure(300, folder / f"latency-copied-{number}") for number in range(2)]
    first, whole = (sum(one[field] for one in copied) / len(copied) for field in (0, 1))
    figures += [
        Figure("pass-through, 300 s: first playable / 1 s", f"{first:.2f} s", "1 s", first, 1.0),
        Figure("pass-through, 300 s: first playable / the whole encode", f"{first:.2f} s", f"{wholes[300]:.1f} s",
               first / wholes[300], 1 / 200),
        Figure("pass-through, 300 s: complete / everything encoded", f"{whole:.1f} s", f"{wholes[300]:.1f} s", whole / wholes[300])]
    report.add("From complete to playing", HOW, figures)
