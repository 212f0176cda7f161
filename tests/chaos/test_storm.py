"""kill -9 of APIs, workers, the broker and the database, while videos upload and encode."""
import os

from fleet import Fleet, settings_for
from storm import storm

SECONDS = float(os.environ.get("SLUICE_CHAOS_SECONDS", 25))


def test_nothing_acknowledged_is_lost(tmp_path, database, broker, s3, expected):
    settings = settings_for(database=database, queue=broker, s3=s3)
    with Fleet(tmp_path / "fleet", settings, apis=2, workers=3) as fleet:
        outcome = storm(fleet, {"database": database, "broker": broker}, s3, expected, seconds=SECONDS)
    print(outcome)
    assert outcome.uploads and all(outcome.kills.values()), outcome
    assert not outcome.faults(), f"{outcome}\n{outcome.faults()}"
