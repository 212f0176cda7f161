-- Bytes of all objects of a text track together; 0 in rows of older versions.
ALTER TABLE text_tracks ADD COLUMN size_bytes BIGINT NOT NULL DEFAULT 0;
