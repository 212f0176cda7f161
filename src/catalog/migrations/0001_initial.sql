-- Shared by SQLite and PostgreSQL. Words in {{…}} are filled in from SqlDialect; a statement ends
-- with a semicolon at the end of a line. Times are milliseconds since 1970 (UTC).

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  email TEXT NOT NULL,
  email_folded TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE tokens (
  hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX tokens_by_user ON tokens (user_id);
CREATE INDEX tokens_by_expiry ON tokens (expires_at);

CREATE TABLE videos (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  title TEXT NOT NULL,
  title_folded TEXT NOT NULL,
  original_filename TEXT NOT NULL,
  status TEXT NOT NULL
    CHECK (status IN ('pending', 'queued', 'processing', 'complete', 'failed')),
  visibility TEXT NOT NULL CHECK (visibility IN ('public', 'unlisted', 'private')),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  size_bytes BIGINT NOT NULL,
  duration_seconds DOUBLE PRECISION,
  width INTEGER,
  height INTEGER,
  frame_rate_num BIGINT,
  frame_rate_den BIGINT,
  playable INTEGER NOT NULL,
  work_done DOUBLE PRECISION NOT NULL,
  work_total DOUBLE PRECISION NOT NULL,
  started_at BIGINT,
  error_code TEXT,
  error_message TEXT
);
CREATE INDEX videos_listed ON videos (status, visibility, created_at, id, title_folded);
CREATE INDEX videos_by_user ON videos (user_id, created_at, id, title_folded);

CREATE TABLE uploads (
  video_id TEXT PRIMARY KEY REFERENCES videos (id) ON DELETE CASCADE,
  size_bytes BIGINT NOT NULL,
  upload_id TEXT NOT NULL,
  part_size BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE TABLE plans (
  video_id TEXT PRIMARY KEY REFERENCES videos (id) ON DELETE CASCADE,
  plan_json TEXT NOT NULL
);

-- Tracks whose first segments make the video playable: any of kind 'video', all of kind 'audio'.
CREATE TABLE opening_tracks (
  video_id TEXT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  track TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('video', 'audio')),
  PRIMARY KEY (video_id, track)
) {{clustered}};

CREATE TABLE segments (
  video_id TEXT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  track TEXT NOT NULL,
  segment_index INTEGER NOT NULL,
  start_ticks BIGINT NOT NULL,
  duration_ticks BIGINT NOT NULL,
  size_bytes BIGINT NOT NULL,
  work DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (video_id, track, segment_index)
) {{clustered}};

CREATE TABLE tasks (
  number {{identity}},
  id TEXT NOT NULL UNIQUE,
  video_id TEXT NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('prepare', 'video', 'audio', 'images', 'finish')),
  lane TEXT NOT NULL CHECK (lane IN ('first', 'rest')),
  tracks TEXT NOT NULL,
  first_chunk INTEGER NOT NULL,
  end_chunk INTEGER NOT NULL,
  work DOUBLE PRECISION NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'canceled')),
  failures INTEGER NOT NULL,
  losses INTEGER NOT NULL,
  published INTEGER NOT NULL,
  worker TEXT,
  fence BIGINT NOT NULL,
  lease_until BIGINT,
  updated_at BIGINT NOT NULL
);
CREATE INDEX tasks_by_video ON tasks (video_id, state, kind);
CREATE INDEX tasks_by_lease ON tasks (state, lease_until);
CREATE INDEX tasks_outbox ON tasks (state, published, number);

CREATE TABLE removed_videos (
  video_id TEXT PRIMARY KEY,
  removed_at BIGINT NOT NULL
);

-- The queue that needs no broker. A message is dead when it was delivered too often and nobody
-- holds it.
CREATE TABLE queue_messages (
  number {{identity}},
  lane INTEGER NOT NULL,
  body TEXT NOT NULL,
  deliveries INTEGER NOT NULL,
  handouts BIGINT NOT NULL,
  held INTEGER NOT NULL,
  visible_at BIGINT NOT NULL
);
CREATE INDEX queue_messages_in_order ON queue_messages (lane, number);
CREATE INDEX queue_messages_by_time ON queue_messages (visible_at);
