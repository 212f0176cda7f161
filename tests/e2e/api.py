"""A small client of Sluice's HTTP interface. Every reply is held against docs/openapi.json."""
import contextlib
import http.client
import itertools
import json
import urllib.parse

import contract

_numbers = itertools.count(1)


class Reply:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The stable code of a problem; a test that asks for it expects a well-formed problem."""
        assert self.headers.get("content-type", "").startswith("application/problem+json"), (self.status, self.body)
        problem = self.json()
        assert problem["status"] == self.status and problem["title"] and problem["type"], problem
        return problem["code"]

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


def connect(url, timeout=30):
    parts = urllib.parse.urlsplit(url)
    target = parts.path + ("?" + parts.query if parts.query else "")
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout), target


def fetch(url, method="GET", body=None, headers=None, timeout=30):
    """One request with no redirects followed."""
    connection, target = connect(url, timeout)
    try:
        connection.request(method, target, body=body, headers=headers or {})
        return Reply(connection.getresponse())
    finally:
        connection.close()


class Client:
    """One user of one server."""

    def __init__(self, server, token=None):
        self.server = server
        self.token = token

    def __call__(self, method, path, body=None, headers=None, expect=None, **fields):
        """`client("POST", "/api/…", name=value…)`: fields go as JSON. `expect` asserts the status."""
        headers = dict(headers or {})
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        if fields:
            body = json.dumps(fields)
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        reply = fetch(self.server.base + path, method, body, headers)
        contract.check(method, path, reply)
        if expect is not None:
            assert reply.status == expect, f"{method} {path}: {reply}"
        return reply

    @classmethod
    def signed_up(cls, server):
        client = cls(server)
        reply = client("POST", "/api/auth/signup", email=f"user{next(_numbers)}@example.com",
                       password="correct horse battery", expect=201)
        client.token = reply.json()["token"]
        return client

    # Uploads

    def initiate(self, filename, size_bytes, **more):
        return self("POST", "/api/uploads/initiate", filename=filename, size_bytes=size_bytes, expect=201,
                    **more).json()

    def complete(self, video_id, expect=202):
        return self("POST", "/api/uploads/complete", video_id=video_id, expect=expect)

    def put_single(self, upload, content):
        return fetch(upload["url"], upload["method"], content, upload["headers"])

    def put_part(self, url, content):
        reply = fetch(url, "PUT", content)
        assert reply.status == 200, reply
        return reply

    def part_urls(self, video_id, numbers):
        reply = self("POST", "/api/uploads/parts", video_id=video_id, part_numbers=list(numbers), expect=200)
        return {part["part_number"]: part["url"] for part in reply.json()["parts"]}

    def upload(self, path, filename=None, **more):
        """The whole of an upload; returns the video's id once it is acknowledged."""
        content = path.read_bytes()
        return self.upload_bytes(content, filename or path.name, **more)

    def upload_bytes(self, content, filename, **more):
        started = self.initiate(filename, len(content), **more)
        assert started["status"] == "pending", started
        video_id, upload = started["video_id"], started["upload"]
        if upload["type"] == "single":
            put = self.put_single(upload, content)
            assert put.status == 200, put
        else:
            for number, url in self.part_urls(video_id, range(1, upload["part_count"] + 1)).items():
                put = fetch(url, "PUT", content[(number - 1) * upload["part_size"]:number * upload["part_size"]])
                assert put.status == 200, put
        self.complete(video_id)
        return video_id

    # Videos

    def video(self, video_id):
        return self("GET", f"/api/videos/{video_id}", expect=200).json()

    @contextlib.contextmanager
    def events(self, video_id, timeout=60):
        """Server-Sent Events of a video, as the JSON of each."""
        connection, target = connect(f"{self.server.base}/api/videos/{video_id}/events", timeout)
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        connection.request("GET", target, headers=headers)
        response = connection.getresponse()
        assert response.status == 200, Reply(response)
        assert response.getheader("Content-Type").startswith("text/event-stream")
        try:
            yield read_events(response)
        finally:
            connection.close()

    def watch(self, video_id, timeout=60):
        """All events until the video has ended one way or the other; the video as it is then."""
        with self.events(video_id, timeout) as events:
            seen = list(events)
        assert seen, "no event came"
        video = self.video(video_id)
        assert video["status"] in ("complete", "failed"), video
        return video, seen

    def completed(self, video_id, timeout=60):
        video, _ = self.watch(video_id, timeout)
        assert video["status"] == "complete", video["error"]
        return video


def read_events(stream):
    data = []
    for line in iter(stream.readline, b""):
        text = line.decode().rstrip("\r\n")
        if text.startswith("data:"):
            data.append(text[5:].strip())
        elif not text and data:
            yield json.loads("\n".join(data))
            data = []
