-- Shared by SQLite and PostgreSQL. Words in {{…}} are filled in from SqlDialect; a statement ends
-- with a semicolon at the end of a line. Times are milliseconds since 1970 (UTC).

CREATE TABLE users (
  id {{text}} PRIMARY KEY,
  email {{text}} NOT NULL,
  email_folded {{text}} NOT NULL UNIQUE,
  password_hash {{text}} NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE tokens (
  hash {{text}} PRIMARY KEY,
  user_id {{text}} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  label {{text}} NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX tokens_by_user ON tokens (user_id);
CREATE INDEX tokens_by_expiry ON tokens (expires_at);

CREATE TABLE videos (
  id {{text}} PRIMARY KEY,
  user_id {{text}} NOT NULL REFERENCES users (id),
  title {{text}} NOT NULL,
  title_folded {{text}} NOT NULL,
  original_filename {{text}} NOT NULL,
  status {{text}} NOT NULL
    CHECK (status IN ('pending', 'queued', 'processing', 'complete', 'failed')),
  visibility {{text}} NOT NULL CHECK (visibility IN ('public', 'unlisted', 'private')),
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
  error_code {{text}},
  error_message {{text}}
);
CREATE INDEX videos_listed ON videos (status, visibility, created_at, id, title_folded);
CREATE INDEX videos_by_user ON videos (user_id, created_at, id, title_folded);

CREATE TABLE uploads (
  video_id {{text}} PRIMARY KEY REFERENCES videos (id) ON DELETE CASCADE,
  size_bytes BIGINT NOT NULL,
  upload_id {{text}} NOT NULL,
  part_size BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE TABLE plans (
  video_id {{text}} PRIMARY KEY REFERENCES videos (id) ON DELETE CASCADE,
  plan_json {{text}} NOT NULL
);

-- Tracks whose first segments make the video playable: any of kind 'video', all of kind 'audio'.
CREATE TABLE opening_tracks (
  video_id {{text}} NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  track {{text}} NOT NULL,
  kind {{text}} NOT NULL CHECK (kind IN ('video', 'audio')),
  PRIMARY KEY (video_id, track)
) {{clustered}};

CREATE TABLE segments (
  video_id {{text}} NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  track {{text}} NOT NULL,
  segment_index INTEGER NOT NULL,
  start_ticks BIGINT NOT NULL,
  duration_ticks BIGINT NOT NULL,
  size_bytes BIGINT NOT NULL,
  work DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (video_id, track, segment_index)
) {{clustered}};

CREATE TABLE tasks (
  number {{identity}},
  id {{text}} NOT NULL UNIQUE,
  video_id {{text}} NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  kind {{text}} NOT NULL CHECK (kind IN ('prepare', 'video', 'audio', 'images', 'finish')),
  lane {{text}} NOT NULL CHECK (lane IN ('first', 'rest')),
  tracks {{text}} NOT NULL,
  first_chunk INTEGER NOT NULL,
  end_chunk INTEGER NOT NULL,
  work DOUBLE PRECISION NOT NULL,
  state {{text}} NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'canceled')),
  failures INTEGER NOT NULL,
  losses INTEGER NOT NULL,
  published INTEGER NOT NULL,
  worker {{text}},
  fence BIGINT NOT NULL,
  lease_until BIGINT,
  updated_at BIGINT NOT NULL
);
CREATE INDEX tasks_by_video ON tasks (video_id, state, kind);
CREATE INDEX tasks_by_lease ON tasks (state, lease_until);
CREATE INDEX tasks_outbox ON tasks (state, published, number);

CREATE TABLE removed_videos (
  video_id {{text}} PRIMARY KEY,
  removed_at BIGINT NOT NULL
);

-- The queue that needs no broker. A message is dead when it was delivered too often and nobody
-- holds it.
CREATE TABLE queue_messages (
  number {{identity}},
  lane INTEGER NOT NULL,
  body {{text}} NOT NULL,
  deliveries INTEGER NOT NULL,
  handouts BIGINT NOT NULL,
  held INTEGER NOT NULL,
  visible_at BIGINT NOT NULL
);
CREATE INDEX queue_messages_in_order ON queue_messages (lane, number);
CREATE INDEX queue_messages_by_time ON queue_messages (visible_at);
