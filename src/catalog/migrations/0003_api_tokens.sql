-- Tokens of people get an id that can be shown, may last for ever, and tell when they were last
-- used. A session has no id.
CREATE TABLE new_tokens (
  hash {{text}} PRIMARY KEY,
  user_id {{text}} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id {{text}} UNIQUE,
  label {{text}} NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT
);
INSERT INTO new_tokens (hash, user_id, id, label, created_at, expires_at)
  SELECT hash, user_id, CASE WHEN label = 'session' THEN NULL ELSE substr(hash, 1, 24) END, label,
    created_at, expires_at
  FROM tokens;
DROP TABLE tokens;
ALTER TABLE new_tokens RENAME TO tokens;
CREATE INDEX tokens_by_user ON tokens (user_id, created_at);
CREATE INDEX tokens_by_expiry ON tokens (expires_at);
