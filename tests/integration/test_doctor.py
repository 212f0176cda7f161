"""`sluice doctor` finds what is wrong with a fleet, and says what mends it."""
import subprocess

import edge
import pytest
from buckets import MEDIA, UPLOADS
from fleet import Buckets, settings_for, sluice

import ceph

EVERYTHING = ("database", "secret key", "queue", "dead letters", "credentials", f"bucket {UPLOADS}", f"bucket {MEDIA}", "clock",
              "signed upload", "cors", "cdn", "engine", "sandbox", "address")


@pytest.fixture(scope="module")
def cdn(service_folder, s3):
    credentials = (ceph.ACCESS_KEY, ceph.SECRET_KEY, "us-east-1")
    with edge.SERVICE(service_folder / "edge", f"{s3.endpoint}/{MEDIA}", credentials) as started:
        yield started


@pytest.fixture
def examine(database, broker, s3, cdn, tmp_path):
    """What the doctor says of a fleet with these changes: part → (is it well?, the sentence)."""
    settings = settings_for(database=database, queue=broker, s3=s3) | {"SLUICE_CDN_URL": cdn.cdn_url(),
                                                                        "SLUICE_LISTEN": "127.0.0.1:0",
                                                                        "SLUICE_PUBLIC_URL": "https://video.example.com"}

    def run(**changes):
        environment = sluice.environment() | settings | changes
        done = subprocess.run([sluice.BINARY, "doctor"], capture_output=True, text=True, timeout=120, env=environment, cwd=tmp_path)
        findings = {}
        for line in done.stdout.splitlines():
            part, text = line[5:].split(": ", 1)
            findings[part] = (line.startswith("ok"), text)
        assert done.returncode == (0 if all(good for good, _ in findings.values()) else 1), done
        assert "test+secret" not in done.stdout + done.stderr
        return findings

    return run


def test_all_is_well(examine):
    findings = examine()
    assert {part: text for part, (good, text) in findings.items() if not good} == {}
    assert set(findings) == set(EVERYTHING)


def faults(findings):
    return {part: text for part, (good, text) in findings.items() if not good}


def test_a_wrong_secret(examine):
    found = faults(examine(AWS_SECRET_ACCESS_KEY="wrong" * 8))
    assert "does not belong to the access key" in found[f"bucket {UPLOADS}"]


def test_no_credentials(examine):
    found = faults(examine(AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="", HOME="/nonexistent"))
    assert "AWS_ACCESS_KEY_ID" in found["credentials"]


def test_a_bucket_that_is_not_there(examine):
    found = faults(examine(SLUICE_STORAGE_URL=f"s3://{UPLOADS},not-made-yet"))
    assert "create-bucket --bucket not-made-yet" in found["bucket not-made-yet"]


def test_a_bucket_without_its_rule_for_browsers(examine, s3):
    Buckets(s3.environment()).client.create_bucket(Bucket="without-cors")
    found = faults(examine(SLUICE_STORAGE_URL=f"s3://without-cors,{MEDIA}"))
    assert set(found) == {"cors"}
    assert "put-bucket-cors --bucket without-cors" in found["cors"] and "https://video.example.com" in found["cors"]


def test_a_broker_that_is_not_there(examine):
    found = faults(examine(SLUICE_QUEUE_URL="amqp://guest:hidden@127.0.0.1:9/"))
    assert "127.0.0.1:9" in found["queue"] and "hidden" not in found["queue"]


def test_a_wrong_password_of_the_broker(examine, broker):
    found = faults(examine(SLUICE_QUEUE_URL=broker.environment()["SLUICE_TEST_AMQP"].replace("guest:guest", "guest:hidden")))
    assert "user and password" in found["queue"] and ":hidden" not in found["queue"]


def test_a_database_that_is_not_there(examine):
    found = faults(examine(SLUICE_DATABASE_URL="postgresql://postgres:hidden@127.0.0.1:9/postgres"))
    assert "127.0.0.1" in found["database"] and "hidden" not in found["database"]


def test_a_key_that_the_cdn_does_not_trust(examine, cdn, tmp_path):
    key = edge.make_key(tmp_path / "other.pem", "rsa")
    found = faults(examine(SLUICE_CDN_URL=f"cloudfront://{cdn.domain}?key-pair-id=KRSA&private-key={key}&scheme=http"))
    assert "403" in found["cdn"] and "key group" in found["cdn"]


def test_a_key_file_that_is_not_there(examine, cdn):
    found = faults(examine(SLUICE_CDN_URL=f"cloudfront://{cdn.domain}?key-pair-id=KRSA&private-key=/no/such.pem&scheme=http"))
    assert "/no/such.pem" in found["cdn"]
