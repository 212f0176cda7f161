"""What the web application weighs, and how long one waits from dropping a clip to its picture."""
import json
import os
import statistics
import subprocess

import api
import footage
from report import Figure
from server import ROOT, Server

HOW = ("Chromium, headless, on the same two cores as the server that encodes. First load of the library, five times in new "
       "profiles with the processor slowed down four times, as Lighthouse does for phones: transferred bytes of page, script and "
       "style; first contentful paint; total blocking time (what tasks take beyond 50 ms). Then a 60 s clip of 1080p is "
       "dropped on the upload page, \"Watch\" and then the player are pressed as soon as they are there, and the clock stops "
       "at the first frame.")


def page(server, session):
    output = subprocess.run(["node", "bench/page.mjs", server.base, session, str(footage.clip(60))], check=True,
                            stdout=subprocess.PIPE, text=True, cwd=ROOT / "web", env=os.environ | {"NO_COLOR": "1"})
    return json.loads(output.stdout)


def run(report, folder):
    subprocess.run([ROOT / "script/build-web", "install"], check=True)
    server = Server(folder / "web").start()
    try:
        client = api.Client.signed_up(server)
        seen = page(server, client.token)
    finally:
        server.stop()
    loads, drop = seen["firstLoads"], seen["drop"]
    middle = {name: statistics.median(load[name] for load in loads) for name in loads[0]}
    kib = middle["bytes"] / 1024
    report.add("The web application", HOW, [
        Figure("first load without the player / 200 KiB", f"{kib:.0f} KiB", "200 KiB", kib / 200, 1),
        Figure("code loaded when a video is opened", f"{drop['playerBytes'] / 1024:.0f} KiB"),
        Figure("first contentful paint, processor ÷ 4", f"{middle['firstContentfulPaint']:.0f} ms"),
        Figure("total blocking time, processor ÷ 4", f"{middle['totalBlockingTime']:.0f} ms"),
        Figure("60 s clip: drop to \"Watch\"; drop to first frame",
               f"{drop['playable'] / 1000:.2f} s; {drop['firstFrame'] / 1000:.2f} s"),
    ])
