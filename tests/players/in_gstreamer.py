#!/usr/bin/python3
"""Plays a stream in GStreamer from start to end, and again from a place that is sought: what came out, as JSON.

`in_gstreamer.py URL SEEK_SECONDS`; a program of its own, so that a demuxer that hangs can be ended.
"""
import json
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

Gst.init(None)


def sink(times):
    made = Gst.ElementFactory.make("fakesink")
    made.set_property("sync", False)
    made.set_property("signal-handoffs", True)
    made.connect("handoff", lambda _, buffer, pad: times.append(buffer.pts / Gst.SECOND))
    return made


def run(player, bus, until):
    message = bus.timed_pop_filtered(60 * Gst.SECOND, until | Gst.MessageType.ERROR)
    assert message is not None, "nothing happened for a minute"
    if message.type == Gst.MessageType.ERROR:
        raise RuntimeError(str(message.parse_error()))


def play(url, seek):
    pictures, sound = [], []
    player = Gst.ElementFactory.make("playbin")
    player.set_property("uri", url)
    player.set_property("flags", 3)  # pictures and sound, nothing else
    player.set_property("video-sink", sink(pictures))
    player.set_property("audio-sink", sink(sound))
    bus = player.get_bus()
    try:
        if seek is not None:
            player.set_state(Gst.State.PAUSED)
            run(player, bus, Gst.MessageType.ASYNC_DONE)
            pictures.clear()
            sound.clear()
            assert player.seek_simple(Gst.Format.TIME, Gst.SeekFlags.FLUSH | Gst.SeekFlags.ACCURATE, int(seek * Gst.SECOND))
        player.set_state(Gst.State.PLAYING)
        run(player, bus, Gst.MessageType.EOS)
    finally:
        player.set_state(Gst.State.NULL)
    return {"pictures": pictures, "sound": sound}


url, seek = sys.argv[1], float(sys.argv[2])
print(json.dumps({"whole": play(url, None), "sought": play(url, seek)}))
