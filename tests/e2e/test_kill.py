"""kill -9 at ten different moments: what was acknowledged is finished, with the bytes of an undisturbed run."""
import hashlib

import pytest

import api
from server import MEDIA, children_of, is_running, until

CLIP = MEDIA / "car-detection.mp4"    # 30 s, chunked, with sound
OTHER = MEDIA / "one_keyframe_12s.webm"
FLAGS = ("--threads", "1")


def digests(server, video_id):
    return {name: hashlib.sha256(path.read_bytes()).hexdigest()
            for name, path in server.objects(video_id).items()}


@pytest.fixture(scope="module")
def undisturbed(server):
    """What every run has to end with."""
    client = api.Client.signed_up(server)
    expected = {}
    for clip in (CLIP, OTHER):
        video_id = client.upload(clip)
        client.completed(video_id, timeout=120)
        expected[clip] = digests(server, video_id)
        assert len(expected[clip]) > 10
    return expected


def kill_and_start(server):
    engines = server.kill()
    server.start()
    # Nobody is left behind who might still write.
    until(lambda: not any(is_running(pid) and pid not in children_of(server.process.pid) for pid in engines),
          "the old engine to end")


def ends_well(server, client, undisturbed, clip, video_id):
    video = client.completed(video_id, timeout=120)
    assert video["progress"] == 1 and video["error"] is None
    assert digests(server, video_id) == undisturbed[clip]
    assert not [path for path in server.data.rglob("*") if path.is_file() and path.suffix in (".tmp", ".part")]


def test_during_a_put(servers, undisturbed):
    server = servers(*FLAGS)
    client = api.Client.signed_up(server)
    content = CLIP.read_bytes()
    started = client.initiate("clip.mp4", len(content))
    connection, target = api.connect(started["upload"]["url"])
    connection.putrequest("PUT", target)
    connection.putheader("Content-Length", str(len(content)))
    connection.endheaders(content[:len(content) // 2])
    kill_and_start(server)
    connection.close()
    assert client.complete(started["video_id"], expect=409).code
    assert client.put_single(started["upload"], content).status == 200
    client.complete(started["video_id"])
    ends_well(server, client, undisturbed, CLIP, started["video_id"])


def test_after_a_put_before_complete(servers, undisturbed):
    server = servers(*FLAGS)
    client = api.Client.signed_up(server)
    content = CLIP.read_bytes()
    started = client.initiate("clip.mp4", len(content))
    assert client.put_single(started["upload"], content).status == 200
    kill_and_start(server)
    client.complete(started["video_id"])
    ends_well(server, client, undisturbed, CLIP, started["video_id"])


def test_between_parts(servers, undisturbed):
    server = servers(*FLAGS)
    client = api.Client.signed_up(server)
    content = CLIP.read_bytes() + (40 << 20).to_bytes(4, "big") + b"free" + bytes((40 << 20) - 8)
    started = client.initiate("clip.mp4", len(content), multipart=True)
    video_id, size = started["video_id"], started["upload"]["part_size"]
    parts = {n + 1: content[n * size:(n + 1) * size] for n in range(started["upload"]["part_count"])}
    urls = client.part_urls(video_id, parts)
    client.put_part(urls[1], parts[1])
    kill_and_start(server)
    stored = client("GET", f"/api/uploads/{video_id}", expect=200).json()["parts"]
    assert [part["part_number"] for part in stored] == [1], "what was acknowledged is there"
    for number in set(parts) - {1}:
        client.put_part(urls[number], parts[number])
    kill_and_start(server)
    client.complete(video_id)
    ends_well(server, client, undisturbed, CLIP, video_id)


def test_right_after_complete(servers, undisturbed):
    server = servers(*FLAGS)
    client = api.Client.signed_up(server)
    video_id = client.upload(CLIP)
    kill_and_start(server)
    ends_well(server, client, undisturbed, CLIP, video_id)


@pytest.mark.parametrize("clip", [CLIP, OTHER], ids=["chunked", "sequential"])
@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.75, 0.97])
def test_while_processing(servers, undisturbed, clip, share):
    server = servers(*FLAGS)
    client = api.Client.signed_up(server)
    video_id = client.upload(clip)
    enough = max(1, int(share * len(undisturbed[clip])))
    until(lambda: len(server.objects(video_id)) >= enough, f"{enough} objects", 60, pause=0.001)
    kill_and_start(server)
    ends_well(server, client, undisturbed, clip, video_id)


def test_again_and_again(servers, undisturbed):
    """Twice each in the same run, with two videos at once."""
    server = servers(*FLAGS)
    client = api.Client.signed_up(server)
    videos = [(clip, client.upload(clip)) for clip in (CLIP, OTHER)]
    for objects in (3, 9, 15, 21):
        until(lambda: sum(len(server.objects(video_id)) for _, video_id in videos) >= objects, f"{objects} objects",
              60, pause=0.001)
        kill_and_start(server)
    for clip, video_id in videos:
        ends_well(server, client, undisturbed, clip, video_id)
