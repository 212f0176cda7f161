"""How quick lists, searches and upkeep stay with a million videos on PostgreSQL."""
import base64
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

import api
from report import Figure
from server import Server

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/services"))
import postgresql  # noqa: E402

VIDEOS, TIMES = 1_000_000, 100
HOW = (f"PostgreSQL 15 with {VIDEOS:,} videos of 1,000 owners (80 in 100 of them public and complete) and as many tasks that are done, on the "
       f"same two cores; `sluice serve --workers 0` asked over one connection, {TIMES} times each: median and slowest of the "
       "whole request. The plan is what PostgreSQL's EXPLAIN says of the catalog's statement; "
       "the tests `WalksAnIndexForEveryQueryThatGrows` hold every such statement to it.")

FILL = """
SET synchronous_commit = off;
INSERT INTO users SELECT 'user' || n, 'owner' || n || '@example.com', 'owner' || n || '@example.com', '-', n
  FROM generate_series(1, 999) n;
INSERT INTO videos (id, user_id, title, title_folded, original_filename, status, visibility, created_at, updated_at, size_bytes,
  duration_seconds, width, height, frame_rate_num, frame_rate_den, playable, work_done, work_total)
  SELECT md5('video' || n), CASE n % 1000 WHEN 0 THEN '{owner}' ELSE 'user' || n % 1000 END, title, lower(title), 'film.mp4',
    CASE WHEN n % 50 = 0 THEN 'failed' ELSE 'complete' END,
    CASE n % 10 WHEN 0 THEN 'private' WHEN 1 THEN 'unlisted' ELSE 'public' END,
    1700000000000 + n::bigint * 1000, 1700000000000 + n::bigint * 1000, 50000000, 300, 1920, 1080, 25, 1, 0, 1, 1
  FROM (SELECT n, (ARRAY['Morning', 'Evening', 'Summer', 'Winter', 'Harbour', 'Mountain', 'River', 'Market', 'Concert',
      'Lecture'])[1 + n % 10] || ' ' || (ARRAY['walk', 'ride', 'train', 'sketch', 'lesson', 'interview', 'review'])[1 + n / 10 % 7]
      || ' no. ' || n AS title FROM generate_series(1, {videos}) n) AS titles;
INSERT INTO uploads (video_id, size_bytes, upload_id, part_size, expires_at, open)
  SELECT id, 50000000, '', 0, created_at, 0 FROM videos;
INSERT INTO tasks (id, video_id, kind, lane, tracks, first_chunk, end_chunk, work, state, failures, losses, published, fence,
  updated_at) SELECT 'task' || id, id, 'video', 'rest', '[]', 0, 1, 1, 'done', 0, 0, 1, 1, updated_at FROM videos;
VACUUM ANALYZE;
"""
PUBLIC = "SELECT id FROM videos WHERE status = 'complete' AND visibility = 'public'"
NEWEST = "ORDER BY created_at DESC, id DESC LIMIT 25"


def psql(url, sql):
    return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url], input=sql, check=True,
                          capture_output=True, text=True).stdout


def index_of(url, sql):
    """The index that PostgreSQL would walk."""
    plan = psql(url, "EXPLAIN " + sql)
    assert "Seq Scan" not in plan, plan
    return next(word for word in plan.split() if word.startswith("videos_"))


def timed(client, path):
    connection, target = api.connect(client.server.base + path)
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        connection.request("GET", target, headers={"Authorization": f"Bearer {client.token}"})
        response = connection.getresponse()
        body = response.read()
        taken.append((time.perf_counter() - began) * 1000)
        assert response.status == 200, body
    connection.close()
    return json.loads(body), f"{statistics.median(taken):.1f} ms; {max(taken):.1f} ms"


def cursor(number):
    return base64.urlsafe_b64encode(f"{1700000000000 + number * 1000}:m".encode()).decode().rstrip("=")


def measure(client, url):
    video = psql(url, f"{PUBLIC} LIMIT 1").strip()
    searches = {"frequent": "harbour", "rare": f"no. {VIDEOS - 5}", "nowhere": "nothing of the kind", "two letters": "zz"}
    cases = {
        "first page": ("/api/videos?limit=24", f"{PUBLIC} {NEWEST}"),
        "a page in the middle": (f"/api/videos?limit=24&cursor={cursor(VIDEOS // 2)}",
                                 f"{PUBLIC} AND (created_at, id) < (1700500000000, 'm') {NEWEST}"),
        "one's own (1,000), first page": ("/api/videos?mine=true&limit=24",
                                          f"SELECT id FROM videos WHERE user_id = 'user7' {NEWEST}"),
        "one video": (f"/api/videos/{video}", f"SELECT id FROM videos WHERE id = '{video}'"),
        "as a token's owner, nothing but who it is": ("/api/auth/me", None),
        **{f"search, {name}": (f"/api/videos?limit=24&q={urllib.parse.quote(text)}",
                               f"{PUBLIC} AND title_folded LIKE '%{text}%' {NEWEST}") for name, text in searches.items()},
        "readiness, which counts the tasks": ("/readyz", None),
    }
    for label, (path, sql) in cases.items():
        reply, taken = timed(client, path)
        if "page" in label or "frequent" in label:
            assert len(reply["videos"]) == 24, reply
        yield Figure(label + (f" ({index_of(url, sql)})" if sql else ""), taken)


def run(report, folder):
    with tempfile.TemporaryDirectory(prefix="sluice-", dir="/tmp") as services:  # readable for the server's user
        pathlib.Path(services).chmod(0o755)
        with postgresql.SERVICE(pathlib.Path(services) / "pg", settings=("max_wal_size=4GB",)) as database:
            report.add("A million videos", HOW, figures(folder, database.url))


def figures(folder, url):
    server = Server(folder / "server", "--database", url, "--workers", "0").start()
    try:
        client = api.Client.signed_up(server)
        owner = client("GET", "/api/auth/me").json()["id"]
        psql(url, FILL.format(owner=owner, videos=VIDEOS))
        return list(measure(client, url))
    finally:
        server.stop()
