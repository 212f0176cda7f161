-- A new kind of task. SQLite can change the check of a column only by making the table again.
{{postgresql}} ALTER TABLE tasks DROP CONSTRAINT tasks_kind_check;
{{postgresql}} ALTER TABLE tasks ADD CONSTRAINT tasks_kind_check CHECK (kind IN ('prepare', 'video', 'audio', 'text', 'images', 'finish'));
{{sqlite}} CREATE TABLE tasks_with_text (
  number {{identity}},
  id {{text}} NOT NULL UNIQUE,
  video_id {{text}} NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  kind {{text}} NOT NULL CHECK (kind IN ('prepare', 'video', 'audio', 'text', 'images', 'finish')),
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
  updated_at BIGINT NOT NULL,
  publish_after BIGINT NOT NULL DEFAULT 0
);
{{sqlite}} INSERT INTO tasks_with_text SELECT number, id, video_id, kind, lane, tracks, first_chunk, end_chunk, work, state, failures, losses, published, worker, fence, lease_until, updated_at, publish_after FROM tasks;
{{sqlite}} DROP TABLE tasks;
{{sqlite}} ALTER TABLE tasks_with_text RENAME TO tasks;
{{sqlite}} CREATE INDEX tasks_by_video ON tasks (video_id, state, kind);
{{sqlite}} CREATE INDEX tasks_leased ON tasks (lease_until) WHERE state = 'running';
{{sqlite}} CREATE INDEX tasks_unpublished ON tasks (number) WHERE state = 'waiting' AND published = 0;
{{sqlite}} CREATE INDEX tasks_published ON tasks (updated_at) WHERE state = 'waiting' AND published = 1;
{{sqlite}} CREATE INDEX tasks_backlog ON tasks (state, lane, work) WHERE state IN ('waiting', 'running', 'failed');

-- Subtitles of a video whose objects are all stored.
CREATE TABLE text_tracks (
  video_id {{text}} NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  name {{text}} NOT NULL,
  kind {{text}} NOT NULL CHECK (kind IN ('subtitles', 'captions')),
  language {{text}} NOT NULL,
  label {{text}} NOT NULL,
  forced INTEGER NOT NULL,
  is_default INTEGER NOT NULL,
  from_source INTEGER NOT NULL,
  segment_seconds INTEGER NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (video_id, name)
) {{clustered}};
