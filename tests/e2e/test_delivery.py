"""Signed delivery: tokens, ranges, conditional requests, headers."""
import pytest

import api
import hls
from server import MEDIA, until
from stream import fetch


@pytest.fixture(scope="module")
def film(server):
    client = api.Client.signed_up(server)
    video = client.completed(client.upload(MEDIA / "fragmented_51.mp4"))
    master = hls.master(video["playback"]["hls"])
    playlist = hls.playlist(master.variants[0]["url"])
    return {"client": client, "video": video, "hls": video["playback"]["hls"], "variant": master.variants[0]["url"],
            "init": playlist.init, "segment": playlist.segments[0][1], "body": fetch(playlist.segments[0][1])}


@pytest.mark.parametrize("asked, first, last", [
    ("bytes=0-99", 0, 99), ("bytes=100-", 100, None), ("bytes=-50", -50, None), ("bytes=0-0", 0, 0),
    ("bytes=10-99999999", 10, None),
])
def test_ranges(film, asked, first, last):
    body = film["body"]
    reply = api.fetch(film["segment"], headers={"Range": asked})
    start = first if first >= 0 else len(body) + first
    stop = len(body) if last is None else last + 1
    assert reply.status == 206 and reply.body == body[start:stop]
    assert reply.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(body)}"


def test_a_range_behind_the_end_cannot_be_had(film):
    reply = api.fetch(film["segment"], headers={"Range": "bytes=99999999-"})
    assert reply.status == 416 and reply.headers["content-range"] == f"bytes */{len(film['body'])}"


@pytest.mark.parametrize("asked", ["bytes=5-1", "bytes=x-y", "lines=1-2", "bytes=", "bytes=1-2-3"])
def test_a_range_that_is_none_is_ignored(film, asked):
    reply = api.fetch(film["segment"], headers={"Range": asked})
    assert reply.status in (200, 416) and (reply.status == 416 or reply.body == film["body"])


def test_head_tells_what_get_would_send(film):
    for name in ("hls", "variant", "init", "segment"):
        head, get = (api.fetch(film[name], method) for method in ("HEAD", "GET"))
        assert head.status == 200 and head.body == b""
        assert int(head.headers["content-length"]) == len(get.body)
        assert head.headers["content-type"] == get.headers["content-type"]


def test_conditional_requests(film):
    tag = api.fetch(film["segment"]).headers["etag"]
    assert tag.startswith('"') and tag.endswith('"'), "strong"
    for value in (tag, f'"other", {tag}', "*", "W/" + tag):
        reply = api.fetch(film["segment"], headers={"If-None-Match": value})
        assert reply.status == 304 and reply.body == b"" and reply.headers["etag"] == tag
    assert api.fetch(film["segment"], headers={"If-None-Match": '"other"'}).status == 200
    assert api.fetch(film["segment"], headers={"Range": "bytes=0-9", "If-Range": tag}).status == 206
    assert api.fetch(film["segment"], headers={"Range": "bytes=0-9", "If-Range": '"other"'}).body == film["body"]


def test_content_types_and_caching(film):
    types = {"hls": "application/vnd.apple.mpegurl", "variant": "application/vnd.apple.mpegurl", "init": "video/mp4",
             "segment": "video/mp4"}
    for name, kind in types.items():
        reply = api.fetch(film[name])
        assert reply.headers["content-type"] in (kind, "video/iso.segment"), name
        assert reply.headers["cache-control"], name
        assert reply.headers.get("x-content-type-options") == "nosniff", name
    assert "immutable" in api.fetch(film["segment"]).headers["cache-control"]


def test_players_of_other_sites_may_play(film):
    for name in ("hls", "variant", "init", "segment"):
        reply = api.fetch(film[name], headers={"Origin": "https://player.example.com"})
        assert reply.headers["access-control-allow-origin"] == "*", name
        assert "access-control-allow-credentials" not in reply.headers
    preflight = api.fetch(film["segment"], "OPTIONS", headers={
        "Origin": "https://player.example.com", "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "range"})
    assert preflight.status in (200, 204)
    allowed = preflight.headers["access-control-allow-headers"].lower()
    assert allowed == "*" or "range" in allowed


def tokens(url):
    head, rest = url.split("/play/", 1)
    token, name = rest.split("/", 1)
    return head + "/play/", token, "/" + name


def test_a_tampered_token_is_refused_at_every_character(film):
    head, token, name = tokens(film["segment"])
    for position in range(len(token)):
        for other in ("A", "b") if position % 7 else ("A", "b", "-", "%00", ""):
            forged = token[:position] + other + token[position + 1:]
            if forged == token:
                continue
            reply = api.fetch(head + forged + name)
            # The last character of base64 may carry bits that mean nothing; they have to be zero.
            assert reply.status == 403 or "%" in other and reply.status in (400, 403, 404), (position, other, reply)
            assert "location" not in reply.headers
    for forged in ("x", token * 2, token + "=", token[:-1], token.upper()):
        assert api.fetch(head + forged + name).status == 403, forged


def test_a_token_opens_its_own_video_only(film):
    client = film["client"]
    other = client.completed(client.upload(MEDIA / "pcm_mono.wav"))
    _, token, _ = tokens(other["playback"]["hls"])
    head, _, name = tokens(film["segment"])
    assert api.fetch(head + token + name).status in (403, 404)


def test_tokens_of_another_server_are_foreign(film, servers):
    other = api.Client.signed_up(servers())
    foreign = other.completed(other.upload(MEDIA / "fragmented_51.mp4"))["playback"]["hls"]
    _, token, name = tokens(foreign)
    head, _, _ = tokens(film["hls"])
    assert api.fetch(head + token + name).status == 403


def test_opening_ends_before_fetching_does(servers):
    client = api.Client.signed_up(servers("--playback-ttl", "1s"))
    video_id = client.upload(MEDIA / "tiny_64x64_edit_list.mp4")
    client.completed(video_id)
    master_url = client.video(video_id)["playback"]["hls"]
    playlist = hls.playlist(hls.master(master_url).variants[0]["url"])
    until(lambda: api.fetch(master_url).status == 403, "the link to run out", 5)
    assert api.fetch(playlist.segments[0][1]).status == 200, "who is watching goes on watching"
    expired = until(lambda: [r for r in [api.fetch(playlist.segments[0][1])] if r.status == 403],
                    "the segments to run out", 15)[0]
    assert expired.code and "location" not in expired.headers
    assert hls.master(client.video(video_id)["playback"]["hls"]).variants, "a new link works"


def test_signed_urls_survive_a_restart(servers):
    server = servers()
    client = api.Client.signed_up(server)
    video = client.completed(client.upload(MEDIA / "pcm_mono.wav"))
    server.stop()
    server.start()
    assert hls.master(video["playback"]["hls"])
    assert client("GET", "/api/auth/me").status == 200, "and so do sessions"


def test_what_is_not_stored_is_not_found(film):
    head, token, _ = tokens(film["segment"])
    for name in ("", "/", "/nothing", "/720p", "/240p/99999.m4s", "/240p/", "/source/original", "/audio-9/index.m3u8"):
        assert api.fetch(head + token + name).status in (403, 404), name
