-- The queue of imports, and what became of them. Times: _ms milliseconds since 1970, UTC.

ALTER TABLE media ADD COLUMN size_bytes   INTEGER;                      -- of what was imported
ALTER TABLE media ADD COLUMN content_type TEXT;
ALTER TABLE media ADD COLUMN variants     TEXT    NOT NULL DEFAULT '[]';  -- JSON: file, size, bytes, width, height
ALTER TABLE media ADD COLUMN blurhash     TEXT;
ALTER TABLE media ADD COLUMN due_ms       INTEGER NOT NULL DEFAULT 0;   -- not to be tried before
ALTER TABLE media ADD COLUMN held_ms      INTEGER;                      -- until when a worker has it
ALTER TABLE media ADD COLUMN token        INTEGER NOT NULL DEFAULT 0;   -- of that worker's hold
ALTER TABLE media ADD COLUMN holds        INTEGER NOT NULL DEFAULT 0;   -- that ended in silence
ALTER TABLE media ADD COLUMN tries        INTEGER NOT NULL DEFAULT 0;   -- that failed
ALTER TABLE media ADD COLUMN crashes      INTEGER NOT NULL DEFAULT 0;   -- of what decodes
ALTER TABLE media ADD COLUMN ended_ms     INTEGER;
ALTER TABLE media ADD COLUMN external_id  TEXT;
ALTER TABLE media ADD COLUMN source       TEXT;     -- the file that was uploaded; the URL is then ''
ALTER TABLE media ADD COLUMN use          TEXT    NOT NULL DEFAULT 'avatar';  -- or photo

CREATE INDEX media_due ON media (agency_id, due_ms, id) WHERE status = 'pending';
CREATE INDEX media_held ON media (held_ms) WHERE status = 'processing';
CREATE INDEX media_awaited ON media (id)
WHERE status = 'pending' AND original_url = '' AND source IS NULL;
CREATE UNIQUE INDEX media_by_external_id ON media (agency_id, external_id)
WHERE external_id IS NOT NULL;

-- Users who were given a picture by its id. Whether they still have it, they know themselves.
CREATE TABLE media_use (
    media_id  INTEGER NOT NULL REFERENCES media,
    user_id   INTEGER NOT NULL REFERENCES portal_user,
    agency_id INTEGER NOT NULL,
    PRIMARY KEY (media_id, user_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE installation ADD COLUMN swept_ms INTEGER NOT NULL DEFAULT 0;  -- when files were, last

-- What upload tickets are signed with.
ALTER TABLE installation ADD COLUMN secret BLOB;
UPDATE installation SET secret = randomblob(32);
