"""What goes on, and what waits, while a part of the fleet is gone."""
import json
import time

import pytest
from fleet import Buckets, Fleet, settings_for

import api
from server import MEDIA, until

SHORT = MEDIA / "odd_161x121.webm"
LONG = MEDIA / "car-detection.mp4"


@pytest.fixture
def fleet(tmp_path, database, broker, s3):
    with Fleet(tmp_path / "fleet", settings_for(database=database, queue=broker, s3=s3), apis=1, workers=1) as started:
        yield started


def test_an_upload_completed_without_the_broker_is_encoded_when_it_is_back(fleet, broker):
    client = api.Client.signed_up(fleet)
    client.completed(client.upload(SHORT))  # everybody is connected
    broker.kill()
    try:
        video_id = client.upload(SHORT)
        assert client.video(video_id)["status"] == "queued"
        assert api.fetch(fleet.apis[0].base + "/healthz").status == 200
    finally:
        broker.start()
    client.completed(video_id, timeout=90)


def test_a_broker_that_accepts_and_forgets(fleet, broker):
    """The catalog knows what is to be done; an empty queue is filled again from it."""
    worker = fleet.workers[0]
    worker.stop()
    client = api.Client.signed_up(fleet)
    video_id = client.upload(SHORT)
    until(lambda: "sluice.first\t1" in broker.control("list_queues", "-q", "name", "messages"), "the message to be there", 30)
    broker.control("purge_queue", "sluice.first")
    worker.start()
    client.completed(video_id, timeout=150)


def test_the_database_restarts_under_everybody(fleet, database):
    client = api.Client.signed_up(fleet)
    video_id = client.upload(LONG)
    until(lambda: client.video(video_id)["playable"], "it to be playable", 60)
    database.kill()
    database.start()
    client.completed(video_id, timeout=150)
    assert all(node.alive() for node in fleet.nodes)


def test_the_object_store_restarts_under_everybody(fleet, s3):
    client = api.Client.signed_up(fleet)
    video_id = client.upload(LONG)
    until(lambda: client.video(video_id)["playable"], "it to be playable", 60)
    s3.kill_gateway()
    time.sleep(1)
    s3.start()
    client.completed(video_id, timeout=150)


def test_a_worker_that_is_told_to_stop_finishes_what_it_has(fleet):
    """Scaling in costs nothing: the running task ends, nothing new is taken, the exit code is 0."""
    client = api.Client.signed_up(fleet)
    video_id = client.upload(LONG)
    worker = fleet.workers[0]
    started = lambda: [line for line in worker.log_text().splitlines() if '"task started"' in line and "chunk" in line]
    until(started, "a chunk to be started", 60)
    assert worker.stop(seconds=40) == 0
    entries = [json.loads(line) for line in worker.log_text().splitlines() if line.startswith("{")]
    begun = {entry["task_id"] for entry in entries if entry.get("message") == "task started"}
    done = {entry["task_id"] for entry in entries if entry.get("message") == "task done"}
    assert begun == done, "what was begun was finished"
    worker.start()
    client.completed(video_id, timeout=120)


def test_a_worker_without_time_to_drain_gives_back_what_it_has(tmp_path, database, broker, s3):
    settings = settings_for(database=database, queue=broker, s3=s3)
    with Fleet(tmp_path / "hasty", settings, apis=1, workers=2, flags=("--drain-timeout", "0")) as fleet:
        client = api.Client.signed_up(fleet)
        video_id = client.upload(LONG)
        for worker in fleet.workers:
            until(lambda worker=worker: '"task started"' in worker.log_text(), "a task to be started", 60)
        began = time.monotonic()
        assert fleet.workers[0].stop(seconds=15) == 0
        assert time.monotonic() - began < 10
        # Somebody else goes on at once, long before a lease would have run out.
        client.completed(video_id, timeout=25)


def test_a_deleted_video_leaves_no_objects(fleet, s3):
    client = api.Client.signed_up(fleet)
    video_id = client.upload(LONG)
    buckets = Buckets(s3.environment())
    until(lambda: any(video_id in key for key in buckets.keys("sluice-media")), "something to be stored", 60)
    client("DELETE", f"/api/videos/{video_id}", expect=204)
    until(lambda: not any(video_id in key for bucket in ("sluice-media", "sluice-uploads")
                          for key in buckets.keys(bucket)), "its objects to be gone", 120, pause=1)
