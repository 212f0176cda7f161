"""From `complete` to the start of the first chunk, for each queue."""
import contextlib
import datetime
import json
import pathlib
import statistics
import sys
import tempfile
import time

from report import Figure

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/integration"))
import fleet  # noqa: E402

import api  # noqa: E402
import postgresql  # noqa: E402
import rabbitmq  # noqa: E402
import sqs  # noqa: E402
from server import MEDIA, Server, until  # noqa: E402

TIMES, CLIP = 10, "car-detection.mp4"
HOW = (f"From the answer to `complete` until the log says that the first task of chunk 0 has started, {TIMES} times with {CLIP} (30 s of "
       "768x432), one after the other, each after a pause of another length so that no poll is met by design: PostgreSQL with fsync, "
       "one API and one worker of one thread as two processes, files on the disk; SQLite in one process. In it: outbox, queue, "
       "claim, `prepare` in a process of its own, and the same way again for the chunk.")


def first_chunk(log, video_id):
    """When it was started, in seconds since the epoch; None so far."""
    for line in log.read_text().splitlines():
        entry = json.loads(line) if line.startswith("{") else {}
        if entry.get("message") == "task started" and entry["video_id"] == video_id and entry.get("chunk") == 0 \
                and entry["kind"] == "video":
            return datetime.datetime.fromisoformat(entry["time"]).timestamp()
    return None


def measure(base, log):
    client = api.Client.signed_up(base)
    waits = []
    for number in range(TIMES):
        time.sleep(0.3 + number * 0.173 % 1)
        video_id = client.upload(MEDIA / CLIP)
        completed = time.time()
        waits.append(until(lambda: first_chunk(log, video_id), "the first chunk to be started", 60) - completed)
        client("DELETE", f"/api/videos/{video_id}", expect=204)
    return sorted(1000 * wait for wait in waits)


@contextlib.contextmanager
def one_process(folder):
    server = Server(folder / "one", "--log-format", "json").start()
    yield server, server.log
    server.stop()


@contextlib.contextmanager
def two_processes(folder, settings):
    shared = {"SLUICE_STORAGE_URL": f"file:{folder / 'objects'}"}
    with fleet.Fleet(folder, settings | shared, apis=1, workers=1) as running:
        yield running, running.workers[0].log


def sides(folder, services):
    yield "SQLite, one process", one_process(folder)
    with postgresql.Postgresql(services / "postgresql", durable=True) as database:
        settings = fleet.settings_for(database=database)
        yield "PostgreSQL", two_processes(folder / "sql", settings)
        with rabbitmq.RabbitMq(services / "rabbitmq") as broker:
            yield "RabbitMQ", two_processes(folder / "amqp", settings | fleet.settings_for(queue=broker))
        with sqs.Sqs(services / "sqs") as queue:
            settings |= {**queue.environment(), "SLUICE_QUEUE_URL": queue.queue_url()}
            yield "SQS (emulated)", two_processes(folder / "sqs", settings)


def run(report, folder):
    figures = []
    with tempfile.TemporaryDirectory(prefix="sluice-", dir="/tmp") as services:
        pathlib.Path(services).chmod(0o755)  # servers run as other users
        for name, side in sides(folder, pathlib.Path(services)):
            with side as (base, log):
                waits = measure(base, log)
            figures.append(Figure(f"{name}: median; worst", f"{statistics.median(waits):.0f} ms; {waits[-1]:.0f} ms"))
    report.add("From complete to the first chunk", HOW, figures)
