-- The best poster so far: the object's name behind the video's prefix, and how it compares.
ALTER TABLE videos ADD COLUMN poster {{text}};
ALTER TABLE videos ADD COLUMN poster_rank DOUBLE PRECISION;
