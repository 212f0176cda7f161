-- Where the first picture of a segment ends, for I-frame playlists; 0 where nobody looked.
ALTER TABLE segments ADD COLUMN first_sample_end_bytes BIGINT NOT NULL DEFAULT 0;
