"""API tokens: what programs sign in with."""
import datetime

import pytest

import api
import server as sluice


def parsed(time):
    return datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))


def create(client, **form):
    return client("POST", "/api/tokens", expect=201, **form).json()


def listed(client):
    return client("GET", "/api/tokens", expect=200).json()["tokens"]


def test_a_token_does_what_its_user_does(client):
    made = create(client, name="Backups")
    assert set(made) == {"id", "name", "token", "created_at", "expires_at"} and made["expires_at"] is None
    program = api.Client(client.server, made["token"])
    assert program("GET", "/api/auth/me", expect=200).json() == client("GET", "/api/auth/me").json()
    video_id = program.initiate("a.mp4", 10)["video_id"]
    assert client.video(video_id)["status"] == "pending"
    (entry,) = listed(program)
    assert entry == {"id": made["id"], "name": "Backups", "created_at": made["created_at"], "expires_at": None,
                     "last_used_at": entry["last_used_at"], "current": True}
    assert abs(parsed(entry["last_used_at"]) - parsed(made["created_at"])) < datetime.timedelta(minutes=1)


def test_a_token_is_seen_once_and_sessions_are_not_listed(client):
    made = create(client, name="Once", expires_in_days=30)
    assert parsed(made["expires_at"]) - parsed(made["created_at"]) == datetime.timedelta(days=30)
    reply = client("GET", "/api/tokens")
    assert made["token"] not in reply.body.decode() and reply.headers["cache-control"] == "no-store"
    (entry,) = reply.json()["tokens"]
    assert entry["last_used_at"] is None and entry["current"] is False


def test_a_revoked_token_opens_nothing(client):
    first, second = create(client, name="first"), create(client, name="second")
    assert [token["name"] for token in listed(client)] == ["second", "first"]
    client("DELETE", f"/api/tokens/{first['id']}", expect=204)
    assert api.Client(client.server, first["token"])("GET", "/api/auth/me").code == "unauthenticated"
    api.Client(client.server, second["token"])("GET", "/api/auth/me", expect=200)
    assert client("DELETE", f"/api/tokens/{first['id']}", expect=404).code == "token_not_found"
    assert [token["name"] for token in listed(client)] == ["second"]


def test_a_token_can_revoke_itself(client):
    made = create(client, name="short-lived")
    program = api.Client(client.server, made["token"])
    program("DELETE", f"/api/tokens/{made['id']}", expect=204)
    assert program("GET", "/api/tokens").status == 401


def test_tokens_of_others_are_out_of_reach(client, server):
    made = create(client, name="mine")
    other = api.Client.signed_up(server)
    assert listed(other) == []
    assert other("DELETE", f"/api/tokens/{made['id']}", expect=404).code == "token_not_found"
    assert other("DELETE", f"/api/tokens/{made['token']}", expect=404).code == "token_not_found"
    api.Client(server, made["token"])("GET", "/api/auth/me", expect=200)


def test_nobody_else_makes_or_sees_tokens(anyone, client):
    for method, path in (("GET", "/api/tokens"), ("POST", "/api/tokens"), ("DELETE", "/api/tokens/x")):
        assert anyone(method, path, body="{}").code == "unauthenticated"
    # A page of another site, with the browser's cookie.
    foreign = {"Cookie": f"sluice_session={client.token}", "Origin": "https://evil.example"}
    assert anyone("POST", "/api/tokens", headers=foreign, name="stolen").code == "cross_site_request"
    own = {"Cookie": f"sluice_session={client.token}", "Origin": client.server.base}
    assert anyone("POST", "/api/tokens", headers=own, name="own").status == 201


@pytest.mark.parametrize("form", [{"name": ""}, {"name": "  "}, {"name": 5}, {"name": "x" * 101}, {"nome": "x"},
                                  {"name": "a\nb"}, {"name": "x", "expires_in_days": 0},
                                  {"name": "x", "expires_in_days": 1e9}, {"name": "x", "expires_in_days": "soon"}])
def test_forms_that_make_no_token(client, form):
    reply = client("POST", "/api/tokens", **form)
    assert reply.status == 400 and reply.code
    assert listed(client) == []


def test_a_token_of_the_command_line_is_listed_like_the_others(servers):
    server = servers()
    client = api.Client.signed_up(server)
    email = client("GET", "/api/auth/me").json()["email"]
    result = sluice.run("token", "create", "--user", email, "--data", server.data)
    assert result.returncode == 0, result.stderr
    program = api.Client(server, result.stdout.strip())
    (entry,) = listed(program)
    assert entry["name"] == "command line" and entry["current"] is True and entry["expires_at"]


def test_tokens_outlive_a_restart(servers):
    server = servers()
    client = api.Client.signed_up(server)
    made = create(client, name="lasting")
    server.stop()
    server.start()
    api.Client(server, made["token"])("GET", "/api/auth/me", expect=200)
