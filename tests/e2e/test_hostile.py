"""Files that ask for more than they are: each ends soon, in bounded memory, with a sentence or with a video that plays."""
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

import pytest

import api
import hostile
import server as sluice
from server import MEDIA

SECONDS = 30
MEMORY = 1500 << 20  # of any one process; a whole ladder of a 1080p film takes a third of that


def run(*arguments):
    """A command: (exit status, what it printed, its errors, bytes of memory of its largest process)."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen([sluice.BINARY, *map(str, arguments)], stdout=out, stderr=err, env=sluice.environment(),
                                   start_new_session=True)
        end = time.monotonic() + SECONDS
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > end:
                os.killpg(process.pid, signal.SIGKILL)
                os.wait4(process.pid, 0)
                raise AssertionError(f"still running after {SECONDS} s: {arguments}")
            time.sleep(0.005)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return process.returncode, out.read(), err.read(), usage.ru_maxrss * 1024


def is_sentence(text):
    return re.fullmatch(r"[A-Z][^\n]{14,}\.", text) is not None


@pytest.mark.parametrize("what", hostile.FILES)
def test_asks_for_much_and_gets_little(tmp_path, what):
    path = tmp_path / "file"
    path.write_bytes(hostile.FILES[what]())
    code, _, err, used = run("probe", path)
    assert code in (0, 1), err
    assert used < MEMORY, f"{used >> 20} MiB"
    if code == 1:
        assert is_sentence(err.strip().removeprefix("sluice: ")) and "crash" not in err, err
        return
    code, _, err, used = run("transcode", path, tmp_path / "out")
    assert code in (0, 1), err
    assert used < MEMORY, f"{used >> 20} MiB"
    assert "did not pass" not in err
    if code == 1:
        assert is_sentence(err.strip().splitlines()[-1].removeprefix("sluice: ")), err


REFUSED = {
    "picture of 65535 x 65535 in an MP4's header": "picture_too_large",
    "GIF of 65535 x 65535": "picture_too_large",
    "PNG of 30000 x 30000": "picture_too_large",
    "H.264 of 16384 x 16384": "picture_too_large",
    "a thousand tracks": "too_many_tracks",
    "twenty thousand tracks": "header_too_large",
}


def test_a_server_comes_to_an_end_with_all_of_them(servers):
    server = servers("--workers", "2")
    client = api.Client.signed_up(server)
    ids = {what: client.upload_bytes(make(), "file.mp4") for what, make in hostile.FILES.items()}
    for what, video_id in ids.items():
        video, _ = client.watch(video_id, timeout=120)
        assert video["status"] in ("failed", "complete"), what
        if video["status"] == "failed":
            assert is_sentence(video["error"]["message"]), (what, video["error"])
            assert video["error"]["code"] not in ("processing_failed", "output_invalid"), (what, video["error"])
        assert video["error"] is None or video["error"]["code"] == REFUSED.get(what, video["error"]["code"]), what
    client.completed(client.upload(MEDIA / "pcm_mono.wav"))


def test_limits_are_settings(tmp_path):
    film = MEDIA / "car-detection.mp4"  # 768 x 432, half a minute
    code, _, err, _ = run("probe", film, "--max-picture-pixels", "300000")
    assert code == 1 and "768 x 432" in err and "0.3 million" in err
    code, _, err, _ = run("probe", film, "--max-duration", "20s")
    assert code == 1 and "limit" in err
    code, _, err, _ = run("transcode", film, tmp_path / "out", "--decoder-memory", "512MiB")
    assert code in (0, 1) and "crash" not in err


def test_the_engine_is_confined(servers):
    """While it decodes: no new privileges, and a filter on its system calls."""
    server = servers()
    client = api.Client.signed_up(server)
    video_id = client.upload(MEDIA / "car-detection.mp4")

    def confined():
        for pid in sluice.children_of(server.process.pid):
            try:
                status = pathlib.Path(f"/proc/{pid}/status").read_text()
                streams = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in (0, 1, 2)}
            except OSError:
                continue
            if re.search(r"^Seccomp:\s+2$", status, re.M):
                return status, streams
        return None

    status, streams = sluice.until(confined, "a confined engine", pause=0.005)
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.M)
    assert streams == {"/dev/null"}
    client.completed(video_id)
