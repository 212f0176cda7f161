"""Sound and picture stay together from start to end, whatever way a source takes through the engine."""
import dataclasses
import json

import pytest

import flash_and_beep
import hls
import server as sluice

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
FPS = 25
FRAME = 1 / FPS


def mp4(*sound, keyframes=FPS * 2, **clip):
    return lambda path: flash_and_beep.make_clip(path, *X264, "-g", keyframes, *sound, **clip)


def cut_without_encoding(path):
    """As a phone's editor cuts: from the key frame before, hidden by edit lists."""
    whole = flash_and_beep.make_clip(path.with_name("whole.mp4"), *X264, "-g", 50, "-bf", 2, "-c:a", "aac", seconds=32)
    hls.tool(hls.FFMPEG, "-v", "error", "-nostdin", "-y", "-ss", 1.4, "-i", whole, "-c", "copy", path)
    return path


def sound_card_that_runs_fast(path):
    """Its 48.05 kHz are labelled 48 kHz; time stamps tell: 30 ms too much in half a minute, with Matroska's milliseconds."""
    beep = f"0.8*sin(2*PI*1000*t)*lt(mod(t*48000/48050+1,2),{flash_and_beep.LENGTH})"
    on = f"lt(mod(t+1.01,2),{flash_and_beep.LENGTH})"
    hls.tool(hls.FFMPEG, "-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i",
             f"color=c=0x202020:s=160x90:r={FPS}:d=40,drawbox=c=white:t=fill:enable='{on}'", "-f", "lavfi", "-i",
             f"aevalsrc='{beep}':s=48000:d=40", "-map", "0:v", "-map", "1:a", *X264, "-g", 50, "-c:a", "pcm_s16le",
             "-bsf:a", "setts=ts=TS*48000/48050", path)
    return path


@dataclasses.dataclass
class Path:
    """How a source is made, and the way that its plan must take."""
    suffix: str
    make: object
    mode: str = None     # of the plan, where the clip is made for that
    copied: bool = False  # the sound
    flashes: int = 15
    first_beep: int = 0  # of the flash with the first beep


# A way of its own through the engine gets a row of its own.
PATHS = {
    "chunks": Path("mkv", mp4("-c:v", "mpeg4", "-c:a", "flac"), mode="chunked"),
    "one key frame": Path("mp4", mp4("-c:a", "alac", keyframes=9999), mode="sequential"),
    "44.1 kHz": Path("mov", mp4("-c:a", "pcm_s16le", audio_rate=44100)),
    "22.05 kHz": Path("avi", mp4("-c:v", "mpeg4", "-c:a", "pcm_s16le", audio_rate=22050)),
    "96 kHz 5.1": Path("mkv", mp4("-c:a", "flac", audio_rate=96000, channels="5.1", seconds=16), flashes=8),
    "AAC": Path("mp4", mp4("-c:a", "aac", "-b:a", "128k", channels="stereo"), copied=True),
    "AAC at 44.1 kHz": Path("mp4", mp4("-c:a", "aac", audio_rate=44100, channels="stereo"), copied=True),
    "late AAC": Path("mp4", mp4("-c:a", "aac", sound_delay=3.49), copied=True, first_beep=2),
    "edit lists": Path("mp4", cut_without_encoding, copied=True),
    "transport stream": Path("ts", mp4("-c:a", "mp2", "-output_ts_offset", 3600)),
    "late sound": Path("mkv", mp4("-c:a", "libopus", sound_delay=3.5), first_beep=2),
    "fast clock": Path("mkv", sound_card_that_runs_fast, flashes=20),
}


@pytest.mark.parametrize("name", PATHS)
def test_every_beep_is_heard_with_its_flash(tmp_path, name):
    path = PATHS[name]
    source = path.make(tmp_path / f"source.{path.suffix}")
    seen = json.loads(sluice.run("probe", source).stdout)
    assert path.mode in (None, seen["plan"]["mode"])
    assert seen["plan"]["audio"][0]["copied"] == path.copied
    result = sluice.run("transcode", source, tmp_path / "out", timeout=120)
    assert result.returncode == 0, result.stderr
    sync = flash_and_beep.measure(tmp_path / "out")
    print(f"{name}: {sync}")
    assert len(sync.flashes) == path.flashes, sync
    assert len(sync.beeps) == len(sync.flashes) - path.first_beep, sync
    assert len(sync.offsets) == len(sync.beeps), sync
    assert max(map(abs, sync.offsets)) < FRAME / 2, sync
