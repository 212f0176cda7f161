-- How many samples a segment was found to have when it was read back; 0: not known.
ALTER TABLE segments ADD COLUMN sample_count INTEGER NOT NULL DEFAULT 0;
