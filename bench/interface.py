"""Requests per second of initiate, complete, list and detail on PostgreSQL, beside FastAPI and uvicorn."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import api
import footage
from process import Run
from report import Figure
from server import MEDIA, Server, free_port, until

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/services"))
import postgresql  # noqa: E402

SECONDS, CONNECTIONS, POOL = 4, 16, 8
COPIES = 200
HOW = (f"`wrk -t1 -c{CONNECTIONS} -d{SECONDS}s` on the same two cores as everything else, in turns, twice each (means); PostgreSQL 15 with "
       "fsync on; Sluice as one API process (`--workers 0`, `pool=8`); beside it bench/interface_peer.py: FastAPI 0.92 and uvicorn "
       "0.17.6 of Debian 12 (asyncpg, no uvloop, no httptools: a pip installation with both is faster), one process with as many "
       "connections, on the same tables. (With --workers every answer takes some 40 ms, as if a delayed acknowledgement were waited "
       f"for.) List: 24 of 1,000 complete videos. Detail: complete public videos, one of them and {COPIES} in turns. The peer reads the "
       "row for each request; Sluice reads it after the request has come, together with those of requests that came while the read "
       "before was under way.")
VIDEOS = 12000

POST = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer {token}"
local bodies = {{}}
for line in io.lines("{bodies}") do bodies[#bodies + 1] = line end
local at = 0
request = function()
  at = at % #bodies + 1
  return wrk.format(nil, nil, nil, bodies[at])
end
"""


SEVERAL = """
local at = 0
request = function()
  at = at % {count} + 1
  return wrk.format("GET", "/api/videos/copy" .. at)
end
"""

# About 800 requests a second, so that what is measured is how long an answer takes and not how many there are.
PACED = """
function delay()
  return math.random(10, 30)
end
"""


class Peer:
    def __init__(self, folder, database):
        self.port = free_port()
        self.storage = folder / "peer-storage"
        self.storage.mkdir()
        self.process = subprocess.Popen(
            ["/usr/bin/python3", "-m", "uvicorn", "interface_peer:app", "--host", "127.0.0.1", "--port", str(self.port),
             "--no-access-log", "--log-level", "warning"],
            cwd=pathlib.Path(__file__).parent, start_new_session=True,
            env={**os.environ, "PEER_DATABASE_URL": database, "PEER_POOL": str(POOL),
                 "PEER_STORAGE": str(self.storage), "PEER_BASE": self.base})
        until(self.ready, "uvicorn")

    @property
    def base(self):
        return f"http://127.0.0.1:{self.port}"

    def ready(self):
        try:
            return api.fetch(self.base + "/api/videos").status == 200
        except OSError:
            return False

    def stop(self):
        os.killpg(self.process.pid, 15)
        self.process.wait()


def wrk(url, script=None, seconds=SECONDS):
    """Requests per second and the 99th percentile in ms."""
    arguments = ["-s", script] if script else []
    output = Run("/usr/bin/wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", *arguments, url).output
    assert "Socket errors" not in output and "Non-2xx" not in output, output
    number, unit = re.search(r"99%\s+([0-9.]+)(us|ms|s)", output).groups()
    return (float(re.search(r"Requests/sec:\s+([0-9.]+)", output)[1]),
            float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit])


def script(folder, name, token, bodies):
    lines, path = folder / f"{name}.txt", folder / f"{name}.lua"
    lines.write_text("\n".join(bodies) + "\n")
    path.write_text(POST.format(token=token, bodies=lines))
    return path


def pending_videos(database, owner, storages, prefix):
    """Uploads whose bytes are there, so that only `complete` is missing."""
    ids = [f"{prefix}{number:020d}" for number in range(VIDEOS)]
    sql = (f"INSERT INTO videos (id, user_id, title, title_folded, original_filename, status, visibility, created_at, updated_at,"
           f" size_bytes, playable, work_done, work_total) SELECT '{prefix}' || lpad(n::text, 20, '0'), '{owner}', 'v', 'v', 'v.mp4',"
           f" 'pending', 'public', 1, 1, 1, 0, 0, 0 FROM generate_series(0, {VIDEOS - 1}) n; "
           "INSERT INTO uploads (video_id, size_bytes, upload_id, part_size, expires_at) SELECT id, 1, '', 0, 99999999999999 "
           f"FROM videos WHERE id LIKE '{prefix}%';")
    psql(database, sql)
    for video in ids:
        source = storages / "videos" / video / "source"
        source.mkdir(parents=True)
        (source / "original").write_bytes(b"x")
    return [f'{{"video_id":"{video}"}}' for video in ids]


def psql(database, sql):
    return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql], check=True,
                          capture_output=True, text=True).stdout.strip()


def copies(database, video):
    """Complete videos like this one, so that each is described from a row, a plan and segments of its own."""
    def copy(table, key):
        columns = psql(database, f"SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE table_name = '{table}'"
                                 f" AND column_name <> '{key}'")
        return (f"INSERT INTO {table} ({key}, {columns}) SELECT 'copy' || n, {columns} FROM {table}, generate_series(1, {COPIES}) n"
                f" WHERE {key} = '{video}'; ")
    psql(database, copy("videos", "id") + copy("plans", "video_id") + copy("segments", "video_id"))


def compare(report_rows, label, ours, theirs, target=None):
    """`ours` and `theirs` each return requests per second and p99."""
    rounds = [(theirs(number), ours(number)) for number in range(2)]
    a, b = (sum(pair[side][0] for pair in rounds) / len(rounds) for side in (1, 0))
    p, q = (max(pair[side][1] for pair in rounds) for side in (1, 0))
    report_rows.append(Figure(f"{label}: requests per second; p99", f"{a:,.0f}; {p:.1f} ms", f"{b:,.0f}; {q:.1f} ms", a / b, target,
                              target is not None))


def run(report, folder):
    services = pathlib.Path(tempfile.mkdtemp(prefix="sluice-", dir="/tmp"))
    services.chmod(0o755)
    peer = server = worker = None
    database = postgresql.SERVICE(services / "pg", durable=True)
    try:
        database.start()
        url = database.environment()["SLUICE_TEST_POSTGRESQL"]
        server = Server(folder / "server", "--database", url, "--workers", "0", "--threads", "2").start()
        client = api.Client.signed_up(server)
        owner = client("GET", "/api/auth/me").json()["id"]
        video = client.upload(MEDIA / "odd_161x121.webm")
        worker = subprocess.Popen([server_binary(), "worker", "--database", url, "--data", server.data],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        client.completed(video)
        worker.terminate()
        worker.wait()
        psql(url, f"INSERT INTO videos (id, user_id, title, title_folded, original_filename, status, visibility, created_at,"
                  f" updated_at, size_bytes, duration_seconds, width, height, frame_rate_num, frame_rate_den, playable, work_done,"
                  f" work_total) SELECT 'listed' || n, '{owner}', 'Video ' || n, 'video ' || n, 'v.mp4', 'complete', 'public', n, n, 1,"
                  " 60, 1920, 1080, 25, 1, 1, 1, 1 FROM generate_series(1, 1000) n")
        peer = Peer(folder, url)
        rows = []
        token = client.token
        detail = f"/api/videos/{video}"
        assert client("GET", detail).json()["playback"] and api.fetch(peer.base + detail).json()["playback"]
        compare(rows, "detail of one video", lambda _: wrk(server.base + detail), lambda _: wrk(peer.base + detail), 10)
        listing = "/api/videos?limit=24"
        compare(rows, "list", lambda _: wrk(server.base + listing), lambda _: wrk(peer.base + listing))
        copies(url, video)
        several = folder / "several.lua"
        several.write_text(SEVERAL.format(count=COPIES))
        compare(rows, f"detail of {COPIES} videos in turns", lambda _: wrk(server.base, several), lambda _: wrk(peer.base, several), 10)
        begin = script(folder, "initiate", token, ['{"filename":"film.mp4","size_bytes":1000}'])
        initiate = "/api/uploads/initiate"
        compare(rows, "initiate", lambda _: wrk(server.base + initiate, begin), lambda _: wrk(peer.base + initiate, begin))
        uploads = server.data / "objects/uploads"
        ends = {(side, number): script(folder, f"complete-{side}-{number}", token,
                                       pending_videos(url, owner, storage, f"{side}{number}"))
                for side, storage in (("o", uploads), ("t", peer.storage)) for number in range(2)}
        complete = "/api/uploads/complete"
        compare(rows, f"complete (of {VIDEOS} uploads)", lambda n: wrk(server.base + complete, ends["o", n]),
                lambda n: wrk(peer.base + complete, ends["t", n]))
        peer.stop()
        peer = None
        psql(url, "DELETE FROM tasks; DELETE FROM queue_messages")
        paced = folder / "paced.lua"
        paced.write_text(PACED)
        rows += busy(client, server, url, detail, paced)
        report.add("The interface beside FastAPI", HOW, rows)
    finally:
        for process in (worker,):
            if process and process.poll() is None:
                process.terminate()
                process.wait()
        if peer:
            peer.stop()
        if server:
            server.stop()
        database.stop()
        shutil.rmtree(services, ignore_errors=True)


def server_binary():
    from server import BINARY
    return BINARY


def busy(client, server, url, detail, paced):
    """The 99th percentile while both cores encode / while nothing else happens."""
    def measure():
        return wrk(server.base + detail)[1], wrk(server.base + detail, paced)[1]
    idle = measure()
    video = client.upload(footage.clip(60))
    worker = subprocess.Popen([server_binary(), "worker", "--database", url, "--data", server.data, "--threads", "2"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: client.video(video)["progress"] > 0.05, "the encoders to be busy", 60)
        loaded = measure()
        assert client.video(video)["status"] == "processing", "it has to be busy to the end"
    finally:
        worker.terminate()
        worker.wait()
    return [Figure(f"p99 of detail while both cores encode / idle, {how}", f"{busy:.2f} ms", f"{calm:.2f} ms", busy / calm, 3)
            for how, busy, calm in zip(("as many requests as can be", "about 800 a second"), loaded, idle)]
