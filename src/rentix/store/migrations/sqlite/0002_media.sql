-- The queue of imports, and what became of them. Times: _ms milliseconds since 1970, UTC.

ALTER TABLE media ADD COLUMN size_bytes   INTEGER;                      -- of what was imported
ALTER TABLE media ADD COLUMN content_type TEXT;
ALTER TABLE media ADD COLUMN variants     TEXT    NOT NULL DEFAULT '[]';  -- JSON: file, size, bytes
ALTER TABLE media ADD COLUMN blurhash     TEXT;
ALTER TABLE media ADD COLUMN due_ms       INTEGER NOT NULL DEFAULT 0;   -- not to be tried before
ALTER TABLE media ADD COLUMN held_ms      INTEGER;                      -- until when a worker has it
ALTER TABLE media ADD COLUMN token        INTEGER NOT NULL DEFAULT 0;   -- of that worker's hold
ALTER TABLE media ADD COLUMN holds        INTEGER NOT NULL DEFAULT 0;   -- that ended in silence
ALTER TABLE media ADD COLUMN tries        INTEGER NOT NULL DEFAULT 0;   -- that failed
ALTER TABLE media ADD COLUMN ended_ms     INTEGER;

CREATE INDEX media_due ON media (agency_id, due_ms, id) WHERE status = 'pending';
CREATE INDEX media_held ON media (held_ms) WHERE status = 'processing';
