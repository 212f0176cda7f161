"""How long a viewer waits after `complete`, and whether that grows with the length of the video."""
import time

import api
import footage
import ladder
from report import Figure
from server import Server

HOW = ("`sluice serve`, idle machine; from the answer to `complete` until the detail endpoint says `playable`, and until it says "
       "`complete`; asked every 10 ms. Everything encoded, and with pass-through a file at 5 Mb/s whose 1080p is copied.")


def follow(client, clip, pause=0.01):
    """Seconds from the answer to `complete` until it is playable, and until it is complete."""
    video_id = client.upload(clip)
    began, playable = time.monotonic(), None
    while True:
        video = client.video(video_id)
        now = time.monotonic() - began
        if video["playable"] and playable is None:
            playable = now
        if video["status"] == "complete":
            return playable, now
        assert video["status"] != "failed", video["error"]
        time.sleep(pause)


def measure(clip, folder):
    server = Server(folder).start()
    try:
        return follow(api.Client.signed_up(server), clip)
    finally:
        server.stop()


def run(report, folder):
    lengths = (30, 60, 300)
    firsts = {length: [] for length in lengths}
    wholes = {}
    # The short ones again after the long one: does the machine drift?
    for number, length in enumerate((30, 60, 300, 60, 30)):
        first, whole = measure(footage.clip(length), folder / f"latency-{number}")
        firsts[length].append(first)
        wholes[length] = whole
    best = {length: sum(values) / len(values) for length, values in firsts.items()}
    figures = [Figure(f"{length} s of 1080p: first playable; complete", f"{best[length]:.2f} s; {wholes[length]:.1f} s",
                      ratio=best[length] / wholes[length]) for length in lengths]
    figures.append(Figure("first playable of 300 s / its whole encode", f"{best[300]:.2f} s", f"{wholes[300]:.1f} s",
                          best[300] / wholes[300], 1 / 60))
    figures.append(Figure("first playable of 300 s / of 30 s", f"{best[300]:.2f} s", f"{best[30]:.2f} s",
                          best[300] / best[30], 1.15))
    assert ladder.plan(footage.clip(30), "--pass-through=true")["pass_through"], "what is encoded has to be"
    fits = footage.fitting(300)
    assert not ladder.plan(fits, "--pass-through=true")["pass_through"], "what is copied has to fit"
    first, whole = measure(fits, folder / "latency-copied")
    figures += [
        Figure("pass-through, 300 s: first playable / 1 s", f"{first:.2f} s", "1 s", first, 1.0),
        Figure("pass-through, 300 s: first playable / the whole encode", f"{first:.2f} s", f"{wholes[300]:.1f} s",
               first / wholes[300], 1 / 200),
        Figure("pass-through, 300 s: complete / everything encoded", f"{whole:.1f} s", f"{wholes[300]:.1f} s", whole / wholes[300])]
    report.add("From complete to playing", HOW, figures)
