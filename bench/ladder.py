"""The plan of a clip, and the ffmpeg command that makes the same ladder with the same x264 settings."""
import json
import subprocess

import footage
from server import BINARY

# What the engine opens libx264 with before it applies x264_params.
PRESET = "medium"


ENCODES = "--pass-through=false"


def plan(path, *flags):
    """As `sluice probe` tells it; without flags, of a server that encodes everything."""
    return json.loads(subprocess.run([BINARY, "probe", *(flags or [ENCODES]), path], check=True, capture_output=True,
                                     text=True).stdout)["plan"]


def encoder(rendition, stream, threads, crf=None):
    """Options of one libx264 output stream."""
    params = (f"{rendition['x264_params']}:vbv-maxrate={rendition['max_rate_bps'] // 1000}:"
              f"vbv-bufsize={rendition['buffer_bits'] // 1000}:threads={threads}:level={rendition['level']}")
    return [f"-c:v{stream}", "libx264", f"-preset{stream}", PRESET, f"-crf{stream}", crf or rendition["crf"],
            f"-profile{stream}", rendition["profile"], f"-x264-params{stream}", params,
            f"-force_key_frames{stream}", "expr:gte(t,n_forced*4)", f"-forced-idr{stream}", "1"]


def ffmpeg(path, out, threads):
    """One command: decode once, split, scale each rendition, HLS with fMP4 segments."""
    out.mkdir(parents=True, exist_ok=True)
    made = plan(path)
    renditions = made["renditions"]
    labels = "".join(f"[s{n}]" for n in range(len(renditions)))
    scales = [f"[s{n}]scale={r['width']}:{r['height']}:flags=bicubic[v{n}]" for n, r in enumerate(renditions)]
    command = [footage.FFMPEG, "-v", "verbose", "-nostdin", "-y", "-threads", threads, "-i", path, "-filter_complex",
               ";".join([f"[0:v:0]split={len(renditions)}{labels}", *scales])]
    for number, rendition in enumerate(renditions):
        command += ["-map", f"[v{number}]", *encoder(rendition, f":{number}", threads)]
    command += ["-map", "0:a:0", "-c:a", "aac", "-b:a", "128k", "-ac", "2", "-ar", "48000"]
    streams = " ".join(f"v:{n},agroup:a" for n in range(len(renditions))) + " a:0,agroup:a"
    command += ["-f", "hls", "-hls_time", "4", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4", "-hls_flags",
                "independent_segments", "-master_pl_name", "master.m3u8", "-var_stream_map", streams,
                "-hls_fmp4_init_filename", "init_%v.mp4", "-hls_segment_filename", out / "%v_%05d.m4s", out / "%v.m3u8"]
    return command
