-- Uploads that were never completed are few among those that were.
ALTER TABLE uploads ADD COLUMN open INTEGER NOT NULL DEFAULT 1;
UPDATE uploads SET open = 0
  WHERE EXISTS (SELECT 1 FROM tasks WHERE tasks.video_id = uploads.video_id);
CREATE INDEX uploads_open ON uploads (expires_at) WHERE open = 1;

-- Searching in titles. Where the extension can't be had, a search reads the titles one by one.
{{postgresql}} DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; CREATE INDEX videos_by_title ON videos USING gin (title_folded gin_trgm_ops); EXCEPTION WHEN OTHERS THEN RAISE WARNING 'no index for searching in titles: %', SQLERRM; END $$;
