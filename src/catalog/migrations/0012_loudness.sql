-- What each audio task has measured, as JSON (video/loudness.h). What comes of all of them is in the
-- video's source.
CREATE TABLE loudness_parts (
  video_id {{text}} NOT NULL REFERENCES videos (id) ON DELETE CASCADE,
  track {{text}} NOT NULL,
  first_chunk INTEGER NOT NULL,
  part {{text}} NOT NULL,
  PRIMARY KEY (video_id, track, first_chunk)
) {{clustered}};
