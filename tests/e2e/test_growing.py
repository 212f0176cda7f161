"""What a viewer gets while the rest is still being encoded."""
import api
import hls
from server import MEDIA, until
from stream import fetch


def test_plays_before_it_is_complete_and_only_ever_grows(servers):
    client = api.Client.signed_up(servers("--threads", "1"))
    video_id = client.upload(MEDIA / "big_buck_bunny_0_30.webm")
    with client.events(video_id) as events:
        first = next(event for event in events if event["playable"])
        assert first["status"] == "processing" and first["progress"] < 1

        video = client.video(video_id)
        assert video["status"] == "processing" and video["playable"]
        assert 0 < video["progress"] < 1
        master_url = video["playback"]["hls"]
        master = hls.master(master_url)
        small = min(master.variants, key=lambda variant: int(variant["BANDWIDTH"]))
        tracks = {small["url"], *(media["url"] for media in master.media)}
        seen = {url: [hls.playlist(url)] for url in tracks}

        # A player that starts now gets pictures at once, from the beginning.
        shown = hls.tool(hls.FFMPEG, "-v", "error", "-nostdin", "-i", master_url, "-map", "0:v:0", "-frames:v", "48",
                         "-f", "framecrc", "-").stdout
        assert len([line for line in shown.splitlines() if not line.startswith("#")]) == 48

        ladder = [{variant["RESOLUTION"] for variant in master.variants}]
        for event in events:
            for url in tracks:
                seen[url].append(hls.playlist(url))
            ladder.append({variant["RESOLUTION"] for variant in hls.master(master_url).variants})
    assert client.video(video_id)["status"] == "complete"

    for url, playlists in seen.items():
        last = hls.playlist(url)
        assert last.tags["#EXT-X-PLAYLIST-TYPE"] == "VOD" and last.ended
        growing = [playlist for playlist in playlists if not playlist.ended]
        if url == small["url"]:  # sound may be all there by the first look
            assert len({len(playlist.segments) for playlist in growing}) > 1, "it was seen to grow"
        for playlist in growing:
            assert playlist.tags["#EXT-X-PLAYLIST-TYPE"] == "EVENT"
            assert float(hls.attributes(playlist.tags["#EXT-X-START"])["TIME-OFFSET"]) == 0
            assert playlist.tags["#EXT-X-TARGETDURATION"] == last.tags["#EXT-X-TARGETDURATION"]
            assert playlist.init == last.init
            assert playlist.segments == last.segments[:len(playlist.segments)], "segments are only ever appended"
    assert all(before <= after for before, after in zip(ladder, ladder[1:])), "a rendition never goes away"
    assert len(ladder[0]) < 4 or len(ladder[-1]) == 4


def test_what_a_growing_playlist_names_is_there(servers):
    client = api.Client.signed_up(servers("--threads", "1"))
    video_id = client.upload(MEDIA / "one_keyframe_12s.webm")
    with client.events(video_id) as events:
        checked = 0
        for event in events:
            if not event["playable"]:
                continue
            master = hls.master(client.video(video_id)["playback"]["hls"])
            for url in [variant["url"] for variant in master.variants] + [media["url"] for media in master.media]:
                playlist = hls.playlist(url)
                assert fetch(playlist.init) and all(fetch(segment) for _, segment in playlist.segments)
                checked += not playlist.ended
    assert checked > 0, "at least one playlist was seen before the end"


def test_events_tell_status_and_progress_in_order(client):
    video_id = client.upload(MEDIA / "one_keyframe_12s.webm")
    video, events = client.watch(video_id)
    assert video["status"] == "complete" and video["progress"] == 1
    order = ["queued", "processing", "complete"]
    ranks = [order.index(event["status"]) for event in events]
    assert ranks == sorted(ranks) and events[-1]["status"] == "complete"
    progress = [event["progress"] for event in events]
    assert progress == sorted(progress) and progress[-1] == 1 and all(0 <= value <= 1 for value in progress)
    assert all(event["eta_seconds"] is None or event["eta_seconds"] >= 0 for event in events)


def test_events_of_a_video_that_has_ended_say_so_and_end(client):
    video_id = client.upload(MEDIA / "pcm_mono.wav")
    client.completed(video_id)
    with client.events(video_id) as events:
        assert [event["status"] for event in events] == ["complete"]


def test_a_viewer_that_goes_away_is_no_trouble(client):
    video_id = client.upload(MEDIA / "one_keyframe_12s.webm")
    for _ in range(5):
        with client.events(video_id) as events:
            next(events)
    assert until(lambda: client.video(video_id)["status"] == "complete", "the video", 60)
