-- Several processes publish tasks: those that one of them is busy with are left alone until then.
ALTER TABLE tasks ADD COLUMN publish_after BIGINT NOT NULL DEFAULT 0;

-- A big library has a hundred times as many tasks that are done as videos. Indexes over those that
-- are not stay small, and a task that is done is in none of them.
DROP INDEX tasks_by_lease;
DROP INDEX tasks_outbox;
CREATE INDEX tasks_leased ON tasks (lease_until) WHERE state = 'running';
CREATE INDEX tasks_unpublished ON tasks (number) WHERE state = 'waiting' AND published = 0;
CREATE INDEX tasks_published ON tasks (updated_at) WHERE state = 'waiting' AND published = 1;
CREATE INDEX tasks_backlog ON tasks (state, lane, work) WHERE state IN ('waiting', 'running', 'failed');

-- What all processes of an installation must agree on, in Base64.
CREATE TABLE installation_secrets (
  name {{text}} PRIMARY KEY,
  value {{text}} NOT NULL
);
