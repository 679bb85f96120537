-- Listings, whose they are, and what stands behind them. Times: _ms milliseconds since 1970, UTC.

ALTER TABLE portal_user ADD COLUMN leave text;  -- JSON: how an inactive one left

ALTER TABLE agency
    ADD COLUMN descriptions text   NOT NULL DEFAULT '{}',  -- JSON: locale to text
    ADD COLUMN logo         text,                          -- JSON: the picture shown
    ADD COLUMN version      bigint NOT NULL DEFAULT 0;

CREATE SEQUENCE listing_id;

CREATE TABLE listing (
    id               bigint NOT NULL,
    agency_id        bigint NOT NULL REFERENCES agency,
    external_id      text,
    status           text   NOT NULL,
    form             text   NOT NULL,  -- JSON: the form's fields by their names on the wire
    files            text   NOT NULL,  -- JSON: ids of media, in order
    user_id          bigint,
    external_user_id text,             -- as the CRM named the agent
    agent_version    bigint NOT NULL,  -- the seq of the change that named them
    moved_version    bigint NOT NULL,  -- the same, if that was an agent's leaving
    version          bigint NOT NULL,
    created_ms       bigint NOT NULL,
    updated_ms       bigint NOT NULL,
    synced_ms        bigint,
    source_us        bigint,
    PRIMARY KEY (agency_id, id),
    UNIQUE (agency_id, external_id),
    FOREIGN KEY (agency_id, user_id) REFERENCES portal_user
) WITH (fillfactor = 90);

CREATE INDEX listing_by_id ON listing USING hash (id);  -- no order: pages cannot take it for theirs
CREATE INDEX listing_by_user ON listing (agency_id, user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX listing_waiting ON listing (agency_id, external_user_id, id)
WHERE user_id IS NULL AND external_user_id IS NOT NULL AND moved_version <> agent_version;

CREATE TABLE former_listing (  -- which gave an external id up last; it goes when the listing does
    agency_id   bigint NOT NULL,
    external_id text   NOT NULL,
    listing_id  bigint NOT NULL,
    PRIMARY KEY (agency_id, external_id),
    FOREIGN KEY (agency_id, listing_id) REFERENCES listing ON DELETE CASCADE
);

CREATE INDEX former_listing_by_listing ON former_listing (listing_id);

-- Which listings have which photos: their files, from the other side. A media that was deleted stays
-- until each of them is told.
CREATE TABLE listing_media (
    media_id   bigint NOT NULL,
    listing_id bigint NOT NULL,
    agency_id  bigint NOT NULL,
    PRIMARY KEY (media_id, listing_id),
    FOREIGN KEY (agency_id, listing_id) REFERENCES listing
);

CREATE INDEX listing_media_by_listing ON listing_media (listing_id, media_id);

CREATE TABLE photo_news (  -- media that ended or are gone, and the last listing that was told
    agency_id bigint NOT NULL,
    media_id  bigint NOT NULL,
    told_id   bigint NOT NULL,
    PRIMARY KEY (agency_id, media_id)
);

CREATE TABLE agent_binding (  -- who got an external id that listings wait for, by which change
    agency_id   bigint NOT NULL,
    external_id text   NOT NULL,
    version     bigint NOT NULL,
    user_id     bigint NOT NULL,
    PRIMARY KEY (agency_id, external_id, version),
    FOREIGN KEY (agency_id, user_id) REFERENCES portal_user
);

CREATE INDEX agent_binding_by_user ON agent_binding (agency_id, user_id);
CREATE INDEX agent_binding_in_order ON agent_binding (agency_id, version);

CREATE TABLE listing_left (  -- listings that an agent who left had, and the change that took them
    agency_id     bigint NOT NULL,
    user_id       bigint NOT NULL,
    listing_id    bigint NOT NULL,
    version       bigint NOT NULL,
    agent_version bigint NOT NULL,  -- as the listing had them before
    moved_version bigint NOT NULL,
    PRIMARY KEY (agency_id, user_id, listing_id),
    FOREIGN KEY (agency_id, user_id) REFERENCES portal_user,
    FOREIGN KEY (agency_id, listing_id) REFERENCES listing
);

CREATE INDEX listing_left_by_listing ON listing_left (listing_id);

CREATE TABLE listing_count (  -- how many an agency made in a month: year * 12 + month - 1
    agency_id bigint  NOT NULL REFERENCES agency,
    month     integer NOT NULL,
    used      integer NOT NULL,
    PRIMARY KEY (agency_id, month)
);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'listing', 'former_listing', 'listing_media', 'photo_news', 'agent_binding', 'listing_left',
        'listing_count'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format(
            'CREATE POLICY own_rows ON %I USING (agency_id IN (SELECT unnest(app_agencies())))',
            tenant_table
        );
    END LOOP;
END $$;

-- A visitor names a listing or an agent, not an agency: whose it is has to be looked up first.
CREATE POLICY visitor ON listing FOR SELECT
USING (current_setting('app.visitor', true) = 'open' AND status IN ('active', 'completed'));
CREATE POLICY visitor ON portal_user FOR SELECT
USING (current_setting('app.visitor', true) = 'open' AND status = 'active');
-- The portal itself writes down whose the listings are that waited, and tells of photos, whatever the
-- agency.
CREATE POLICY queue ON agent_binding FOR SELECT USING (current_setting('app.queue', true) = 'open');
CREATE POLICY queue ON photo_news FOR SELECT USING (current_setting('app.queue', true) = 'open');

CREATE INDEX user_by_id ON portal_user USING hash (id);
