"""What the deployment's tests share: one Docker Engine with the shipped images in it."""
import os
import pathlib
import shutil
import sys
import tempfile

import pytest

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
for folder in ("tests/services", "tests/e2e", "tests/deploy"):
    if str(ROOT / folder) not in sys.path:
        sys.path.insert(0, str(ROOT / folder))

import compose  # noqa: E402
import docker_engine  # noqa: E402


@pytest.fixture(scope="session")
def engine():
    """SLUICE_TEST_DOCKER_FOLDER keeps one for the next run."""
    kept = os.environ.get("SLUICE_TEST_DOCKER_FOLDER")
    # Short: paths of sockets are limited to 107 bytes.
    folder = pathlib.Path(kept or tempfile.mkdtemp(prefix="sluice-docker-", dir="/tmp"))
    try:
        with docker_engine.Engine(folder) as started:
            yield started
    finally:
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def images(engine):
    """All images of compose.yaml, built from the shipped files."""
    compose.build_images(engine)
    return engine
