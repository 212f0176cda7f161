"""The shipped images and compose files on a real Docker Engine: a clip goes up through the API and plays through the edge."""
import concurrent.futures
import json
import re
import time
import urllib.parse

import pytest
from compose import Compose, inspected, size_of

import api
import hls
from server import MEDIA, until

CLIP = "car-detection.mp4"
EMAIL, PASSWORD = "operator@example.com", "correct horse battery"


def signed_in(site, service="api"):
    """An account and a token from the command line, as docs/operations.md says."""
    site("exec", "--no-TTY", service, "sluice", "user", "add", EMAIL, "--password-stdin", input=PASSWORD + "\n")
    token = site("exec", "--no-TTY", service, "sluice", "token", "create", "--user", EMAIL).stdout.strip()
    return api.Client(site, token)


@pytest.fixture(scope="module")
def site(images, tmp_path_factory):
    made = Compose(images, "compose.yaml", tmp_path_factory.mktemp("site")).make_secrets()
    made.began = time.monotonic()
    try:
        made.seconds = made.up()
        print(f"compose up --wait: {made.seconds:.1f} s")
        yield made
    finally:
        made.down("--volumes")


@pytest.fixture(scope="module")
def client(site):
    return signed_in(site)


@pytest.mark.parametrize("image, most_megabytes", [("sluice/api:local", 160), ("sluice/worker:local", 640)])
def test_an_image_is_small_and_says_what_it_is(images, image, most_megabytes):
    size = size_of(images, image) / 1e6
    print(f"{image}: {size:.0f} MB")
    assert size < most_megabytes
    config = inspected(images, image)["Config"]
    assert config["User"] == "10001:10001" and config["StopSignal"] == "SIGTERM"
    assert config["Healthcheck"]["Test"] == ["CMD", "sluice", "healthcheck"]
    version = images.docker("run", "--rm", image, "--version").split()[1]
    assert config["Labels"]["org.opencontainers.image.version"] == version


def test_the_api_image_has_no_engine(images):
    listed = images.docker("run", "--rm", "--entrypoint", "sh", "sluice/api:local", "-c", "ls /usr/lib/*-linux-gnu")
    assert "libpq.so" in listed and "libavcodec" not in listed and "libx264" not in listed


def test_a_clip_goes_up_through_the_api_and_plays_through_the_edge(site, client):
    video_id = client.upload(MEDIA / CLIP)
    until(lambda: client.video(video_id)["playable"], "the first picture", seconds=60, pause=0.1)
    print(f"compose up to the first picture: {time.monotonic() - site.began:.1f} s, of which {site.seconds:.1f} s until healthy")
    video = client.completed(video_id, timeout=120)
    master = hls.master(video["playback"]["hls"])
    playlist = hls.playlist(master.variants[0]["url"])
    for _, url in playlist.segments:
        assert url.startswith(f"{site.base}/videos/{video_id}/") and "Signature=" in url
        assert api.fetch(url).status == 200
    again = api.fetch(playlist.segments[0][1])
    assert again.headers["x-cache"] == "HIT"
    assert api.fetch(playlist.segments[0][1], headers={"Range": "bytes=0-9"}).status == 206
    assert len(hls.decode(master.variants[0]["url"], "v:0").times) == len(hls.decode(MEDIA / CLIP, "v:0").times)


def test_the_edge_refuses_what_nobody_signed(site, client):
    video = client.completed(client.upload(MEDIA / "odd_161x121.webm"))
    url = hls.playlist(hls.master(video["playback"]["hls"]).variants[0]["url"]).segments[0][1]
    assert api.fetch(url).status == 200
    parts = urllib.parse.urlsplit(url)
    query = dict(urllib.parse.parse_qsl(parts.query))
    other = query | {"Signature": query["Signature"][:-4] + "AAAA"}
    for refused in (parts._replace(query=""), parts._replace(query=urllib.parse.urlencode(other)),
                    parts._replace(path=re.sub(r"/videos/[^/]+/", "/videos/aaaaaaaaaaaaaaaaaaaaaaaa/", parts.path))):
        assert api.fetch(refused.geturl()).status == 403
    key = f"/sluice-uploads/videos/{video['id']}/source/odd_161x121.webm"
    for method in ("GET", "PUT", "DELETE"):
        assert api.fetch(site.base + key, method, body=b"x").status == 403
    assert api.fetch(site.base + "/metrics").status == 404, "metrics are nobody's business"


def test_nothing_can_be_written_and_nobody_is_root(site):
    for service in ("api", "worker", "edge", "s3"):
        tried = site("exec", "--no-TTY", service, "sh", "-c", "touch /usr/bin/planted /planted; id -u; grep CapEff /proc/self/status",
                     check=False)
        assert "Read-only file system" in tried.stderr, service
        user, capabilities = tried.stdout.split()[0], tried.stdout.split()[-1]
        assert user != "0" and int(capabilities, 16) == 0, service


def test_workers_come_and_go_while_they_encode_and_nothing_is_lost(site, client):
    clips = [CLIP, "one_keyframe_12s.webm", "rectangular_samples.mp4"] * 2
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        ids = list(pool.map(lambda clip: client.upload(MEDIA / clip), clips))
    scaled = []
    for replicas in (3, 1):
        began = time.monotonic()
        site("up", "--detach", "--no-build", "--no-recreate", "--no-deps", "--scale", f"worker={replicas}", "worker")
        scaled.append(time.monotonic() - began)
        if replicas == 3:
            until(lambda: tasks_done(site, 3), "three workers at work", seconds=120, pause=0.3)
            assert any(client.video(video_id)["status"] == "processing" for video_id in ids), "they stop while they work"
    print(f"three workers in {scaled[0]:.1f} s, one again in {scaled[1]:.1f} s")
    for clip, video_id in zip(clips, ids):
        video = client.completed(video_id, timeout=180)
        smallest = hls.master(video["playback"]["hls"]).variants[0]["url"]
        assert len(hls.decode(smallest, "v:0").times) == len(hls.decode(MEDIA / clip, "v:0").times), clip
    dead = site("exec", "--no-TTY", "api", "sluice", "queue", "list-dead", "--json").stdout
    assert dead.strip() == ""


def tasks_done(site, workers):
    """Have so many containers of workers finished a task?"""
    lines = site("logs", "--no-color", "worker").stdout.splitlines()
    return len({line.split()[0] for line in lines if '"task done"' in line}) >= workers


def test_workers_that_were_sent_away_ended_by_themselves(site):
    """Not by a kill when their time was up: compose removes them, so the logs' last words count."""
    site("stop", "--timeout", 45, "worker")
    ended = [one for one in site.containers("worker") if one["State"] == "exited"]
    assert {one["ExitCode"] for one in ended} == {0}
    site("up", "--detach", "--no-build", "--wait", "worker")


def listed(client):
    return [video["id"] for video in client("GET", "/api/videos?limit=100", expect=200).json()["videos"]]


def test_everything_is_there_again_after_down_and_a_dump_that_is_restored(site, client):
    """As docs/operations.md says; the other volumes are only taken down and up."""
    before = listed(client)
    dump = site.raw("exec", "--no-TTY", "database", "pg_dump", "--username", "sluice", "--format", "custom", "sluice")
    site("stop", "--timeout", 45)
    killed = [one["Service"] for one in site.containers() if one["ExitCode"] == 137]
    assert not killed, "who doesn't end in time starts slowly the next time"
    site.down()
    assert before and not site.containers()
    site.engine.docker("volume", "rm", f"{site.environment['COMPOSE_PROJECT_NAME']}_database")
    site.up("database")
    site.raw("exec", "--no-TTY", "database", "pg_restore", "--username", "sluice", "--dbname", "sluice", "--clean", "--if-exists",
             input=dump)
    print(f"up again: {site.up():.1f} s")
    assert listed(client) == before
    video = client.video(before[-1])
    assert len(hls.decode(hls.master(video["playback"]["hls"]).variants[0]["url"], "v:0").times) > 10
    client.completed(client.upload(MEDIA / "tiny_64x64_edit_list.mp4"))


def test_one_host_without_any_of_it(images, tmp_path):
    site = Compose(images, "compose.single.yaml", tmp_path)
    try:
        print(f"a single process is healthy after {site.up():.1f} s")
        client = signed_in(site, "sluice")
        video = client.completed(client.upload(MEDIA / "odd_161x121.webm"))
        site.down()
        site.up()
        video = client.video(video["id"])
        assert video["status"] == "complete"
        assert hls.playlist(hls.master(video["playback"]["hls"]).variants[0]["url"]).ended
        assert json.loads(api.fetch(site.base + "/readyz").body)["status"] == "ready"
    finally:
        site.down("--volumes")
