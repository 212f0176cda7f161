"""An object store that answers 500 and SlowDown, drops and cuts connections and is slow, while videos upload and encode."""
import itertools
import threading

import pytest
from fleet import Buckets, Fleet, settings_for

import api
import fault_proxy
from server import MEDIA
from storm import OUTAGE

FAULTS = (
    {"fault": "status", "status": 503, "code": "SlowDown", "probability": 0.3},
    {"fault": "status", "status": 500, "code": "InternalError", "probability": 0.3},
    {"fault": "drop", "probability": 0.3},
    {"fault": "lost", "probability": 0.3},
    {"fault": "cut", "bytes": 1000, "probability": 0.3},
    {"fault": "slow", "bytes_per_second": 200_000, "probability": 0.5},
)


@pytest.fixture
def fleet(tmp_path, service_folder, database, broker, s3):
    proxy = fault_proxy.SERVICE(service_folder / "proxy", s3.endpoint.removeprefix("http://"))
    proxy.start()
    settings = settings_for(database=database, queue=broker, s3=s3) | {"SLUICE_S3_ENDPOINT": proxy.url}
    with Fleet(tmp_path / "fleet", settings, apis=1, workers=2) as started:
        started.proxy = proxy
        yield started
        proxy.set_faults()
    proxy.stop()


def again(step):
    """As the page does: what the store or a connection spoils is sent once more."""
    for _ in range(30):
        try:
            reply = step()
        except OUTAGE:
            continue
        if reply.status < 500:
            return reply
    raise AssertionError("thirty tries in vain")


def upload(client, clip):
    content = (MEDIA / clip).read_bytes()
    started = again(lambda: client("POST", "/api/uploads/initiate", filename=clip, size_bytes=len(content))).json()
    assert again(lambda: client.put_single(started["upload"], content)).status == 200
    assert again(lambda: client("POST", "/api/uploads/complete", video_id=started["video_id"])).status == 202
    return started["video_id"]


def test_everything_comes_out_right_all_the_same(fleet, s3, expected):
    client = api.Client.signed_up(fleet)
    ended = threading.Event()

    def misbehave():
        for fault in itertools.cycle(FAULTS):
            fleet.proxy.set_faults(**fault)
            if ended.wait(2):
                return

    trouble = threading.Thread(target=misbehave, daemon=True)
    trouble.start()
    try:
        videos = {upload(client, clip): clip for clip in (*expected, *expected)}
        fleet.proxy.take_counts()
        for video_id in videos:
            client.completed(video_id, timeout=240)
    finally:
        ended.set()
        trouble.join()
    assert fleet.proxy.take_counts()["faults"] > 20, "it was bad enough"
    buckets = Buckets(s3.environment())
    for video_id, clip in videos.items():
        assert buckets.digests(video_id) == expected[clip], clip
