"""Sluice as several processes on servers that other people made: PostgreSQL, RabbitMQ, S3."""
import itertools
import pathlib
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).parents[2]
for folder in ("tests/services", "tests/e2e", "tests/integration"):
    if str(ROOT / folder) not in sys.path:
        sys.path.insert(0, str(ROOT / folder))

import api  # noqa: E402
import server as sluice  # noqa: E402
import service  # noqa: E402
from buckets import MEDIA, UPLOADS, Buckets  # noqa: E402


class Node:
    """One process: `sluice serve` or `sluice worker`. kill() and start() again keep its address."""

    def __init__(self, folder, command, environment, *flags):
        self.folder = pathlib.Path(folder)
        self.command = command
        self.flags = flags
        self.environment = {**sluice.environment(), **environment}
        self.log = self.folder / "node.log"
        self.process = None
        self.port = service.free_ports(1) if command == "serve" else None

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self, wait=True):
        self.folder.mkdir(parents=True, exist_ok=True)
        listen = ["--listen", f"127.0.0.1:{self.port}"] if self.port else []
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [sluice.BINARY, self.command, *listen, "--data", self.folder / "data", *map(str, self.flags)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, env=self.environment)
        if wait:
            sluice.until(self.ready, f"{self.folder.name} to be ready", seconds=30)
        return self

    def ready(self):
        assert self.alive(), f"{self.folder.name} ended:\n{self.log_text()[-2000:]}"
        if self.port is None:
            return '"working"' in self.log_text() or " working" in self.log_text()
        try:
            return api.fetch(self.base + "/readyz", timeout=5).status == 200
        except OSError:
            return False

    def alive(self):
        return self.process is not None and self.process.poll() is None

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def kill(self):
        """kill -9, of this process alone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def ask_to_stop(self):
        if self.alive():
            self.process.send_signal(signal.SIGTERM)

    def stop(self, seconds=60):
        """SIGTERM, and the exit code."""
        self.ask_to_stop()
        return self.wait(seconds)

    def wait(self, seconds=60):
        if self.alive():
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        return None if self.process is None else self.process.returncode


class Fleet:
    """APIs and workers with the same settings. `base` leads to an API that is alive, another one each time."""

    def __init__(self, folder, settings, apis=1, workers=1, flags=()):
        self.folder = pathlib.Path(folder)
        self.settings = settings  # environment variables: SLUICE_…, AWS_…
        self.apis = [Node(self.folder / f"api-{i}", "serve", settings, "--workers", 0, "--allow-signup", *flags)
                     for i in range(apis)]
        self.workers = [Node(self.folder / f"worker-{i}", "worker", settings, "--threads", 1, *flags)
                        for i in range(workers)]
        self._turn = itertools.count()

    @property
    def nodes(self):
        return self.apis + self.workers

    @property
    def base(self):
        alive = [node for node in self.apis if node.alive()] or self.apis
        return alive[next(self._turn) % len(alive)].base

    def start(self):
        for node in self.nodes:
            node.start(wait=False)
        for node in self.nodes:
            sluice.until(node.ready, f"{node.folder.name} to be ready", seconds=60)
        return self

    def stop(self):
        """All at once: a second signal would not let them drain."""
        for node in self.nodes:
            node.ask_to_stop()
        return [node.wait() for node in self.nodes]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()


def settings_for(*, database=None, queue=None, s3=None):
    """What the processes of a fleet are told, from the environments of its services."""
    made = {}
    if database:
        made["SLUICE_DATABASE_URL"] = database.environment()["SLUICE_TEST_POSTGRESQL"]
    if queue:
        made["SLUICE_QUEUE_URL"] = queue.environment()["SLUICE_TEST_AMQP"]
    if s3:
        told = s3.environment()
        made |= {name: value for name, value in told.items() if name.startswith("AWS_")}
        made |= {"SLUICE_STORAGE_URL": f"s3://{UPLOADS},{MEDIA}", "SLUICE_S3_ENDPOINT": told["SLUICE_TEST_S3_ENDPOINT"],
                 "AWS_EC2_METADATA_DISABLED": "true"}
    return made
