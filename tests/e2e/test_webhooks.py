"""Webhooks: somebody else's server hears of one's videos."""
import json
import re
import shutil
import subprocess
import threading

import jsonschema
import pytest

import api
import contract
from conftest import Servers
from receiver import Receiver
from server import MEDIA, ROOT, free_port, until

CLIP = MEDIA / "tiny_64x64_edit_list.mp4"
ALL = ["video.playable", "video.complete", "video.failed", "video.deleted"]


@pytest.fixture(scope="module")
def near(tmp_path_factory):
    """A server that may call this machine."""
    servers = Servers(tmp_path_factory.mktemp("near"))
    yield servers("--webhook-allow-private")
    servers.end()


@pytest.fixture
def owner(near):
    return api.Client.signed_up(near)


def register(client, receiver, **more):
    webhook = client("POST", "/api/webhooks", url=receiver.url, expect=201, **more).json()
    receiver.secrets.append(webhook["secret"])
    return webhook


def log_of(client, webhook):
    """What the log says, oldest first."""
    page = client("GET", f"/api/webhooks/{webhook['id']}/deliveries?limit=100", expect=200).json()
    return page["deliveries"][::-1]


def settled(client, webhook, count):
    """The log once nothing waits any more."""
    def done():
        log = log_of(client, webhook)
        return len(log) == count and all(entry["state"] != "waiting" for entry in log) and log
    return until(done, f"{count} deliveries")


def delete_a_video(client):
    video_id = client.initiate("a.mp4", 10)["video_id"]
    client("DELETE", f"/api/videos/{video_id}", expect=204)
    return video_id


def test_a_receiver_hears_of_a_video_from_playable_to_deleted(owner):
    with Receiver() as receiver:
        webhook = register(owner, receiver, description="all of it")
        assert webhook["events"] == ALL and webhook["secret"].startswith("whsec_")
        video_id = owner.upload(CLIP)
        owner.completed(video_id)
        owner("DELETE", f"/api/videos/{video_id}", expect=204)
        requests = receiver.wait(3)
        assert receiver.types == ["video.playable", "video.complete", "video.deleted"]
        log = settled(owner, webhook, 3)
    schema = contract.closed({"$ref": "#/components/schemas/WebhookPayload"})
    for (headers, body, _), entry in zip(requests, log):
        jsonschema.Draft202012Validator(
            {**schema, "components": {"schemas": contract.COMPONENTS}}).validate(body)
        assert body["data"]["id"] == video_id and body["data"]["user_id"]
        assert headers["content-type"] == "application/json" and headers["user-agent"].startswith("Sluice/")
        assert headers["webhook-id"] == entry["event_id"]
        assert (entry["state"], entry["attempts"], entry["last_status"]) == ("delivered", 1, 204)
        assert entry["payload"] == body and entry["video_id"] == video_id
    complete = requests[1][1]["data"]
    assert (complete["status"], complete["width"], complete["playable"]) == ("complete", 64, True)
    assert len({headers["webhook-id"] for headers, _, _ in requests}) == 3
    times = [body["timestamp"] for _, body, _ in requests]
    assert times == sorted(times)


def test_only_the_events_asked_for_and_ones_own_videos(owner):
    with Receiver() as receiver:
        webhook = register(owner, receiver, events=["video.failed"])
        other = api.Client.signed_up(owner.server)
        delete_a_video(other)
        delete_a_video(owner)
        video_id = owner.upload_bytes(b"no film at all" * 100, "film.mp4")
        video, _ = owner.watch(video_id)
        (_, body, _), = receiver.wait(1)
        assert body["type"] == "video.failed" and body["data"]["id"] == video_id
        assert body["data"]["error"] == video["error"] and video["error"]["code"]
        assert len(settled(owner, webhook, 1)) == 1
        assert other("GET", f"/api/webhooks/{webhook['id']}").code == "webhook_not_found"


def test_a_receiver_that_fails_at_first_is_asked_again(owner):
    with Receiver(lambda number: 500 if number == 0 else 200) as receiver:
        webhook = register(owner, receiver)
        delete_a_video(owner)
        receiver.wait(1)
        entry, = until(lambda: [e for e in log_of(owner, webhook) if e["attempts"] == 1], "the failure")
        assert entry["state"] == "waiting" and entry["last_status"] == 500 and "500" in entry["last_error"]
        assert owner("GET", f"/api/webhooks/{webhook['id']}").json()["failing_since"]
        first, second = receiver.wait(2)
        assert first[0]["webhook-id"] == second[0]["webhook-id"] and first[1] == second[1]
        assert int(second[0]["webhook-timestamp"]) - int(first[0]["webhook-timestamp"]) in range(4, 9)
        entry, = settled(owner, webhook, 1)
        assert (entry["state"], entry["attempts"], entry["last_error"]) == ("delivered", 2, None)
        assert owner("GET", f"/api/webhooks/{webhook['id']}").json()["failing_since"] is None


def test_an_event_outlives_restarts_of_the_server(servers):
    server = servers("--webhook-allow-private")
    client = api.Client.signed_up(server)
    with Receiver(lambda number: 503 if number == 0 else 200) as receiver:
        webhook = register(client, receiver)
        video_id = delete_a_video(client)
        server.kill()  # wherever it is with it
        server.start()
        until(lambda: [e for e in log_of(client, webhook) if e["attempts"] == 1], "the first attempt")
        server.stop()
        server.start()
        requests = receiver.wait(2)
        assert {body["data"]["id"] for _, body, _ in requests} == {video_id}
        assert len({headers["webhook-id"] for headers, _, _ in requests}) == 1
        assert settled(client, webhook, 1)[0]["state"] == "delivered"


def test_events_can_be_replayed(owner):
    with Receiver() as receiver:
        webhook = register(owner, receiver)
        delete_a_video(owner)
        entry, = settled(owner, webhook, 1)
        path = f"/api/webhooks/{webhook['id']}/deliveries"
        assert owner("POST", f"{path}/{entry['event_id']}/replay", expect=202).json()["state"] == "waiting"
        first, second = receiver.wait(2)
        assert first[0]["webhook-id"] == second[0]["webhook-id"] and first[1] == second[1]
        settled(owner, webhook, 1)
        assert owner("POST", f"{path}/evt_unknown/replay", expect=404).code == "delivery_not_found"
        owner("PATCH", f"/api/webhooks/{webhook['id']}", enabled=False, expect=200)
        assert owner("POST", f"{path}/{entry['event_id']}/replay", expect=409).code == "webhook_disabled"


def test_the_log_is_read_in_pages(owner):
    with Receiver() as receiver:
        webhook = register(owner, receiver)
        videos = [delete_a_video(owner) for _ in range(3)]
        receiver.wait(3)
        path = f"/api/webhooks/{webhook['id']}/deliveries"
        first = owner("GET", f"{path}?limit=2", expect=200).json()
        rest = owner("GET", f"{path}?limit=2&cursor={first['next_cursor']}", expect=200).json()
        seen = [entry["video_id"] for entry in first["deliveries"] + rest["deliveries"]]
        assert seen == videos[::-1] and rest["next_cursor"] is None
        assert owner("GET", f"{path}?cursor=!", expect=400).code == "invalid_cursor"
        assert owner("GET", f"{path}?limit=101", expect=400).code == "invalid_limit"


def test_a_secret_is_seen_once_and_replaced_without_a_gap(owner):
    with Receiver() as receiver:
        webhook = register(owner, receiver)
        old = webhook.pop("secret")
        path = f"/api/webhooks/{webhook['id']}"
        for reply in (owner("GET", path), owner("GET", "/api/webhooks"), owner("PATCH", path, description="x")):
            assert "whsec_" not in reply.body.decode() and reply.headers["cache-control"] == "no-store"
        new = owner("POST", f"{path}/rotate-secret", expect=200).json()["secret"]
        assert new != old
        delete_a_video(owner)
        headers = receiver.wait(1)[0][0]  # by the old one
        assert len(headers["webhook-signature"].split(" ")) == 2
        receiver.secrets[:] = [new]
        delete_a_video(owner)
        until(lambda: len(receiver.requests) == 2, "the second event")
        assert receiver.requests[1][2], "by the new one"


def test_a_slow_receiver_holds_up_nobody_else(owner):
    held = threading.Event()

    def answer(_):
        held.wait(30)
        return 200

    with Receiver(answer) as slow, Receiver() as quick:
        register(owner, slow)
        register(owner, quick)
        for _ in range(3):
            delete_a_video(owner)
        quick.wait(3)
        assert len(slow.requests) <= 1, "one at a time"
        held.set()
        slow.wait(3)


def test_a_receiver_that_is_gone_hears_no_more(owner):
    with Receiver(lambda _: 410) as receiver:
        webhook = register(owner, receiver)
        delete_a_video(owner)
        receiver.wait(1)
        path = f"/api/webhooks/{webhook['id']}"
        until(lambda: not owner("GET", path).json()["enabled"], "the webhook to be disabled")
        assert owner("GET", path).json()["disabled_reason"] == "gone"
        delete_a_video(owner)
        assert [entry["state"] for entry in log_of(owner, webhook)] == ["failed"]
        again = owner("PATCH", path, enabled=True, expect=200).json()
        assert again["enabled"] and again["disabled_reason"] is None


def test_a_deleted_webhook_hears_no_more(owner):
    with Receiver() as gone, Receiver() as receiver:
        webhook = register(owner, gone)
        register(owner, receiver)
        owner("DELETE", f"/api/webhooks/{webhook['id']}", expect=204)
        delete_a_video(owner)
        receiver.wait(1)
        assert gone.requests == []
        for method in ("GET", "DELETE"):
            assert owner(method, f"/api/webhooks/{webhook['id']}", expect=404).code == "webhook_not_found"


@pytest.mark.parametrize("url, status, code", [
    ("https://127.0.0.1/", 403, "address_refused"), ("https://169.254.169.254/latest/", 403, "address_refused"),
    ("https://10.1.2.3/", 403, "address_refused"), ("https://[::1]/", 403, "address_refused"),
    ("https://[::ffff:127.0.0.1]/", 403, "address_refused"), ("https://2130706433/", 403, "address_refused"),
    ("http://example.com/", 400, "invalid_url"), ("https://user:pass@example.com/", 400, "invalid_url"),
    ("ftp://example.com/", 400, "invalid_url"), ("example.com", 400, "invalid_url"),
    ("https://example.com/" + "x" * 2000, 400, "invalid_url"), (7, 400, "invalid_url"),
])
def test_private_and_odd_addresses_are_refused(client, url, status, code):
    assert client("POST", "/api/webhooks", url=url, expect=status).code == code


def test_a_name_that_leads_to_a_private_address_is_not_called(client):
    with Receiver() as receiver:
        webhook = client("POST", "/api/webhooks", url=f"https://localhost:{receiver.port}/", expect=201).json()
        delete_a_video(client)
        entry, = until(lambda: [e for e in log_of(client, webhook) if e["attempts"]], "the attempt")
        assert entry["last_status"] is None and "address" in entry["last_error"]
        assert receiver.requests == []


def test_forms_that_make_no_sense_are_refused(client, anyone):
    url = "https://example.com/"
    for form, code in (({"url": url, "events": []}, "invalid_events"),
                       ({"url": url, "events": ["video.made"]}, "invalid_events"),
                       ({"url": url, "description": "a\nb"}, "invalid_description"),
                       ({"url": url, "secret": "mine"}, "unknown_field"), ({}, "invalid_url")):
        assert client("POST", "/api/webhooks", body=json.dumps(form), expect=400).code == code
    assert anyone("POST", "/api/webhooks", url=url, expect=401).code == "unauthenticated"
    for number in range(20):
        client("POST", "/api/webhooks", url=f"{url}{number}", expect=201)
    assert client("POST", "/api/webhooks", url=url, expect=409).code == "too_many_webhooks"
    assert len(client("GET", "/api/webhooks", expect=200).json()["webhooks"]) == 20


def documented(language):
    """The example of docs/webhooks.md in this language."""
    text = (ROOT / "docs/webhooks.md").read_text()
    block, = re.findall(rf"```{language}\n(.*?)```", text, re.S)
    return block


@pytest.mark.parametrize("language, command", [("python", "/usr/bin/python3"), ("javascript", "node")])
def test_the_documented_receivers_take_what_is_genuine_and_nothing_else(owner, tmp_path, language, command):
    port = free_port()
    program = tmp_path / {"python": "receiver.py", "javascript": "receiver.mjs"}[language]
    program.write_text(documented(language).replace("9000", str(port)))
    webhook = owner("POST", "/api/webhooks", url=f"http://127.0.0.1:{port}/", expect=201).json()
    process = subprocess.Popen([shutil.which(command), program], cwd=tmp_path, stdout=subprocess.PIPE, text=True,
                               env={"WEBHOOK_SECRET": webhook["secret"]})
    try:
        until(lambda: _listens(port), "the receiver to listen")
        video_id = delete_a_video(owner)
        assert settled(owner, webhook, 1)[0]["state"] == "delivered"
        forged = {"webhook-id": "evt_1", "webhook-timestamp": "1700000000", "webhook-signature": "v1,AAAA"}
        assert api.fetch(f"http://127.0.0.1:{port}/", "POST", b"{}", forged).status == 400
    finally:
        process.terminate()
        out, _ = process.communicate(timeout=10)
    assert out.split() == ["video.deleted", video_id]


def _listens(port):
    try:
        connection, _ = api.connect(f"http://127.0.0.1:{port}/")
        connection.connect()
        connection.close()
        return True
    except OSError:
        return False
