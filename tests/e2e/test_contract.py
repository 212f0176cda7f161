"""The judge of every other test's replies sees what is wrong with one."""
import json

import jsonschema
import pytest

import contract

USER = {"id": "u", "email": "user@example.com"}
PROBLEM = {"type": "about:blank", "title": "Not Found", "status": 404, "detail": "No.", "code": "not_found"}
VIDEO = "/api/videos/aaaaaaaaaaaaaaaaaaaaaaaa"


class Reply:
    def __init__(self, status, value, content_type="application/json"):
        self.status = status
        self.headers = {"content-type": content_type}
        self.value = value

    def json(self):
        return json.loads(json.dumps(self.value))


def test_what_is_described_passes():
    contract.check("GET", "/api/auth/me", Reply(200, USER))
    contract.check("GET", VIDEO + "?x=1", Reply(404, PROBLEM, "application/problem+json"))
    contract.check("GET", "/api/nothing", Reply(404, PROBLEM, "application/problem+json"))
    contract.check("DELETE", VIDEO, Reply(204, None, ""))


@pytest.mark.parametrize("method, path, reply", [
    ("GET", "/api/auth/me", Reply(201, USER)),
    ("GET", "/api/auth/me", Reply(200, USER, "application/xml+json")),
    ("GET", "/api/nothing", Reply(200, USER)),
    ("PUT", "/api/auth/me", Reply(200, USER)),
])
def test_what_is_not_described_fails(method, path, reply):
    with pytest.raises(AssertionError):
        contract.check(method, path, reply)


@pytest.mark.parametrize("path, status, value, content_type", [
    ("/api/auth/me", 200, {"id": "u"}, "application/json"),
    ("/api/auth/me", 200, USER | {"password_hash": "x"}, "application/json"),
    ("/api/auth/me", 200, USER | {"id": 1}, "application/json"),
    ("/api/videos", 200, {"videos": [{}], "next_cursor": None}, "application/json"),
    ("/api/tokens", 200, {"tokens": [], "next_cursor": None}, "application/json"),
    ("/api/auth/me", 401, PROBLEM | {"trace": "x"}, "application/problem+json"),
    ("/api/auth/me", 401, {"code": "x"}, "application/problem+json"),
])
def test_other_shapes_fail(path, status, value, content_type):
    with pytest.raises(jsonschema.ValidationError):
        contract.check("GET", path, Reply(status, value, content_type))


def test_a_member_of_a_video_that_is_not_described_fails():
    progress = {"status": "complete", "progress": 1, "eta_seconds": None, "playable": True, "error": None}
    summary = progress | {
        "id": "a" * 24, "user_id": "u", "title": "t", "original_filename": "f", "visibility": "public",
        "created_at": "2026-01-01T00:00:00.000Z", "updated_at": "2026-01-01T00:00:00.000Z", "size_bytes": 1,
        "duration_seconds": None, "width": None, "height": None, "frame_rate": None, "playback": None, "poster": None}
    contract.check("GET", "/api/videos", Reply(200, {"videos": [summary], "next_cursor": None}))
    detail = summary | {"renditions": [], "storyboard": None, "tracks": [], "source": None, "notes": []}
    contract.check("GET", VIDEO, Reply(200, detail))
    for answer, path in (({"videos": [summary | {"secret": 1}], "next_cursor": None}, "/api/videos"),
                         (detail | {"secret": 1}, VIDEO),
                         (detail | {"error": {"code": "a", "message": "b", "stack": "c"}}, VIDEO)):
        with pytest.raises(jsonschema.ValidationError):
            contract.check("GET", path, Reply(200, answer))
