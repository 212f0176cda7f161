"""Requests that no honest client sends."""
import contextlib
import json
import socket
import threading
import time

import pytest

import api
from server import MEDIA


def raw(server, data, seconds=10):
    """Sends bytes as they are, and no more; what comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=seconds) as connection:
        answer = b""
        with contextlib.suppress(ConnectionError):  # a reset is a way to refuse, too
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                answer += piece
        return answer


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


def request(target, method="GET", body=b"", headers=""):
    length = f"Content-Length: {len(body)}\r\n" if body or method == "POST" else ""
    return f"{method} {target} HTTP/1.1\r\nHost: x\r\n{length}{headers}Connection: close\r\n\r\n".encode() + body


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"null", b'"text"', b"1", b"\xff\xfe", b'{"email": "a@example.com", "password": ',
    b"[" * 30000, b'{"a":' * 5000 + b"1" + b"}" * 5000, b'{"email": 1, "password": 2}',
    b'{"email": ["a@example.com"], "password": {}}', b'{"email": "\\ud800@example.com", "password": "0123456789ab"}',
    b'{"email": null, "password": null}', b"\0" * 100,
])
def test_json_that_is_none_is_refused(anyone, body):
    for path in ("/api/auth/signup", "/api/auth/login"):
        reply = anyone("POST", path, body=body)
        assert reply.status in (400, 401, 422), reply
        assert reply.code


def test_a_body_over_the_limit_is_refused_before_it_is_read(anyone):
    body = json.dumps({"email": "a@example.com", "password": "x" * (1 << 20)}).encode()
    head = request("/api/auth/login", "POST", headers="Content-Type: application/json\r\n").replace(
        b"Content-Length: 0", b"Content-Length: %d" % len(body))
    assert status(raw(anyone.server, head)) == 413


def test_a_body_of_another_type_is_refused(anyone):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        reply = anyone("POST", "/api/auth/login", body='{"email":"a@example.com","password":"x"}',
                       headers={"Content-Type": kind})
        assert reply.status in (400, 415) and reply.code


@pytest.mark.parametrize("data", [
    b"\r\n\r\n", b"nonsense\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00" + bytes(200),
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: " + b"x" * 100000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 20000 + b"\r\n",
    b"GET /" + b"x" * 100000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n",
])
def test_what_is_no_http_is_refused_and_the_server_goes_on(anyone, data):
    answer = raw(anyone.server, data)
    assert answer == b"" or 400 <= status(answer) < 600, answer[:200]
    assert anyone("GET", "/healthz").status == 200


@pytest.mark.parametrize("method, path, expected", [
    ("POST", "/nowhere", 404), ("GET", "/nowhere.php", 404), ("GET", "/api/nowhere", 404), ("POST", "/api/videos", 405),
    ("PUT", "/healthz", 405), ("BREW", "/healthz", 405), ("GET", "/api/auth/login", 405), ("GET", "/api/videos/%ff", 404),
    ("GET", "/api/videos/%", 400), ("GET", "/api/videos/%zz", 400),
])
def test_unknown_paths_and_methods(anyone, method, path, expected):
    reply = anyone(method, path)
    assert reply.status in (expected, 400, 404), reply
    assert reply.code
    if reply.status == 405:
        assert reply.headers["allow"]


@pytest.mark.parametrize("video_id", ["x", "..", "%2e%2e", "%00", "a" * 5000, "' OR 1=1 --".replace(" ", "%20"), "🎬",
                                      "abcdefghijklmnopqrstuvwx"])
def test_unknown_ids(client, video_id):
    from urllib.parse import quote
    video_id = quote(video_id, safe="%")
    for method, path in (("GET", "/api/videos/{}"), ("PATCH", "/api/videos/{}"), ("DELETE", "/api/videos/{}"),
                         ("POST", "/api/videos/{}/retry"), ("GET", "/api/videos/{}/events"),
                         ("GET", "/api/uploads/{}"), ("DELETE", "/api/uploads/{}")):
        fields = {"title": "x"} if method == "PATCH" else {}
        reply = client(method, path.format(video_id), **fields)
        assert reply.status in (400, 404, 405), (method, path, reply)
    for path in ("/api/uploads/complete", "/api/uploads/parts"):
        reply = client("POST", path, video_id=video_id, part_numbers=[1])
        assert reply.status in (400, 404, 422), (path, reply)


TRAVERSALS = ["../" * 12 + "etc/passwd", "..%2f" * 12 + "etc/passwd", "%2e%2e/" * 12 + "etc/passwd",
              "%2e%2e%2f" * 12 + "etc/passwd", "..\\" * 12 + "etc\\passwd", "..%5c" * 12 + "etc%5cpasswd",
              "%252e%252e%252f" * 12 + "etc/passwd", "/etc/passwd", "%2fetc%2fpasswd", "....//" * 12 + "etc/passwd",
              "720p/../../../../../../../../etc/passwd", "720p/%00/../init.mp4", "..;/..;/etc/passwd",
              "../source/original", "..%2fsource%2foriginal", "source/original", "./../../sluice.db", "../../../sluice.db"]


def test_no_path_leads_out(client):
    server = client.server
    secret = client.video(client.upload(MEDIA / "pcm_mono.wav"))["id"]
    video = client.completed(secret)
    playback = video["playback"]["hls"].removeprefix(server.base)
    upload = client.initiate("a.mp4", 10)["upload"]["url"].removeprefix(server.base)
    token = playback.rsplit("/", 1)[0]
    roots = [token + "/", token.rsplit("/", 1)[0] + "/", "/", "/api/", "/api/videos/", "/storage/", "/play/",
             f"/storage/media/videos/{secret}/", upload.split("?")[0] + "/", "/assets/"]
    content = (MEDIA / "pcm_mono.wav").read_bytes()[44:144]
    page = api.fetch(server.base + "/").body
    for root in roots:
        for path in TRAVERSALS:
            for method in ("GET", "PUT"):
                answer = raw(server, request(root + path, method, headers="Content-Length: 1\r\n" if method == "PUT"
                                             else "", body=b""))
                code = status(answer)
                # A path of plain words is a page of the application, whatever it is called.
                is_page = code == 200 and root == "/" and answer.endswith(page)
                assert code is None or 400 <= code < 500 or is_page, (method, root + path, answer[:300])
                assert b"root:" not in answer and b"SQLite format" not in answer and content not in answer


def test_more_bytes_than_announced_are_not_taken(client):
    content = (MEDIA / "pcm_mono.wav").read_bytes()
    started = client.initiate("a.wav", len(content))
    target = started["upload"]["url"].removeprefix(client.server.base)
    head = f"PUT {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode()
    answer = raw(client.server, head + content + b"and a lot more" * 10000)
    assert status(answer) in (200, 400, None)
    client.put_single(started["upload"], content)
    client.complete(started["video_id"])
    assert client.video(started["video_id"])["size_bytes"] == len(content)
    client.completed(started["video_id"])


def test_slow_connections_are_dropped_while_others_are_served(client):
    """One byte a second: in the head, in a JSON body, in an upload. All are cut off; nobody else waits."""
    server = client.server
    started = client.initiate("slow.mp4", 10_000_000)
    target = started["upload"]["url"].removeprefix(server.base)
    openings = {
        "head": b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        "body": b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Content-Length: 5000\r\n\r\n{",
        "upload": f"PUT {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n".encode(),
    }
    limit = 60
    ended = {}

    def crawl(name, opening):
        with socket.create_connection(("127.0.0.1", server.port), timeout=1) as connection:
            began = time.monotonic()
            connection.sendall(opening)
            while time.monotonic() - began < limit:
                try:
                    connection.sendall(b"x")
                    while connection.recv(4096):
                        pass
                    break
                except socket.timeout:
                    continue
                except ConnectionError:
                    break
            else:
                return
            ended[name] = time.monotonic() - began

    threads = [threading.Thread(target=crawl, args=item) for item in openings.items() for _ in range(8)]
    for thread in threads:
        thread.start()
    slowest = 0
    while any(thread.is_alive() for thread in threads):
        began = time.monotonic()
        assert api.Client(server)("GET", "/healthz").status == 200
        assert client("GET", "/api/auth/me").status == 200
        slowest = max(slowest, time.monotonic() - began)
        threads[0].join(1)
        if not threads[0].is_alive():
            threads.pop(0)
    assert set(ended) == set(openings), ended
    assert slowest < 2


def test_many_connections_at_once(anyone):
    """Two hundred idle ones are held open; a new one is still answered."""
    held = [socket.create_connection(("127.0.0.1", anyone.server.port)) for _ in range(200)]
    try:
        assert anyone("GET", "/healthz").status == 200
    finally:
        for connection in held:
            connection.close()


def test_pipelined_and_kept_alive_requests(anyone):
    connection, _ = api.connect(anyone.server.base)
    for _ in range(50):
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        assert response.status == 200 and response.read() is not None
    connection.close()
    one = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", anyone.server.port), timeout=10) as connection:
        connection.sendall(one * 3 + last)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    assert answer.count(b"HTTP/1.1 200") == 4
