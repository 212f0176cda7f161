"""PostgreSQL on a port of its own, with its data in the test's folder."""
import os
import signal
import subprocess

from service import Process, Service, answers, free_ports, need, until

BINARIES = "/usr/lib/postgresql/15/bin"
# What a crash of the server could lose costs tests time and tells them nothing.
CARELESS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")


class Postgresql(Service):
    """`durable=True`: what was committed survives kill(), as in earnest."""
    name = "postgresql"

    def __init__(self, folder, durable=False, settings=()):
        super().__init__(folder)
        self.port = free_ports(1)
        self.settings = (f"port={self.port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}",
                         "shared_buffers=64MB", "max_connections=200", *(() if durable else CARELESS), *settings)
        self.user = "postgres" if os.geteuid() == 0 else None
        self.process = None

    @property
    def url(self):
        return self.url_of("postgres")

    def url_of(self, database):
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def environment(self):
        return {"SLUICE_TEST_POSTGRESQL": self.url}

    def start(self):
        need(f"{BINARIES}/postgres", "postgresql")
        if not (self.folder / "data").exists():
            self._initialize()
        self.process = Process([f"{BINARIES}/postgres", "-D", self.folder / "data",
                                *(word for setting in self.settings for word in ("-c", setting))],
                               self.folder / "server.log", self.user, cwd=self.folder)
        until(self._ready, "PostgreSQL to be ready")

    def _initialize(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.user:
            subprocess.run(["chown", self.user, self.folder], check=True)
        self.folder.chmod(0o700)
        done = Process([f"{BINARIES}/initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "--no-sync",
                        "--no-instructions", "-E", "UTF8", "--locale=C.UTF-8"],
                       self.folder / "initdb.log", self.user, cwd=self.folder)
        assert done.child.wait() == 0, (self.folder / "initdb.log").read_text()

    def _ready(self):
        assert self.process.alive(), "PostgreSQL ended:\n" + (self.folder / "server.log").read_text()[-2000:]
        # The port answers before the recovery after a crash is over.
        return answers(self.port) and subprocess.run(
            [f"{BINARIES}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False).returncode == 0

    def stop(self):
        if self.process:
            self.process.end(signal.SIGINT)

    def kill(self):
        """A crash: nothing of it is left running."""
        backends = self._group()
        self.process.kill()
        until(lambda: not any(_runs(pid) for pid in backends), "PostgreSQL's processes to end")

    def freeze(self):
        for pid in self._group():
            os.kill(pid, signal.SIGSTOP)

    def thaw(self):
        for pid in self._group():
            os.kill(pid, signal.SIGCONT)

    def _group(self):
        children = open(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read().split()
        return [self.process.pid, *map(int, children)]


def _runs(pid):
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


SERVICE = Postgresql
