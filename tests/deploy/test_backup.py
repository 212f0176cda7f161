"""A copy that was made while Sluice ran is a whole installation."""
import pathlib
import subprocess

import api
import hls
import server as sluice
from server import MEDIA

SAVE = pathlib.Path(__file__).parents[2] / "deploy/backup/save"


def save(server, target):
    done = subprocess.run([SAVE, server.data, target], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_copy_of_a_running_installation_is_started_elsewhere(tmp_path):
    server = sluice.Server(tmp_path / "first", "--threads", "1").start()
    client = api.Client.signed_up(server)
    done = client.completed(client.upload(MEDIA / "odd_161x121.webm"))
    frames = len(hls.decode(hls.master(done["playback"]["hls"]).variants[0]["url"], "v:0").times)
    link = done["playback"]["hls"]
    begun = client.upload(MEDIA / "car-detection.mp4")
    with client.events(begun) as events:
        next(event for event in events if event["progress"] > 0)
    save(server, tmp_path / "second/data")
    client.completed(begun)
    server.kill()

    restored = sluice.Server(tmp_path / "second", "--threads", "1").start()
    try:
        again = api.Client(restored, client.token)
        video = again.video(done["id"])
        assert len(hls.decode(hls.master(video["playback"]["hls"]).variants[0]["url"], "v:0").times) == frames
        # What was signed before is good still: the key came along.
        path = link[link.index("/play/"):]
        assert api.fetch(restored.base + path).status == 200
        assert again.completed(begun)["status"] == "complete", "what was in hand is finished"
    finally:
        restored.stop()


def test_a_second_copy_takes_what_is_new(tmp_path):
    server = sluice.Server(tmp_path / "first", "--threads", "1").start()
    client = api.Client.signed_up(server)
    first = client.completed(client.upload(MEDIA / "tiny_64x64_edit_list.mp4"))["id"]
    save(server, tmp_path / "second/data")
    second = client.completed(client.upload(MEDIA / "pcm_mono.wav"))["id"]
    save(server, tmp_path / "second/data")
    server.kill()
    restored = sluice.Server(tmp_path / "second").start()
    try:
        again = api.Client(restored, client.token)
        assert [again.video(one)["status"] for one in (first, second)] == ["complete", "complete"]
    finally:
        restored.stop()
