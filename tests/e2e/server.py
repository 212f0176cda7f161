"""The real binary, started and stopped as a person would."""
import http.client
import os
import pathlib
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parents[2]
if str(ROOT / "tests/services") not in sys.path:
    sys.path.insert(0, str(ROOT / "tests/services"))  # in front of a module "ceph" that Debian's packages bring
import service  # noqa: E402

BINARY = pathlib.Path(os.environ.get("SLUICE_BINARY", ROOT / "build/release/sluice"))
MEDIA = ROOT / "tests/media"


def environment():
    """Ours without any setting of Sluice's own, so that only the flags of a test count."""
    return {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_")}


def free_port():
    return service.free_ports(1)


def run(*arguments, timeout=60, **options):
    """One command of the binary, to its end."""
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                          env=environment(), **options)


def children_of(pid):
    """Processes below `pid`, for tests that look at the engine."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(stat.parent.name)
            found += [child, *children_of(child)]
    return found


def is_running(pid):
    """Who has ended stays in /proc until somebody asks how; whoever adopts orphans may take his time with that."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def until(condition, what, seconds=10.0, pause=0.02):
    """Waits for something outside this process; the condition is asked again and again."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < end, f"waited {seconds:g} s for {what}"
        time.sleep(pause)


class Server:
    """`sluice serve` on a port of its own. The log of every start goes to one file."""

    def __init__(self, folder, *flags):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.port = free_port()
        self.flags = flags
        self.process = None

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self, *flags):
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [BINARY, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", self.data, *self.flags, *flags],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, env=environment())
        until(self.ready, "the server to be ready", pause=0.005)
        return self

    def ready(self):
        assert self.process.poll() is None, "the server ended:\n" + self.log_text()[-2000:]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def stop(self, seconds=20):
        """SIGTERM, and the exit code."""
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        return self.process.returncode

    def kill(self):
        """kill -9, of the server alone; its engine has to notice by itself."""
        engines = children_of(self.process.pid)
        self.process.kill()
        self.process.wait()
        return engines

    def objects(self, video_id):
        """Stored media objects of a video: name below its prefix → file."""
        files = {}
        for folder in self.data.glob(f"objects/**/videos/{video_id}"):
            for path in folder.rglob("*"):
                name = path.relative_to(folder).as_posix()
                if path.is_file() and not name.startswith("source/"):
                    files[name] = path
        return files
