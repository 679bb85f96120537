-- The queue of imports, and what became of them. Times: _ms milliseconds since 1970, UTC.

ALTER TABLE media
    ADD COLUMN size_bytes   bigint,                       -- of what was imported
    ADD COLUMN content_type text,
    ADD COLUMN variants     text    NOT NULL DEFAULT '[]',  -- JSON: file, size, bytes
    ADD COLUMN blurhash     text,
    ADD COLUMN due_ms       bigint  NOT NULL DEFAULT 0,   -- not to be tried before
    ADD COLUMN held_ms      bigint,                       -- until when a worker has it
    ADD COLUMN token        integer NOT NULL DEFAULT 0,   -- of that worker's hold
    ADD COLUMN holds        integer NOT NULL DEFAULT 0,   -- that ended in silence
    ADD COLUMN tries        integer NOT NULL DEFAULT 0,   -- that failed
    ADD COLUMN ended_ms     bigint;

CREATE INDEX media_due ON media (agency_id, due_ms, id) WHERE status = 'pending';
CREATE INDEX media_held ON media (held_ms) WHERE status = 'processing';

-- A worker takes the next import, whosever it is: it says so, and sees this table alone.
CREATE POLICY queue ON media USING (current_setting('app.queue', true) = 'open');
