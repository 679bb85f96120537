-- Listings, whose they are, and what stands behind them. Times: _ms milliseconds since 1970, UTC.

ALTER TABLE portal_user ADD COLUMN leave TEXT;  -- JSON: how an inactive one left

ALTER TABLE agency ADD COLUMN descriptions TEXT    NOT NULL DEFAULT '{}';  -- JSON: locale to text
ALTER TABLE agency ADD COLUMN logo         TEXT;                           -- JSON: the picture shown
ALTER TABLE agency ADD COLUMN version      INTEGER NOT NULL DEFAULT 0;

CREATE TABLE listing (
    id               INTEGER PRIMARY KEY,
    agency_id        INTEGER NOT NULL REFERENCES agency,
    external_id      TEXT,
    status           TEXT    NOT NULL,
    form             TEXT    NOT NULL,  -- JSON: the form's fields by their names on the wire
    files            TEXT    NOT NULL,  -- JSON: ids of media, in order
    user_id          INTEGER REFERENCES portal_user,
    external_user_id TEXT,              -- as the CRM named the agent
    agent_version    INTEGER NOT NULL,  -- the seq of the change that named them
    moved_version    INTEGER NOT NULL,  -- the same, if that was an agent's leaving
    version          INTEGER NOT NULL,
    created_ms       INTEGER NOT NULL,
    updated_ms       INTEGER NOT NULL,
    synced_ms        INTEGER,
    source_us        INTEGER,
    UNIQUE (agency_id, external_id)
) STRICT;

CREATE INDEX listing_by_agency ON listing (agency_id, id);
CREATE INDEX listing_by_user ON listing (agency_id, user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX listing_waiting ON listing (agency_id, external_user_id, id)
WHERE user_id IS NULL AND external_user_id IS NOT NULL AND moved_version <> agent_version;

CREATE TABLE former_listing (  -- which gave an external id up last; it goes when the listing does
    agency_id   INTEGER NOT NULL,
    external_id TEXT    NOT NULL,
    listing_id  INTEGER NOT NULL REFERENCES listing ON DELETE CASCADE,
    PRIMARY KEY (agency_id, external_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX former_listing_by_listing ON former_listing (listing_id);

-- Which listings have which photos: their files, from the other side. A media that was deleted stays
-- until each of them is told.
CREATE TABLE listing_media (
    media_id   INTEGER NOT NULL,
    listing_id INTEGER NOT NULL REFERENCES listing,
    agency_id  INTEGER NOT NULL,
    PRIMARY KEY (media_id, listing_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX listing_media_by_listing ON listing_media (listing_id, media_id);

CREATE TABLE photo_news (  -- media that ended or are gone, and the last listing that was told
    agency_id INTEGER NOT NULL,
    media_id  INTEGER NOT NULL,
    told_id   INTEGER NOT NULL,
    PRIMARY KEY (agency_id, media_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_binding (  -- who got an external id that listings wait for, by which change
    agency_id   INTEGER NOT NULL,
    external_id TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    user_id     INTEGER NOT NULL REFERENCES portal_user,
    PRIMARY KEY (agency_id, external_id, version)
) STRICT, WITHOUT ROWID;

CREATE INDEX agent_binding_by_user ON agent_binding (agency_id, user_id);
CREATE INDEX agent_binding_in_order ON agent_binding (agency_id, version);

CREATE TABLE listing_left (  -- listings that an agent who left had, and the change that took them
    agency_id     INTEGER NOT NULL,
    user_id       INTEGER NOT NULL REFERENCES portal_user,
    listing_id    INTEGER NOT NULL REFERENCES listing,
    version       INTEGER NOT NULL,
    agent_version INTEGER NOT NULL,  -- as the listing had them before
    moved_version INTEGER NOT NULL,
    PRIMARY KEY (agency_id, user_id, listing_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX listing_left_by_listing ON listing_left (listing_id);

CREATE TABLE listing_count (  -- how many an agency made in a month: year * 12 + month - 1
    agency_id INTEGER NOT NULL REFERENCES agency,
    month     INTEGER NOT NULL,
    used      INTEGER NOT NULL,
    PRIMARY KEY (agency_id, month)
) STRICT, WITHOUT ROWID;

INSERT INTO identity VALUES ('listing', 0);
