"""Every way for bytes to get in."""
import hashlib
import re

import pytest

import api
from server import MEDIA, until

CLIP = MEDIA / "b_pyramid.mp4"
MIB = 1 << 20


def padded_clip(size):
    """A clip that is `size` bytes long: a `free` box at the end, which every reader skips."""
    content = CLIP.read_bytes()
    room = size - len(content)
    return content + room.to_bytes(4, "big") + b"free" + bytes(range(256)) * (room // 256) + bytes(room % 256 - 8)


def source_of(server, video_id):
    found = [path for path in server.data.glob(f"objects/**/videos/{video_id}/source/*") if path.is_file()]
    assert len(found) == 1, found
    return found[0]


def digest(content):
    return hashlib.sha256(content).hexdigest()


def start_multipart(client, content, **more):
    started = client.initiate("clip.mp4", len(content), multipart=True, **more)
    upload = started["upload"]
    assert upload["type"] == "multipart" and 1 <= len(upload["parts"]) <= upload["part_count"]
    assert upload["part_count"] == -(-len(content) // upload["part_size"])
    return started["video_id"], upload


def parts_of(content, upload):
    size = upload["part_size"]
    return {number: content[(number - 1) * size:number * size] for number in range(1, upload["part_count"] + 1)}


def test_single(client):
    content = CLIP.read_bytes()
    started = client.initiate("My clip.mp4", len(content), title="A title", visibility="private")
    assert started["upload"]["method"] == "PUT" and started["upload"]["expires_at"].endswith("Z")
    assert client.put_single(started["upload"], content).status == 200
    reply = client.complete(started["video_id"]).json()
    assert reply["video_id"] == started["video_id"] and reply["status"] == "queued"
    video = client.completed(started["video_id"])
    assert (video["title"], video["original_filename"], video["visibility"], video["size_bytes"]) == \
        ("A title", "My clip.mp4", "private", len(content))
    assert digest(source_of(client.server, video["id"]).read_bytes()) == digest(content)


def test_multipart_in_any_order(client):
    content = padded_clip(40 * MIB + 12345)
    video_id, upload = start_multipart(client, content)
    parts = parts_of(content, upload)
    assert len(parts) >= 2
    urls = client.part_urls(video_id, parts)
    for number in reversed(parts):
        client.put_part(urls[number], parts[number])
    client.complete(video_id)
    assert digest(source_of(client.server, video_id).read_bytes()) == digest(content)
    client.completed(video_id)


def test_large_files_are_multipart_without_asking(client):
    started = client.initiate("film.mov", 65 * MIB)
    assert started["upload"]["type"] == "multipart"
    assert client("DELETE", f"/api/uploads/{started['video_id']}").status in (200, 204)


def test_resume_after_the_server_restarts(servers):
    server = servers()
    client = api.Client.signed_up(server)
    content = padded_clip(40 * MIB)
    video_id, upload = start_multipart(client, content)
    parts = parts_of(content, upload)
    client.put_part(client.part_urls(video_id, [2])[2], parts[2])
    server.kill()
    server.start()
    state = client("GET", f"/api/uploads/{video_id}", expect=200).json()
    assert state == state | {"part_size": upload["part_size"],
                             "parts": [{"part_number": 2, "size_bytes": len(parts[2])}]}
    missing = set(parts) - {2}
    for number, url in client.part_urls(video_id, missing).items():
        client.put_part(url, parts[number])
    client.complete(video_id)
    assert digest(source_of(server, video_id).read_bytes()) == digest(content)
    client.completed(video_id)


def test_a_part_sent_twice_is_replaced(client):
    content = padded_clip(20 * MIB)
    video_id, upload = start_multipart(client, content)
    parts = parts_of(content, upload)
    for number, url in client.part_urls(video_id, parts).items():
        client.put_part(url, bytes(len(parts[number])))
        client.put_part(url, parts[number])
    client.complete(video_id)
    assert digest(source_of(client.server, video_id).read_bytes()) == digest(content)


def test_complete_before_the_bytes_are_there_is_a_conflict(client):
    content = CLIP.read_bytes()
    started = client.initiate("clip.mp4", len(content))
    assert client.complete(started["video_id"], expect=409).code
    assert client.video(started["video_id"])["status"] == "pending"
    client.put_single(started["upload"], content)
    client.complete(started["video_id"])


def test_complete_with_a_part_missing_is_a_conflict(client):
    content = padded_clip(40 * MIB)
    video_id, upload = start_multipart(client, content)
    parts = parts_of(content, upload)
    client.put_part(client.part_urls(video_id, [1])[1], parts[1])
    assert client.complete(video_id, expect=409).code
    for number, url in client.part_urls(video_id, set(parts) - {1}).items():
        client.put_part(url, parts[number])
    client.complete(video_id)


def test_completing_twice_is_harmless(client):
    video_id = client.upload(CLIP)
    assert client.complete(video_id).json()["video_id"] == video_id
    client.completed(video_id)
    assert client.complete(video_id).json()["video_id"] == video_id
    assert client.video(video_id)["status"] == "complete"


def test_abort_takes_everything_away(client):
    content = padded_clip(20 * MIB)
    video_id, upload = start_multipart(client, content)
    url = client.part_urls(video_id, [1])[1]
    client.put_part(url, parts_of(content, upload)[1])
    assert client("DELETE", f"/api/uploads/{video_id}").status in (200, 204)
    assert client("GET", f"/api/videos/{video_id}").status == 404
    assert client.complete(video_id, expect=404).code == "video_not_found"
    late = api.fetch(url, "PUT", parts_of(content, upload)[1])
    assert 400 <= late.status < 500, late
    until(lambda: not [path for path in client.server.data.glob("objects/**/*") if video_id in str(path) and
                       path.is_file()], "the parts to be gone")


@pytest.mark.parametrize("change", [-1, +1, -1000])
def test_another_size_than_announced_is_refused(client, change):
    content = CLIP.read_bytes()
    started = client.initiate("clip.mp4", len(content) + change)
    put = client.put_single(started["upload"], content)
    assert 400 <= put.status < 500, put
    assert client.complete(started["video_id"], expect=409).code


def test_a_body_that_ends_early_is_not_stored(client):
    content = CLIP.read_bytes()
    started = client.initiate("clip.mp4", len(content))
    connection, target = api.connect(started["upload"]["url"])
    connection.putrequest("PUT", target)
    connection.putheader("Content-Length", str(len(content)))
    connection.endheaders(content[:-100])
    connection.close()
    assert client.complete(started["video_id"], expect=409).code
    assert client.put_single(started["upload"], content).status == 200
    client.complete(started["video_id"])


def flip(text, position):
    return text[:position] + ("A" if text[position] != "A" else "B") + text[position + 1:]


def test_a_tampered_url_is_refused(client):
    content = CLIP.read_bytes()
    url = client.initiate("clip.mp4", len(content))["upload"]["url"]
    values = [(match.start(1), match.end(1)) for match in re.finditer(r"=([^&]+)", url)]
    assert values, "a signed URL has parameters"
    for start, end in values:
        for position in {start, (start + end) // 2, end - 1}:
            reply = api.fetch(flip(url, position), "PUT", content)
            assert reply.status in (400, 403), (position, reply)


def test_a_url_is_for_one_video_only(client):
    content = CLIP.read_bytes()
    mine, other = (client.initiate("clip.mp4", len(content)) for _ in range(2))
    moved = mine["upload"]["url"].replace(mine["video_id"], other["video_id"])
    assert moved != mine["upload"]["url"]
    assert api.fetch(moved, "PUT", content).status == 403


def test_what_makes_no_sense_is_refused_before_anything_is_stored(client):
    for fields in ({}, {"filename": "a.mp4"}, {"size_bytes": 1}, {"filename": "", "size_bytes": 1},
                   {"filename": "a.mp4", "size_bytes": -1}, {"filename": "a.mp4", "size_bytes": "1"},
                   {"filename": "a.mp4", "size_bytes": 1.5}, {"filename": 1, "size_bytes": 1},
                   {"filename": "a.mp4", "size_bytes": 1, "visibility": "secret"},
                   {"filename": "a.mp4", "size_bytes": 1, "title": "x" * 100000},
                   {"filename": "a\0b.mp4", "size_bytes": 1}, {"filename": "a.mp4", "size_bytes": 1 << 62},
                   {"filename": "a.mp4", "size_bytes": 10 ** 30}):
        reply = client("POST", "/api/uploads/initiate", **fields) if fields else \
            client("POST", "/api/uploads/initiate", body="{}")
        assert reply.status in (400, 413, 422), (fields, reply)
        assert reply.code
    assert client("GET", "/api/videos?mine=true", expect=200).json()["videos"] == []


@pytest.mark.parametrize("numbers", [[0], [-1], [10001], [99], ["1"], [1.5], [], list(range(1, 5000)), "1", None])
def test_part_numbers_outside_the_upload_are_refused(client, numbers):
    video_id, _ = start_multipart(client, padded_clip(20 * MIB))
    reply = client("POST", "/api/uploads/parts", video_id=video_id, part_numbers=numbers)
    assert reply.status in (400, 422) and reply.code


def test_names_are_data(client):
    for name in ("../../../etc/passwd", "$(touch pwned).mp4", "a\"b';--.mp4", "名前 🎬.mp4", "<script>.mp4", "-i.mp4"):
        started = client.initiate(name, 10)
        assert client.video(started["video_id"])["original_filename"] == name
    assert not list(client.server.folder.rglob("pwned*"))


def test_the_limit_on_size(servers):
    client = api.Client.signed_up(servers("--max-upload-bytes", "1000"))
    assert client("POST", "/api/uploads/initiate", filename="a.mp4", size_bytes=1001, expect=413).code
    client.initiate("a.mp4", 1000)


def test_memory_does_not_grow_with_the_file(servers):
    server = servers()
    client = api.Client.signed_up(server)
    content = bytes(MIB)
    size = 60 * MIB
    started = client.initiate("big.mp4", size)

    def peak():
        status = open(f"/proc/{server.process.pid}/status").read()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024
    before = peak()
    connection, target = api.connect(started["upload"]["url"])
    connection.putrequest("PUT", target)
    for name, value in started["upload"]["headers"].items():
        if name.lower() != "content-length":
            connection.putheader(name, value)
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    for _ in range(size // MIB):
        connection.send(content)
    assert connection.getresponse().status == 200
    assert peak() - before < 12 * MIB
