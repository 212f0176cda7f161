-- Messages say when they were published, and why they are dead: rejected for this reason, or
-- (without one) delivered too often.
ALTER TABLE queue_messages ADD COLUMN published_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE queue_messages ADD COLUMN reason {{text}};
