"""Twenty uploads at once, from the first to the last complete: one worker, two, and more by a model."""
import collections
import concurrent.futures
import time

import fleet_model
import workers
from report import Figure
from workers import fleet

import api
from server import MEDIA

UPLOADS, CLIP, SECONDS = 20, "car-detection.mp4", 30
MODELLED = (1, 2, 5, 20)
HOW = (f"{UPLOADS} times {CLIP} ({SECONDS} s of 768x432), eight uploads at a time; one API and workers with `--threads 1` on PostgreSQL, "
       "RabbitMQ and Ceph's S3 gateway, all on this machine; from the first answer to `complete` until the last video is complete. The "
       "model takes the task times that the run with one worker logged for one of the videos, all of them there at once, workers "
       "there from the start, storage, database and broker that keep up.")


def measure(settings, folder, count):
    """Seconds, and the tasks that were done."""
    with fleet.Fleet(folder, settings, apis=1, workers=count) as running:
        client = api.Client.signed_up(running)
        began = []

        def upload(_):
            video_id = client.upload(MEDIA / CLIP)
            began.append(time.monotonic())
            return video_id
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            waiting = set(pool.map(upload, range(UPLOADS)))
        while waiting:
            for video_id in list(waiting):
                status = client.video(video_id)["status"]
                assert status != "failed"
                if status == "complete":
                    waiting.discard(video_id)
            time.sleep(0.1)
        return time.monotonic() - min(began), [task for worker in running.workers for task in workers.finished_tasks(worker)]


def of_one_video(tasks):
    """The one whose tasks took the middle time in all."""
    by_video = collections.defaultdict(list)
    for task in tasks:
        by_video[task["video_id"]].append(task)
    return sorted(by_video.values(), key=lambda made: sum(task["seconds"] for task in made))[len(by_video) // 2]


def run(report, folder):
    with workers.services() as settings:
        one, tasks = measure(settings, folder / "one", 1)
        two, _ = measure(settings, folder / "two", 2)
    costs = fleet_model.Costs(of_one_video(tasks), SECONDS)
    model = {count: fleet_model.simulate(costs, count, [(0, SECONDS)] * UPLOADS)[1][-1] for count in MODELLED}
    report.add("A burst of uploads", HOW, [
        Figure("1 worker; the model of it", f"{one:.1f} s", f"{model[1]:.1f} s", one / model[1]),
        Figure("2 workers; the model of them", f"{two:.1f} s", f"{model[2]:.1f} s", two / model[2]),
        *(Figure(f"{count} workers (model)", f"{model[count]:.1f} s") for count in MODELLED[2:]),
    ])
