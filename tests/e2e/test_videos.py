"""Lists, details, changes, and who may see what."""
import pytest

import api
from server import MEDIA, until

CLIP = MEDIA / "pcm_mono.wav"


def mine(client):
    return client("GET", "/api/videos?mine=true", expect=200).json()["videos"]


def test_detail_has_every_field_of_the_interface(client):
    video_id = client.upload(MEDIA / "tiny_64x64_edit_list.mp4")
    video = client.completed(video_id)
    assert set(video) >= {
        "id", "user_id", "title", "original_filename", "status", "visibility", "created_at", "updated_at",
        "size_bytes", "duration_seconds", "width", "height", "frame_rate", "progress", "eta_seconds", "playable",
        "error", "playback", "renditions", "poster", "storyboard", "tracks"}
    assert (video["width"], video["height"], video["frame_rate"]) == (64, 64, 25)
    assert set(video["playback"]) >= {"hls", "dash", "expires_at"}
    assert set(video["renditions"][0]) >= {"name", "width", "height", "bitrate_bps", "codecs", "url"}


def test_a_private_video_is_its_owners_alone(client, anyone):
    other = api.Client.signed_up(client.server)
    video_id = client.upload(CLIP, visibility="private")
    client.completed(video_id)
    unknown = anyone("GET", "/api/videos/abcdefghijklmnopqrstuvwx", expect=404)
    for stranger in (anyone, other):
        for path in (f"/api/videos/{video_id}", f"/api/videos/{video_id}/events"):
            reply = stranger("GET", path, expect=404)
            assert (reply.code, reply.json()["detail"]) == (unknown.code, unknown.json()["detail"])
        assert video_id not in str(stranger("GET", "/api/videos?limit=100", expect=200).json())


@pytest.mark.parametrize("method, path, fields", [
    ("PATCH", "/api/videos/{}", {"title": "stolen"}), ("DELETE", "/api/videos/{}", {}),
    ("POST", "/api/videos/{}/retry", {}), ("GET", "/api/uploads/{}", {}), ("DELETE", "/api/uploads/{}", {}),
    ("POST", "/api/uploads/complete", {"video_id": None}),
    ("POST", "/api/uploads/parts", {"video_id": None, "part_numbers": [1]}),
])
def test_nobody_touches_what_is_not_theirs(client, anyone, method, path, fields):
    started = client.initiate("clip.mp4", 20 << 20, multipart=True)
    video_id = started["video_id"]
    path = path.format(video_id)
    fields = {name: video_id if value is None else value for name, value in fields.items()}
    assert anyone(method, path, **fields).status == 401
    stranger = api.Client.signed_up(client.server)
    # A public video is no secret; that it is not yours may be said.
    assert stranger(method, path, **fields).status in (403, 404)
    assert client.video(video_id)["status"] == "pending" and client.video(video_id)["title"] != "stolen"


def test_lists_are_public_complete_and_newest_first(servers):
    client = api.Client.signed_up(servers())
    anyone = api.Client(client.server)
    names = ["Alpha", "Beta", "Gamma 100%", "Delta_"]
    ids = [client.upload(CLIP, title=name) for name in names]
    hidden = [client.upload(CLIP, title="Beta too", visibility=v) for v in ("unlisted", "private")]
    for video_id in ids + hidden:
        client.completed(video_id)
    client.initiate("pending.mp4", 10)

    def titles(query=""):
        return [video["title"] for video in anyone("GET", "/api/videos" + query, expect=200).json()["videos"]]
    assert titles() == names[::-1]
    assert titles("?q=bet") == ["Beta"] and titles("?q=100%25") == ["Gamma 100%"] and titles("?q=_") == ["Delta_"]
    first = anyone("GET", "/api/videos?limit=3", expect=200).json()
    assert len(first["videos"]) == 3 and first["next_cursor"]
    second = anyone("GET", f"/api/videos?limit=3&cursor={first['next_cursor']}", expect=200).json()
    assert [video["title"] for video in first["videos"] + second["videos"]] == names[::-1]
    assert second["next_cursor"] is None
    assert len(mine(client)) == 7
    assert anyone("GET", "/api/videos?mine=true").status == 401
    for query in ("limit=0", "limit=1000000", "limit=x", "cursor=%00", "cursor=nonsense"):
        assert anyone("GET", "/api/videos?" + query).status in (200, 400), query


def test_an_unlisted_video_is_there_for_who_has_its_link(client, anyone):
    video_id = client.upload(CLIP, visibility="unlisted")
    client.completed(video_id)
    assert anyone("GET", f"/api/videos/{video_id}", expect=200).json()["playback"]["hls"]


def test_title_and_visibility_can_change(client, anyone):
    video_id = client.upload(CLIP)
    client.completed(video_id)
    changed = client("PATCH", f"/api/videos/{video_id}", title="New", visibility="private", expect=200).json()
    assert (changed["title"], changed["visibility"]) == ("New", "private")
    assert anyone("GET", f"/api/videos/{video_id}").status == 404
    for fields in ({"visibility": "secret"}, {"title": 1}, {"title": ""}, {"title": "x" * 100000}):
        assert client("PATCH", f"/api/videos/{video_id}", **fields).status in (400, 413, 422), fields
    assert client.video(video_id)["title"] == "New"


def test_delete_removes_rows_and_objects(client):
    video_id = client.upload(CLIP)
    video = client.completed(video_id)
    assert client("DELETE", f"/api/videos/{video_id}").status in (200, 204)
    assert client("GET", f"/api/videos/{video_id}").status == 404
    assert video_id not in str(mine(client))
    until(lambda: not [path for path in client.server.data.glob("objects/**/*")
                       if video_id in str(path) and path.is_file()], "its objects to be gone")
    assert api.fetch(video["playback"]["hls"]).status in (403, 404)


def test_delete_stops_running_work(servers):
    client = api.Client.signed_up(servers("--threads", "1"))
    running = client.upload(MEDIA / "big_buck_bunny_0_30.webm")
    with client.events(running) as events:
        next(event for event in events if event["status"] == "processing" and event["progress"] > 0)
        client("DELETE", f"/api/videos/{running}")
    # The worker is free for the next one soon, not after 30 s of film.
    client.completed(client.upload(CLIP), timeout=10)
    assert client("GET", f"/api/videos/{running}").status == 404


def test_retry_is_for_failed_videos(client):
    video_id = client.upload(CLIP)
    client.completed(video_id)
    assert client("POST", f"/api/videos/{video_id}/retry", expect=409).code == "not_failed"
    broken = client.upload(MEDIA / "text_renamed.mp4")
    video, _ = client.watch(broken)
    assert video["status"] == "failed"
    assert client("POST", f"/api/videos/{broken}/retry").status in (200, 202)
    video, _ = client.watch(broken)
    assert video["status"] == "failed" and video["error"]["code"]
