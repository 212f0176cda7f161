-- Whom to tell of the events of a user's videos. Nobody else sends to it before free_at.
CREATE TABLE webhooks (
  id {{text}} PRIMARY KEY,
  user_id {{text}} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  url {{text}} NOT NULL,
  description {{text}} NOT NULL,
  events {{text}} NOT NULL,
  enabled INTEGER NOT NULL,
  disabled_reason {{text}},
  secret {{text}} NOT NULL,
  previous_secret {{text}},
  previous_secret_until BIGINT,
  created_at BIGINT NOT NULL,
  free_at BIGINT NOT NULL,
  fence BIGINT NOT NULL,
  failures_in_row INTEGER NOT NULL,
  failing_since BIGINT
);
CREATE INDEX webhooks_by_user ON webhooks (user_id, created_at, id);

-- One row for each event and webhook: the outbox and, later, the log. No references: they outlive
-- their videos, and a webhook that goes away at the same moment must not undo what a video did.
CREATE TABLE webhook_deliveries (
  number {{identity}},
  webhook_id {{text}} NOT NULL,
  event_id {{text}} NOT NULL,
  video_id {{text}} NOT NULL,
  type {{text}} NOT NULL,
  body {{text}} NOT NULL,
  created_at BIGINT NOT NULL,
  state {{text}} NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
  attempts INTEGER NOT NULL,
  next_attempt_at BIGINT NOT NULL,
  last_attempt_at BIGINT,
  last_status INTEGER,
  last_error {{text}},
  UNIQUE (webhook_id, event_id)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (state, next_attempt_at, webhook_id);
CREATE INDEX webhook_deliveries_of_webhook
  ON webhook_deliveries (webhook_id, state, next_attempt_at, number);
CREATE INDEX webhook_deliveries_log ON webhook_deliveries (webhook_id, number);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (created_at);
