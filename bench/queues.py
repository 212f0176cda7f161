"""Messages per second through each queue, and how soon a waiting worker hears of one."""
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/services"))

import postgresql  # noqa: E402
import rabbitmq  # noqa: E402
import sqs  # noqa: E402
from report import Figure  # noqa: E402
from server import BINARY  # noqa: E402

HOW = ("`bench/queue_speed.cpp` on one queue after the other, three seconds for each figure: published one by one and 100 at a "
       "time, each stored before the call returns (SQLite and PostgreSQL with fsync, RabbitMQ with confirms on a quorum queue); "
       "then received and acknowledged by one and by four threads; and the time from publishing to a worker of another "
       "connection that waits, 20 times. The servers are on the same machine. SQS is an emulator in Node.js, so its figures tell "
       "what our client costs at most, not what Amazon's service does.")


def build():
    subprocess.run(["cmake", "--build", BINARY.parent, "--target", "queue_speed"], check=True, stdout=subprocess.DEVNULL)
    return next(BINARY.parent.glob("src/queue/queue_speed"))


def measure(program, url, environment=None):
    done = subprocess.run([program, url], check=True, capture_output=True, text=True, timeout=180,
                          env=os.environ | (environment or {}))
    return json.loads(done.stdout)


def sides(folder):
    """Each queue's name, its URL, and what its client needs in the environment, while its server runs."""
    yield "sql: on SQLite", f"sqlite:{folder}/queue.db", {}
    with postgresql.Postgresql(folder / "postgresql", durable=True) as server:
        yield "sql: on PostgreSQL", server.url, {}
    with rabbitmq.RabbitMq(folder / "rabbitmq") as server:
        yield "RabbitMQ", server.url, {}
    with sqs.Sqs(folder / "sqs") as server:
        yield "SQS (emulated)", server.queue_url(), server.environment()


def run(report, folder):
    program = build()
    folder.chmod(0o755)  # servers run as other users
    figures = []
    for name, url, environment in sides(folder):
        found = measure(program, url, environment)
        figures += [
            Figure(f"{name}: published per second, one by one; in hundreds",
                   f"{found['publish']:,}; {found['publish_batches']:,}"),
            Figure(f"{name}: received and acknowledged per second, one thread; four",
                   f"{found['take']:,}; {found['take_four']:,}"),
            Figure(f"{name}: published → in a waiting worker's hands, median; worst",
                   f"{found['wake_median_ms']:.1f} ms; {found['wake_worst_ms']:.1f} ms"),
        ]
    report.add("Queues", HOW, figures)
