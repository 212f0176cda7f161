"""One video on one worker of one thread and on two; what that means for fleets that this machine can't hold."""
import contextlib
import json
import os
import pathlib
import shutil
import sys
import tempfile

import fleet_model
import footage
import latency
from report import Figure

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/integration"))
import fleet  # noqa: E402

import api  # noqa: E402
import ceph  # noqa: E402
import postgresql  # noqa: E402
import rabbitmq  # noqa: E402

SECONDS = int(os.environ.get("SLUICE_BENCH_SECONDS", 300))
HOW = (f"{SECONDS} s of 1080p; one API and workers with `--threads 1` as processes of their own on PostgreSQL, RabbitMQ and "
       "Ceph's S3 gateway, all on this machine; from the answer to `complete` until the detail endpoint says `complete`.")
MODEL = ("A model, not a measurement: tasks of a mix of videos (a third each 30 s, 5 min and 60 min, arriving over ten minutes) "
         "with the durations that the run above logged for their kinds, taken by workers from two lanes, `first` before `rest`. "
         "Storage, database and broker are taken to keep up.")


@contextlib.contextmanager
def services():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-", dir="/tmp"))
    folder.chmod(0o755)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        database = stack.enter_context(postgresql.SERVICE(folder / "pg"))
        broker = stack.enter_context(rabbitmq.SERVICE(folder / "mq"))
        s3 = stack.enter_context(ceph.SERVICE(folder / "s3"))
        fleet.Buckets(s3.environment()).create()
        yield fleet.settings_for(database=database, queue=broker, s3=s3)


def finished_tasks(node):
    for line in node.log_text().splitlines():
        entry = json.loads(line) if line.startswith("{") else {}
        if entry.get("message") == "task done":
            yield entry


def measure(settings, folder, workers, seconds):
    """Wall seconds to playable and to complete, and the tasks that were done."""
    with fleet.Fleet(folder, settings, apis=1, workers=workers) as running:
        client = api.Client.signed_up(running)
        playable, complete = latency.follow(client, footage.clip(seconds), pause=0.05)
        return playable, complete, [task for worker in running.workers for task in finished_tasks(worker)]


def run(report, folder):
    with services() as settings:
        one_playable, one, tasks = measure(settings, folder / "one", 1, SECONDS)
        two_playable, two, _ = measure(settings, folder / "two", 2, SECONDS)
    report.add("One video on several workers", HOW, [
        Figure("1 worker: playable; complete", f"{one_playable:.2f} s; {one:.1f} s"),
        Figure("2 workers: playable; complete", f"{two_playable:.2f} s; {two:.1f} s"),
        Figure("wall with 1 worker / (2 × wall with 2)", f"{one:.1f} s", f"{2 * two:.1f} s", one / (2 * two), 0.95, True),
    ])
    report.add("Larger fleets (model)", MODEL, fleet_model.figures(tasks, SECONDS))
