"""Is sound heard when its picture is seen? A clip that flashes and beeps at once, and a measurement of how far the two
are apart in what was made of it. `flash_and_beep.py FOLDER` measures a folder that `sluice transcode` has written."""
import array
import dataclasses
import pathlib
import re
import sys

import hls

PERIOD = 2.0         # seconds from one flash to the next; the first is after half of it
LENGTH = 0.08        # of a flash and of a beep
RATE = 48000         # at which sound is measured
WINDOW = RATE // 1000


def make_clip(path, *options, seconds=30, fps=25, audio_rate=48000, size="160x90", sound_delay=0.0,
              channels="mono"):
    """A clip as any encoder would write it: `options` are FFmpeg's for codecs, time stamps and container.
    `sound_delay`: sound begins that much later than the picture, and is right where it is."""
    # A frame's time may be a rounding error early.
    on = f"lt(mod(t+{PERIOD / 2 + 0.01},{PERIOD}),{LENGTH})"
    sound_on = f"lt(mod(t+{sound_delay}+{PERIOD / 2},{PERIOD}),{LENGTH})"
    beep = f"0.8*sin(2*PI*1000*t)*{sound_on}"
    layout = {"mono": 1, "stereo": 2, "5.1": 6}[channels]
    hls.tool(hls.FFMPEG, "-v", "error", "-nostdin", "-y",
             "-f", "lavfi", "-i", f"color=c=0x202020:s={size}:r={fps}:d={seconds},drawbox=c=white:t=fill:enable='{on}'",
             *(["-itsoffset", sound_delay] if sound_delay else []),
             "-f", "lavfi", "-i", f"aevalsrc='{'|'.join([beep] * layout)}':s={audio_rate}:d={seconds - sound_delay}:c={channels}",
             "-map", "0:v", "-map", "1:a", *options, path)
    return path


@dataclasses.dataclass
class Sync:
    flashes: list  # seconds
    beeps: list

    @property
    def offsets(self):
        """How much later than its flash each beep is heard; flashes without a beep are not there."""
        return [beep - flash for flash in self.flashes for beep in self.beeps if abs(beep - flash) < PERIOD / 2]

    def __str__(self):
        worst = max(self.offsets, key=abs, default=None)
        if worst is None:
            return f"{len(self.flashes)} flashes, {len(self.beeps)} beeps, none together"
        return (f"{len(self.flashes)} flashes, {len(self.beeps)} beeps; first {self.offsets[0] * 1000:+.1f} ms, "
                f"last {self.offsets[-1] * 1000:+.1f} ms, worst {worst * 1000:+.1f} ms")


def starts(times_and_levels, threshold):
    found, above = [], False
    for time, level in times_and_levels:
        if level > threshold and not above:
            found.append(time)
        above = level > threshold
    return found


def find_flashes(path):
    """Seconds at which the picture turns bright."""
    result = hls.tool(hls.FFMPEG, "-v", "error", "-nostdin", "-copyts", "-i", path, "-map", "0:v:0", "-fps_mode",
                      "passthrough", "-vf", "scale=16:16,signalstats,metadata=mode=print:key=lavfi.signalstats.YAVG:file=-",
                      "-f", "null", "-")
    pairs = re.findall(r"pts_time:(\S+)\s+lavfi\.signalstats\.YAVG=(\S+)", result.stdout)
    return starts(((float(time), float(level)) for time, level in pairs), 130)


def find_beeps(path, channel=0):
    """Seconds at which the sound begins, by its own time stamps."""
    first = hls.tool(hls.FFPROBE, "-v", "error", "-select_streams", "a:0", "-show_entries", "packet=pts_time", "-of",
                     "csv=p=0", "-read_intervals", "%+#1", path).stdout.split()[0].strip(",")
    raw = path.parent / (path.name + ".f32")
    hls.tool(hls.FFMPEG, "-v", "error", "-nostdin", "-y", "-i", path, "-map", "0:a:0", "-af", f"pan=mono|c0=c{channel}",
             "-ar", RATE, "-f", "f32le", raw)
    samples = array.array("f", raw.read_bytes())
    raw.unlink()
    levels = ((float(first) + at / RATE, max(map(abs, samples[at:at + WINDOW]))) for at in range(0, len(samples), WINDOW))
    # A beep's cycles go through zero, a window's never do; silence between beeps is long.
    return starts(levels, 0.2)


def join(folder, track):
    """One track as one file: its init segment and its segments, as a player appends them."""
    playlist = (folder / track / "playlist.m3u8").read_text()
    names = [line for line in playlist.splitlines() if line and not line.startswith("#")]
    joined = folder / f"{track}.joined.mp4"
    joined.write_bytes(b"".join((folder / track / name).read_bytes() for name in ["init.mp4", *names]))
    return joined


def measure(folder, picture=None, sound="audio-0", channel=0):
    """What is seen and heard of a folder that was transcoded; of its smallest rendition if none is named."""
    folder = pathlib.Path(folder)
    if picture is None:
        picture = min((path.parent.name for path in folder.glob("*p/playlist.m3u8")), key=lambda name: int(name[:-1]))
    return Sync(find_flashes(join(folder, picture)), find_beeps(join(folder, sound), channel))


if __name__ == "__main__":
    print(measure(sys.argv[1]))
