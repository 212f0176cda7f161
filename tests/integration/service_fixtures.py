"""Servers that the tests of a folder share, and what a failed test shows."""
import hashlib
import pathlib
import shutil
import tempfile

import fleet  # noqa: F401  (makes the other folders' modules known)
import pytest
from buckets import Buckets

import api
import ceph
import postgresql
import rabbitmq
import server as sluice


@pytest.fixture(scope="session")
def service_folder():
    # Short: paths of sockets are limited to 107 bytes.
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sluice-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database(service_folder):
    """What was committed survives a crash of it."""
    with postgresql.SERVICE(service_folder / "pg", durable=True) as started:
        yield started


@pytest.fixture(scope="session")
def broker(service_folder):
    with rabbitmq.SERVICE(service_folder / "mq") as started:
        yield started


@pytest.fixture(scope="session")
def s3(service_folder):
    with ceph.SERVICE(service_folder / "s3") as started:
        Buckets(started.environment()).create()
        yield started


def made_by_one_process(folder, clips):
    """What one process with SQLite and a folder, which nobody disturbs, makes of the clips: name → digests."""
    server = sluice.Server(folder, "--threads", "1").start()
    client = api.Client.signed_up(server)
    videos = {clip: client.upload(sluice.MEDIA / clip) for clip in clips}
    made = {}
    for clip, video_id in videos.items():
        client.completed(video_id, timeout=120)
        made[clip] = {name: hashlib.sha256(path.read_bytes()).hexdigest()
                      for name, path in server.objects(video_id).items()}
    server.stop()
    return made


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """A failed test shows the end of its processes' logs."""
    report = (yield).get_result()
    if not report.failed:
        return
    for value in item.funcargs.values():
        for node in getattr(value, "nodes", []):
            report.sections.append((f"end of {node.log}", node.log_text()[-3000:]))
