import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "integration"))

import pytest  # noqa: E402
from service_fixtures import *  # noqa: E402, F401, F403
from service_fixtures import made_by_one_process  # noqa: E402

CLIPS = ("odd_161x121.webm", "one_keyframe_12s.webm", "car-detection.mp4")


@pytest.fixture(scope="session")
def expected(tmp_path_factory):
    """What has to come out: clip → digests."""
    return made_by_one_process(tmp_path_factory.mktemp("undisturbed"), CLIPS)
