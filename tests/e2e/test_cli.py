"""Commands without a server."""
import functools
import http.server
import json
import threading

import pytest

import api
import hls
import server as sluice
from server import MEDIA


def probe(path):
    result = sluice.run("probe", path)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_probe_tells_facts_and_plan():
    seen = probe(MEDIA / "iphone_vertical_rot90.mov")
    plan = seen["plan"]
    assert (plan["width"], plan["height"]) == (1080, 1920)
    assert [rendition["name"] for rendition in plan["renditions"]] == ["1080p", "720p", "480p", "360p", "240p"]
    source = seen["source"]
    assert source["video"]["rotation"] == 90 and source["video"]["codec"] == "hevc"
    assert [audio["sample_rate"] for audio in source["audio"]] == [44100]


@pytest.mark.parametrize("name", ["text_renamed.mp4", "zero_bytes.webm", "hostile_hls_renamed.mp4", "no_such_file.mp4"])
@pytest.mark.parametrize("command", ["probe", "transcode"])
def test_what_is_no_video_is_one_clear_line(tmp_path, command, name):
    result = sluice.run(command, MEDIA / name, *([tmp_path / "out"] if command == "transcode" else []))
    assert result.returncode > 0
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr


@pytest.fixture
def static_server(tmp_path):
    """Python's own web server over a folder: it knows nothing of video."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass
    handler = functools.partial(Quiet, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name, renditions, texts, frames", [
    ("car-detection.mp4", 2, 0, 377), ("srt_and_ass_two_languages.mkv", 4, 2, 250), ("pcm_mono.wav", 0, 0, 0)])
def test_transcode_makes_a_folder_that_any_web_server_serves(tmp_path, static_server, name, renditions, texts, frames):
    result = sluice.run("transcode", MEDIA / name, tmp_path / "out", timeout=120)
    assert result.returncode == 0, result.stderr
    masters = [path for path in (tmp_path / "out").rglob("*.m3u8") if "#EXT-X-STREAM-INF" in path.read_text()]
    assert len(masters) == 1
    url = f"{static_server}/{masters[0].relative_to(tmp_path)}"
    variants = [line for line in masters[0].read_text().splitlines() if line.startswith("#EXT-X-STREAM-INF:")]
    assert sum("RESOLUTION=" in variant for variant in variants) == renditions
    for number in range(renditions):
        decoded = hls.decode(url, f"v:{number}")
        assert (len(decoded.times), decoded.warnings) == (frames, "")
    assert (tmp_path / "out/manifest.mpd").read_text().count("<Representation") == renditions + 1 + texts
    decoded = hls.decode(url, "a:0")
    assert decoded.times and decoded.warnings == ""


def test_transcode_gives_the_same_bytes_as_the_server(tmp_path, client):
    result = sluice.run("transcode", MEDIA / "b_pyramid.mp4", tmp_path / "out")
    assert result.returncode == 0, result.stderr
    video_id = client.upload(MEDIA / "b_pyramid.mp4")
    client.completed(video_id)
    stored = {name: path.read_bytes() for name, path in client.server.objects(video_id).items()}
    written = {path.relative_to(tmp_path / "out").as_posix(): path.read_bytes()
               for path in (tmp_path / "out").rglob("*.m*") if path.suffix in (".mp4", ".m4s")}
    assert written and written == {name: stored[name] for name in written}


def test_transcode_leaves_nothing_half_made(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("not yours")
    sluice.run("transcode", MEDIA / "bad_bitstream.webm", tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").read_text() == "not yours"
    assert not list((tmp_path / "out").rglob("*.m3u8"))


@pytest.mark.parametrize("arguments", [["nonsense"], ["probe"], ["transcode", "one"], ["serve", "extra"],
                                       ["user", "add"], ["token", "create"], ["--what"]])
def test_wrong_usage_is_one_line_and_no_success(tmp_path, arguments):
    result = sluice.run(*arguments, cwd=tmp_path)
    assert result.returncode > 0 and result.stdout == ""
    assert 1 <= len(result.stderr.strip().splitlines()) <= 2, result.stderr
    assert not list(tmp_path.iterdir()), "nothing was made"


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--help"], ["transcode", "--help"], ["probe", "--help"]])
def test_help(arguments):
    result = sluice.run(*arguments)
    assert result.returncode == 0 and len(result.stdout.splitlines()) > 3 and result.stderr == ""


def test_version():
    result = sluice.run("--version")
    assert result.returncode == 0 and result.stdout.strip()


def test_a_user_and_a_token_made_on_the_command_line(servers):
    server = servers("--allow-signup=false")
    data = ["--data", server.data]
    added = sluice.run("user", "add", "ops@example.com", "--password-stdin", *data, input="correct horse battery\n")
    assert added.returncode == 0, added.stderr
    anyone = api.Client(server)
    anyone("POST", "/api/auth/login", email="ops@example.com", password="correct horse battery", expect=200)
    created = sluice.run("token", "create", "--user", "ops@example.com", *data)
    assert created.returncode == 0, created.stderr
    token = created.stdout.split()[-1]
    assert api.Client(server, token)("GET", "/api/auth/me", expect=200).json()["email"] == "ops@example.com"
    again = sluice.run("user", "add", "OPS@example.com", "--password-stdin", *data, input="correct horse battery\n")
    assert again.returncode > 0 and len(again.stderr.strip().splitlines()) == 1
    unknown = sluice.run("token", "create", "--user", "nobody@example.com", *data)
    assert unknown.returncode > 0 and unknown.stdout == ""
