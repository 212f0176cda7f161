"""One process with a data folder on a disk that is full: nothing acknowledged is lost, and it goes on with room."""
import subprocess

import pytest

import api
import server as sluice
from server import MEDIA, until

CLIP = MEDIA / "car-detection.mp4"


class Cramped(sluice.Server):
    """Its data folder is a file system of its own of some MiB, in a mount namespace of its own."""

    def __init__(self, folder, mebibytes):
        super().__init__(folder, "--threads", "1")
        self.mebibytes = mebibytes

    def start(self, *flags):
        self.data.mkdir(parents=True)
        script = f'mount -t tmpfs -o size={self.mebibytes}m none "$0" && exec "$@"'
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                ["/usr/bin/unshare", "--user", "--map-root-user", "--mount", "/bin/sh", "-c", script, self.data,
                 sluice.BINARY, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", self.data, *self.flags],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, env=sluice.environment())
        until(self.ready, "the server to be ready")
        return self

    def inside(self, *command):
        """A command that sees the server's own disk."""
        return subprocess.run(["/usr/bin/nsenter", "--user", "--mount", "--preserve-credentials", "-t",
                               str(self.process.pid), *map(str, command)], check=True, capture_output=True, text=True)


@pytest.fixture
def server(tmp_path):
    started = Cramped(tmp_path / "cramped", 24).start()
    yield started
    started.stop()


def test_a_full_disk_fails_nothing_that_can_wait(server):
    client = api.Client.signed_up(server)
    ballast = server.data / "ballast"
    video_id = client.upload(CLIP)
    # All but a little of what is left.
    free = int(server.inside("stat", "-f", "-c", "%f * %S", server.data).stdout.split("*")[0]) * 4096
    server.inside("dd", "if=/dev/zero", f"of={ballast}", "bs=65536", f"count={max(1, free // 65536 - 12)}", "status=none")
    until(lambda: "storage_full" in server.log_text() or "no room" in server.log_text().lower(), "it to notice", 60)
    refused = client("POST", "/api/uploads/initiate", filename="more.mp4", size_bytes=CLIP.stat().st_size)
    if refused.status == 201:
        put = client.put_single(refused.json()["upload"], CLIP.read_bytes())
        assert put.status in (503, 507), put
    server.inside("rm", ballast)
    video = client.completed(video_id, timeout=150)
    assert video["progress"] == 1
