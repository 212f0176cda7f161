"""Two APIs and three workers on PostgreSQL, RabbitMQ and S3 do what one process alone does."""
import collections
import concurrent.futures
import json

import pytest
from fleet import Buckets, Fleet, settings_for
from service_fixtures import made_by_one_process

import api
from server import MEDIA

CLIPS = ["car-detection.mp4", "one_keyframe_12s.webm", "rectangular_samples.mp4", "odd_161x121.webm", "pcm_mono.wav"]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return made_by_one_process(tmp_path_factory.mktemp("alone"), CLIPS)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory, database, broker, s3):
    settings = settings_for(database=database, queue=broker, s3=s3)
    with Fleet(tmp_path_factory.mktemp("fleet"), settings, apis=2, workers=3) as started:
        yield started


def finished_chunks(node):
    """(task, kind, chunk) of every task that this worker finished."""
    for line in node.log_text().splitlines():
        entry = json.loads(line) if line.startswith("{") else {}
        if entry.get("message") == "task done":
            yield entry["task_id"], entry["kind"], entry.get("chunk")


def test_ten_videos_at_once_come_out_as_from_one_process(fleet, s3, alone):
    client = api.Client.signed_up(fleet)
    wanted = CLIPS * 2
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        ids = list(pool.map(lambda clip: client.upload(MEDIA / clip), wanted))
        list(pool.map(lambda video_id: client.completed(video_id, timeout=180), ids))
    buckets = Buckets(s3.environment())
    for clip, video_id in zip(wanted, ids):
        assert buckets.digests(video_id) == alone[clip], clip

    done = collections.Counter(task for worker in fleet.workers for task, _, _ in finished_chunks(worker))
    assert done and set(done.values()) == {1}, "every task is done once"
    assert all(any(finished_chunks(worker)) for worker in fleet.workers), "all of them worked"


def test_what_one_api_signs_the_other_answers(fleet):
    """One key for the whole fleet: links and sessions don't depend on who made them."""
    client = api.Client.signed_up(fleet)
    video_id = client.upload(MEDIA / "odd_161x121.webm")
    hls = client.completed(video_id)["playback"]["hls"]
    path = hls[hls.index("/play/"):]
    for node in fleet.apis:
        reply = api.fetch(node.base + path)
        assert reply.status == 200 and reply.body.startswith(b"#EXTM3U"), reply


def test_no_url_of_a_video_leads_to_the_media_bucket(fleet, s3):
    client = api.Client.signed_up(fleet)
    video_id = client.upload(MEDIA / "odd_161x121.webm")
    video = client.completed(video_id)
    endpoint = s3.environment()["SLUICE_TEST_S3_ENDPOINT"]
    assert endpoint not in json.dumps(video)
    playlist = api.fetch(video["renditions"][0]["url"]).body.decode()
    assert endpoint not in playlist
    segment = [line for line in playlist.splitlines() if line.endswith(".m4s")][0]
    reply = api.fetch(video["renditions"][0]["url"].rsplit("/", 1)[0] + "/" + segment)
    assert reply.status == 200 and len(reply.body) > 100


def test_the_bucket_is_private(fleet, s3):
    client = api.Client.signed_up(fleet)
    video_id = client.upload(MEDIA / "odd_161x121.webm")
    client.completed(video_id)
    buckets = Buckets(s3.environment())
    key = next(key for key in buckets.keys("sluice-media") if video_id in key)
    endpoint = s3.environment()["SLUICE_TEST_S3_ENDPOINT"]
    assert api.fetch(f"{endpoint}/sluice-media/{key}").status == 403
