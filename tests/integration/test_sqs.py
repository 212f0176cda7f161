"""A fleet whose queue is Amazon's."""
import pytest
import sqs
from fleet import Fleet, settings_for

import api
from server import MEDIA


@pytest.fixture(scope="module")
def queue(service_folder):
    with sqs.SERVICE(service_folder / "sqs") as started:
        yield started


@pytest.fixture
def fleet(tmp_path, database, queue, s3):
    settings = settings_for(database=database, s3=s3) | {"SLUICE_QUEUE_URL": queue.queue_url(tmp_path.name[-20:].strip("_"))}
    with Fleet(tmp_path / "fleet", settings, apis=1, workers=2) as started:
        yield started


def test_videos_are_encoded(fleet):
    client = api.Client.signed_up(fleet)
    videos = [client.upload(MEDIA / clip) for clip in ("car-detection.mp4", "odd_161x121.webm")]
    for video_id in videos:
        client.completed(video_id, timeout=120)
    assert all('"task done"' in worker.log_text() for worker in fleet.workers), "both worked"
