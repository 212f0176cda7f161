-- What the source is, and what its owner should know about the video: both JSON as the API shows it.
ALTER TABLE videos ADD COLUMN source {{text}};
ALTER TABLE videos ADD COLUMN notes {{text}};
