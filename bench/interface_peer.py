"""The same four endpoints as one would write them with FastAPI, on the tables of Sluice: initiate, complete, list, detail.

Run by bench/interface.py: `uvicorn interface_peer:app`. Settings come from the environment.
"""
import base64
import datetime
import hashlib
import hmac
import json
import os
import pathlib
import secrets
import time
import urllib.parse

import asyncpg
from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel

DATABASE = os.environ["PEER_DATABASE_URL"]
POOL = int(os.environ["PEER_POOL"])
STORAGE = pathlib.Path(os.environ["PEER_STORAGE"])
BASE = os.environ["PEER_BASE"]
KEY = secrets.token_bytes(32)

app = FastAPI()
pool = None


@app.on_event("startup")
async def start():
    global pool
    pool = await asyncpg.create_pool(DATABASE, min_size=POOL, max_size=POOL)


class Initiate(BaseModel):
    filename: str
    size_bytes: int


class Complete(BaseModel):
    video_id: str


def now_ms():
    return int(time.time() * 1000)


def rfc3339(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc).isoformat(timespec="seconds")


def sign(path, expires):
    digest = hmac.new(KEY, f"{path}:{expires}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


async def user(authorization: str = Header("")):
    digest = hashlib.sha256(authorization.removeprefix("Bearer ").encode()).hexdigest()
    row = await pool.fetchrow("SELECT users.id, users.email FROM tokens JOIN users ON users.id = tokens.user_id "
                              "WHERE tokens.hash = $1 AND (tokens.expires_at IS NULL OR tokens.expires_at > $2)",
                              digest, now_ms())
    if row is None:
        raise HTTPException(401, "Sign in first.")
    return row["id"]


@app.post("/api/uploads/initiate", status_code=201)
async def initiate(body: Initiate, owner: str = Depends(user)):
    video, now = secrets.token_hex(12), now_ms()
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(
            "INSERT INTO videos (id, user_id, title, title_folded, original_filename, status, visibility, created_at,"
            " updated_at, size_bytes, playable, work_done, work_total) "
            "VALUES ($1, $2, $3, $4, $3, 'pending', 'public', $5, $5, $6, 0, 0, 0)",
            video, owner, body.filename, body.filename.lower(), now, body.size_bytes)
        await connection.execute("INSERT INTO uploads (video_id, size_bytes, upload_id, part_size, expires_at) "
                                 "VALUES ($1, $2, '', 0, $3)", video, body.size_bytes, now + 86_400_000)
    path, expires = f"/storage/uploads/videos/{video}/source/original", now // 1000 + 3600
    query = urllib.parse.urlencode({"expires": expires, "size": body.size_bytes, "signature": sign(path, expires)})
    return {"video_id": video, "status": "pending",
            "upload": {"type": "single", "method": "PUT", "url": f"{BASE}{path}?{query}", "headers": {},
                       "expires_at": rfc3339(expires * 1000)}}


@app.post("/api/uploads/complete", status_code=202)
async def complete(body: Complete, owner: str = Depends(user)):
    row = await pool.fetchrow("SELECT videos.user_id, videos.status, uploads.size_bytes FROM videos "
                              "JOIN uploads ON uploads.video_id = videos.id WHERE videos.id = $1", body.video_id)
    if row is None or row["user_id"] != owner:
        raise HTTPException(404, "There is no such video.")
    if row["status"] == "pending":
        source = STORAGE / "videos" / body.video_id / "source/original"
        if not source.exists() or source.stat().st_size != row["size_bytes"]:
            raise HTTPException(409, "The file's bytes are not here yet.")
        now = now_ms()
        async with pool.acquire() as connection, connection.transaction():
            moved = await connection.execute("UPDATE videos SET status = 'queued', updated_at = $2 "
                                             "WHERE id = $1 AND status = 'pending'", body.video_id, now)
            if moved == "UPDATE 1":
                await connection.execute(
                    "INSERT INTO tasks (id, video_id, kind, lane, tracks, first_chunk, end_chunk, work, state, failures,"
                    " losses, published, fence, updated_at) "
                    "VALUES ($1, $2, 'prepare', 'first', '[]', 0, 0, 0, 'done', 0, 0, 1, 0, $3)",
                    secrets.token_hex(12), body.video_id, now)
    return {"video_id": body.video_id, "status": "queued"}


def describe(row, now):
    expires = now // 1000 + 900
    hls = f"{BASE}/play/{sign(row['id'], expires)}.{expires}/master.m3u8" if row["playable"] else None
    return {
        "id": row["id"], "user_id": row["user_id"], "title": row["title"],
        "original_filename": row["original_filename"], "status": row["status"], "visibility": row["visibility"],
        "created_at": rfc3339(row["created_at"]), "updated_at": rfc3339(row["updated_at"]),
        "size_bytes": row["size_bytes"], "duration_seconds": row["duration_seconds"], "width": row["width"],
        "height": row["height"],
        "frame_rate": row["frame_rate_num"] / row["frame_rate_den"] if row["frame_rate_den"] else None,
        "progress": row["work_done"] / row["work_total"] if row["work_total"] else 0, "eta_seconds": None,
        "playable": bool(row["playable"]), "error": None,
        "playback": {"hls": hls, "dash": None, "expires_at": rfc3339(expires * 1000)} if hls else None,
        "renditions": [], "poster": None, "storyboard": None, "tracks": []}


@app.get("/api/videos")
async def list_videos(limit: int = 24, cursor: str = ""):
    where, arguments = "", [limit + 1]
    if cursor:
        created_at, video = json.loads(base64.urlsafe_b64decode(cursor))
        where, arguments = "AND (created_at, id) < ($2, $3)", [limit + 1, created_at, video]
    rows = await pool.fetch("SELECT * FROM videos WHERE status = 'complete' AND visibility = 'public' "
                            f"{where} ORDER BY created_at DESC, id DESC LIMIT $1", *arguments)
    now, following = now_ms(), None
    if len(rows) > limit:
        rows = rows[:limit]
        following = base64.urlsafe_b64encode(json.dumps([rows[-1]["created_at"], rows[-1]["id"]]).encode()).decode()
    return JSONResponse({"videos": [describe(row, now) for row in rows], "next_cursor": following})


@app.get("/api/videos/{video}")
async def detail(video: str):
    row = await pool.fetchrow("SELECT * FROM videos WHERE id = $1", video)
    if row is None or row["visibility"] == "private":
        raise HTTPException(404, "There is no such video.")
    return JSONResponse(describe(row, now_ms()))
