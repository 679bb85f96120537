-- The queue of imports, and what became of them. Times: _ms milliseconds since 1970, UTC.

ALTER TABLE media
    ADD COLUMN size_bytes   bigint,                       -- of what was imported
    ADD COLUMN content_type text,
    ADD COLUMN variants     text    NOT NULL DEFAULT '[]',  -- JSON: file, size, bytes, width, height
    ADD COLUMN blurhash     text,
    ADD COLUMN due_ms       bigint  NOT NULL DEFAULT 0,   -- not to be tried before
    ADD COLUMN held_ms      bigint,                       -- until when a worker has it
    ADD COLUMN token        integer NOT NULL DEFAULT 0,   -- of that worker's hold
    ADD COLUMN holds        integer NOT NULL DEFAULT 0,   -- that ended in silence
    ADD COLUMN tries        integer NOT NULL DEFAULT 0,   -- that failed
    ADD COLUMN crashes      integer NOT NULL DEFAULT 0,   -- of what decodes
    ADD COLUMN ended_ms     bigint,
    ADD COLUMN external_id  text,
    ADD COLUMN source       text,                         -- the file that was uploaded; the URL is then ''
    ADD COLUMN use          text    NOT NULL DEFAULT 'avatar';  -- or photo

CREATE INDEX media_due ON media (agency_id, due_ms, id) WHERE status = 'pending';
CREATE INDEX media_held ON media (held_ms) WHERE status = 'processing';
CREATE INDEX media_awaited ON media (id)
WHERE status = 'pending' AND original_url = '' AND source IS NULL;
CREATE UNIQUE INDEX media_by_external_id ON media (agency_id, external_id)
WHERE external_id IS NOT NULL;

-- Users who were given a picture by its id. Whether they still have it, they know themselves.
CREATE TABLE media_use (
    media_id  bigint NOT NULL REFERENCES media,
    user_id   bigint NOT NULL,
    agency_id bigint NOT NULL,
    PRIMARY KEY (media_id, user_id),
    FOREIGN KEY (agency_id, user_id) REFERENCES portal_user
);

ALTER TABLE media_use ENABLE ROW LEVEL SECURITY;
ALTER TABLE media_use FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON media_use USING (agency_id IN (SELECT unnest(app_agencies())));

ALTER TABLE installation ADD COLUMN swept_ms bigint NOT NULL DEFAULT 0;  -- when files were, last

-- What upload tickets are signed with.
ALTER TABLE installation ADD COLUMN secret bytea;
UPDATE installation SET secret = sha256(
    convert_to(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')
);

-- A worker takes the next import, whosever it is: it says so, and sees this table alone.
CREATE POLICY queue ON media USING (current_setting('app.queue', true) = 'open');
