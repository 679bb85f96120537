-- Tenants, keys, users, and the log of every change. Times: _ms milliseconds since 1970, UTC.

CREATE TABLE agency (
    id                  INTEGER PRIMARY KEY,
    name                TEXT    NOT NULL,
    phone               TEXT,
    region              TEXT    NOT NULL,
    locale              TEXT    NOT NULL,
    active              INTEGER NOT NULL DEFAULT 1,
    crm_enabled         INTEGER NOT NULL DEFAULT 1,
    requests_per_minute INTEGER NOT NULL,  -- 0: no budget
    bulk_per_minute     INTEGER NOT NULL,
    monthly_listings    INTEGER NOT NULL,
    created_ms          INTEGER NOT NULL
) STRICT;

CREATE TABLE api_key (
    id         INTEGER PRIMARY KEY,
    agency_id  INTEGER NOT NULL REFERENCES agency,
    digest     BLOB    NOT NULL,  -- SHA-256 of the whole key
    scopes     TEXT    NOT NULL,  -- separated by spaces
    created_ms INTEGER NOT NULL,
    revoked_ms INTEGER
) STRICT;

CREATE TABLE portal_user (
    id                  INTEGER PRIMARY KEY,
    agency_id           INTEGER NOT NULL REFERENCES agency,
    external_id         TEXT,
    name                TEXT    NOT NULL,
    phone               TEXT    NOT NULL,  -- E.164
    phone_international TEXT    NOT NULL,
    phone_kind          TEXT    NOT NULL,
    phone_origin        TEXT    NOT NULL,
    descriptions        TEXT    NOT NULL,  -- JSON: locale to text
    instagram           TEXT,
    youtube             TEXT,
    tiktok              TEXT,
    contact_phone       INTEGER NOT NULL,
    contact_whatsapp    INTEGER NOT NULL,
    contact_viber       INTEGER NOT NULL,
    contact_telegram    INTEGER NOT NULL,
    avatar              TEXT,              -- JSON: the picture shown
    avatar_import       TEXT,              -- JSON: the one on its way, its id is in media
    status              TEXT    NOT NULL,
    version             INTEGER NOT NULL,  -- the seq of the change that made it so
    created_ms          INTEGER NOT NULL,
    updated_ms          INTEGER NOT NULL,
    synced_ms           INTEGER,
    source_us           INTEGER,
    search_key          TEXT    NOT NULL,  -- folded words, each after a space
    UNIQUE (agency_id, external_id)
) STRICT;

CREATE INDEX user_by_agency ON portal_user (agency_id, id);
CREATE INDEX user_by_phone ON portal_user (agency_id, phone);

CREATE TABLE former_link (  -- who gave an external id up last
    agency_id   INTEGER NOT NULL,
    external_id TEXT    NOT NULL,
    user_id     INTEGER NOT NULL REFERENCES portal_user,
    PRIMARY KEY (agency_id, external_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE change (
    agency_id  INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    subject    TEXT    NOT NULL,
    subject_id INTEGER NOT NULL,
    fields     TEXT    NOT NULL,  -- JSON: field to [before, after]
    at_ms      INTEGER NOT NULL,
    key_id     INTEGER,
    run        TEXT,
    PRIMARY KEY (agency_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER change_is_not_altered BEFORE UPDATE ON change
BEGIN SELECT raise(ABORT, 'change is append-only'); END;

CREATE TRIGGER change_is_not_deleted BEFORE DELETE ON change
BEGIN SELECT raise(ABORT, 'change is append-only'); END;

CREATE TABLE idempotency (
    agency_id  INTEGER NOT NULL,
    scope      TEXT    NOT NULL,
    content    BLOB    NOT NULL,  -- SHA-256 of query and body
    body       BLOB    NOT NULL,
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY (agency_id, scope)
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_by_expiry ON idempotency (agency_id, expires_ms);

CREATE TABLE media (  -- the row is the job as well
    id           INTEGER PRIMARY KEY,
    agency_id    INTEGER NOT NULL REFERENCES agency,
    user_id      INTEGER REFERENCES portal_user,
    original_url TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    error        TEXT,
    created_ms   INTEGER NOT NULL
) STRICT;

CREATE INDEX media_queue ON media (agency_id, status, id);

CREATE TABLE identity (
    kind TEXT    PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO identity VALUES ('agency', 0), ('key', 0), ('user', 0), ('media', 0);

CREATE TABLE installation (  -- one row: what this database is for
    sandbox INTEGER  -- NULL until the first agency
) STRICT;

INSERT INTO installation VALUES (NULL);
