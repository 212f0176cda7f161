"""Starting, stopping, watching: what an operator sees."""
import json
import re
import signal
import socket
import sqlite3
import subprocess
import time

import pytest

import api
import server as sluice
from server import MEDIA, until


def test_ready_soon_and_says_where(tmp_path):
    server = sluice.Server(tmp_path)
    began = time.monotonic()
    server.start()
    assert time.monotonic() - began < 2  # `script/bench` measures it; this is for a busy machine
    said = [line for line in server.log_text().splitlines() if server.base in line]
    assert len(said) == 1, server.log_text()
    assert server.stop() == 0
    assert server.data.is_dir()


def test_health_and_readiness(anyone):
    for path in ("/healthz", "/readyz"):
        assert anyone("GET", path).status == 200
        assert anyone("HEAD", path).status == 200


def test_metrics_have_the_promised_names(client):
    client.completed(client.upload(MEDIA / "tiny_64x64_edit_list.mp4"))
    reply = client("GET", "/metrics")
    assert reply.status == 200 and reply.headers["content-type"].startswith("text/plain")
    text = reply.body.decode()
    names = set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))
    for name in ("sluice_queue_depth", "sluice_tasks", "sluice_http_requests_total",
                 "sluice_http_request_duration_seconds"):
        assert name in names, sorted(names)
    assert any("encode" in name for name in names), sorted(names)
    for line in text.splitlines():
        assert line.startswith("#") or re.fullmatch(r'[a-zA-Z_:][\w:]*(\{.*\})? \S+( \d+)?', line), line
    # One series for a route, however many videos there are.
    assert not re.search(r'="[^"]*/api/videos/[a-z2-7]{24}', text)


def test_the_interface_describes_itself(anyone):
    openapi = anyone("GET", "/api/openapi.json", expect=200).json()
    assert openapi["openapi"].startswith("3.")
    described = {(method.upper(), re.sub(r"\{\w+\}", "*", path)) for path, methods in openapi["paths"].items()
                 for method in methods if method in ("get", "post", "put", "patch", "delete")}
    for method, path in (("POST", "/api/auth/signup"), ("POST", "/api/auth/login"), ("POST", "/api/auth/logout"),
                         ("GET", "/api/auth/me"), ("POST", "/api/uploads/initiate"), ("POST", "/api/uploads/parts"),
                         ("GET", "/api/uploads/*"), ("POST", "/api/uploads/complete"), ("DELETE", "/api/uploads/*"),
                         ("GET", "/api/videos"), ("GET", "/api/videos/*"), ("PATCH", "/api/videos/*"),
                         ("DELETE", "/api/videos/*"), ("POST", "/api/videos/*/retry"),
                         ("GET", "/api/videos/*/events"), ("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics")):
        assert (method, path) in described, (method, path)


def test_sigterm_ends_it_cleanly_and_the_work_goes_on_after_a_start(servers):
    server = servers("--threads", "1")
    client = api.Client.signed_up(server)
    video_id = client.upload(MEDIA / "car-detection.mp4")
    with client.events(video_id) as events:
        next(event for event in events if event["progress"] > 0)
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 10
    before = {name: path.read_bytes() for name, path in server.objects(video_id).items()}
    assert before and not list(server.data.rglob("*.tmp"))
    server.start()
    client.completed(video_id)
    after = server.objects(video_id)
    # Of the posters only the best is kept in the end.
    kept = {name: content for name, content in before.items() if name in after or "/poster-" not in name}
    assert all(after[name].read_bytes() == content for name, content in kept.items())


def test_logs_follow_one_video_through_its_tasks(servers):
    server = servers("--log-format", "json")
    client = api.Client.signed_up(server)
    video_id = client.upload(MEDIA / "tiny_64x64_edit_list.mp4")
    client.completed(video_id)
    server.stop()
    lines = [json.loads(line) for line in server.log_text().splitlines() if line.startswith("{")]
    assert all({"time", "level", "message"} <= set(line) for line in lines)
    about = [line for line in lines if line.get("video_id") == video_id]
    assert {"prepare", "video", "finish"} <= {line.get("kind") for line in about}
    assert not [line for line in lines if line["level"] in ("warn", "error")]


def test_no_secret_is_logged(servers):
    server = servers()
    client = api.Client.signed_up(server)
    video = client.completed(client.upload(MEDIA / "pcm_mono.wav"))
    api.fetch(video["playback"]["hls"])
    client("GET", "/api/auth/me", headers={"Authorization": "Bearer leaked-if-logged"})
    server.stop()
    play_token = video["playback"]["hls"].split("/play/")[1].split("/")[0]
    for secret in (client.token, "correct horse", play_token, "leaked-if-logged"):
        assert secret not in server.log_text()


def refused(*arguments, **options):
    """A start that has to fail at once, with one clear line."""
    result = sluice.run("serve", *arguments, timeout=20, **options)
    assert result.returncode not in (0, None) and result.returncode > 0, result
    lines = (result.stdout + result.stderr).strip().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_a_port_that_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = refused("--listen", f"127.0.0.1:{port}", "--data", tmp_path / "data")
    assert str(port) in line


def test_a_folder_that_cannot_be_written(tmp_path):
    # Not even root makes folders in /proc, nor below a file.
    (tmp_path / "file").write_text("")
    for data in ("/proc/sluice-data", tmp_path / "file" / "data"):
        assert str(data) in refused("--listen", "127.0.0.1:0", "--data", data)


@pytest.mark.parametrize("flags", [["--no-such-flag"], ["--listen", "nonsense"], ["--listen", "127.0.0.1:99999"],
                                   ["--workers", "many"], ["--workers", "-1"], ["--playback-ttl", "soon"],
                                   ["--playback-ttl", "-5m"], ["--max-upload-bytes", "x"], ["--log-format", "xml"],
                                   ["--database", "oracle://x"], ["--queue", "nonsense"], ["--threads", "0x"]])
def test_a_flag_that_is_wrong(tmp_path, flags):
    base = [] if "--listen" in flags else ["--listen", "127.0.0.1:0"]
    line = refused("--data", tmp_path / "data", *base, *flags)
    assert flags[0] in line or flags[-1] in line, line


def test_settings_come_from_the_environment_too(tmp_path):
    port = sluice.free_port()
    environment = sluice.environment() | {"SLUICE_LISTEN": f"127.0.0.1:{port}", "SLUICE_DATA": str(tmp_path / "data")}
    process = subprocess.Popen([sluice.BINARY, "serve"], env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, cwd=tmp_path)
    try:
        def answers():
            try:
                return api.fetch(f"http://127.0.0.1:{port}/healthz").status == 200
            except OSError:
                return False
        until(answers, "an answer")
        assert (tmp_path / "data").is_dir()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_a_database_of_a_newer_version_is_left_alone(tmp_path):
    server = sluice.Server(tmp_path).start()
    server.stop()
    path = server.data / "sluice.db"
    with sqlite3.connect(path) as database:
        tables = [name for name, in database.execute("select name from sqlite_master where type = 'table'")]
        table = next(name for name in tables if "migration" in name or "schema" in name)
        column = database.execute(f"pragma table_info({table})").fetchall()[0][1]
        newest = database.execute(f"select max({column}) from {table}").fetchone()[0]
        database.execute(f"update {table} set {column} = ? where {column} = ?", (newest + 1000, newest))
    database.close()
    line = refused("--listen", "127.0.0.1:0", "--data", server.data)
    assert "newer" in line


def test_two_servers_do_not_share_one_data_folder(servers):
    server = servers()
    refused("--listen", "127.0.0.1:0", "--data", server.data)
    assert server.alive() and api.Client(server)("GET", "/readyz").status == 200


def test_the_data_folder_is_its_owners_alone(servers):
    server = servers()
    assert server.data.stat().st_mode & 0o077 == 0


def test_workers_zero_is_an_api_only(servers):
    server = servers("--workers", "0")
    client = api.Client.signed_up(server)
    video_id = client.upload(MEDIA / "pcm_mono.wav")
    assert client.video(video_id)["status"] == "queued"
    server.stop()
    assert not list(server.objects(video_id))
    server.flags = ()
    server.start()
    client.completed(video_id)
