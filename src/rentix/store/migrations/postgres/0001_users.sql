-- Tenants, keys, users, and the log of every change. Times: _ms milliseconds since 1970, UTC.
-- Every table of a tenant is under row level security: a transaction that has not said whose rows it
-- wants (app.agencies, such as '{1,7}') sees none. FORCE: nor does the owner.

CREATE FUNCTION app_agencies() RETURNS bigint[] STABLE PARALLEL SAFE LANGUAGE sql
RETURN nullif(current_setting('app.agencies', true), '')::bigint[];

CREATE SEQUENCE agency_id;
CREATE SEQUENCE key_id;
CREATE SEQUENCE user_id;
CREATE SEQUENCE media_id;

CREATE TABLE agency (
    id                  bigint  PRIMARY KEY,
    name                text    NOT NULL,
    phone               text,
    region              text    NOT NULL,
    locale              text    NOT NULL,
    active              boolean NOT NULL DEFAULT true,
    crm_enabled         boolean NOT NULL DEFAULT true,
    requests_per_minute integer NOT NULL,  -- 0: no budget
    bulk_per_minute     integer NOT NULL,
    monthly_listings    integer NOT NULL,
    created_ms          bigint  NOT NULL
);

CREATE TABLE api_key (
    id         bigint PRIMARY KEY,
    agency_id  bigint NOT NULL REFERENCES agency,
    digest     bytea  NOT NULL,  -- SHA-256 of the whole key
    scopes     text   NOT NULL,  -- separated by spaces
    created_ms bigint NOT NULL,
    revoked_ms bigint
);

CREATE TABLE portal_user (
    id                  bigint  NOT NULL,  -- one sequence for all agencies
    agency_id           bigint  NOT NULL REFERENCES agency,
    external_id         text,
    name                text    NOT NULL,
    phone               text    NOT NULL,  -- E.164
    phone_international text    NOT NULL,
    phone_kind          text    NOT NULL,
    phone_origin        text    NOT NULL,
    descriptions        text    NOT NULL,  -- JSON: locale to text
    instagram           text,
    youtube             text,
    tiktok              text,
    contact_phone       boolean NOT NULL,
    contact_whatsapp    boolean NOT NULL,
    contact_viber       boolean NOT NULL,
    contact_telegram    boolean NOT NULL,
    avatar              text,              -- JSON: the picture shown
    avatar_import       text,              -- JSON: the one on its way, its id is in media
    status              text    NOT NULL,
    version             bigint  NOT NULL,  -- the seq of the change that made it so
    created_ms          bigint  NOT NULL,
    updated_ms          bigint  NOT NULL,
    synced_ms           bigint,
    source_us           bigint,
    search_key          text    NOT NULL,  -- folded words, each after a space
    -- No index by id alone: the planner would take it for pages, past the users of all agencies.
    CONSTRAINT user_by_agency PRIMARY KEY (agency_id, id),
    UNIQUE (agency_id, external_id)
) WITH (fillfactor = 80);

CREATE INDEX user_by_phone ON portal_user (agency_id, phone);

CREATE TABLE former_link (  -- who gave an external id up last
    agency_id   bigint NOT NULL,
    external_id text   NOT NULL,
    user_id     bigint NOT NULL,
    PRIMARY KEY (agency_id, external_id),
    FOREIGN KEY (agency_id, user_id) REFERENCES portal_user
);

CREATE TABLE change (
    agency_id  bigint NOT NULL,
    seq        bigint NOT NULL,
    subject    text   NOT NULL,
    subject_id bigint NOT NULL,
    fields     text   NOT NULL,  -- JSON: field to [before, after]
    at_ms      bigint NOT NULL,
    key_id     bigint,
    run        text,
    PRIMARY KEY (agency_id, seq)
);

CREATE FUNCTION refuse_alteration() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'change is append-only';
END $$;

CREATE TRIGGER change_is_not_altered BEFORE UPDATE OR DELETE OR TRUNCATE ON change
FOR EACH STATEMENT EXECUTE FUNCTION refuse_alteration();

CREATE TABLE idempotency (
    agency_id  bigint NOT NULL,
    scope      text   NOT NULL,
    content    bytea  NOT NULL,  -- SHA-256 of query and body
    body       bytea  NOT NULL,
    expires_ms bigint NOT NULL,
    PRIMARY KEY (agency_id, scope)
);

CREATE INDEX idempotency_by_expiry ON idempotency (agency_id, expires_ms);

CREATE TABLE media (  -- the row is the job as well
    id           bigint PRIMARY KEY,
    agency_id    bigint NOT NULL REFERENCES agency,
    user_id      bigint,
    original_url text   NOT NULL,
    status       text   NOT NULL,
    error        text,
    created_ms   bigint NOT NULL,
    FOREIGN KEY (agency_id, user_id) REFERENCES portal_user
);

CREATE INDEX media_queue ON media (agency_id, status, id);

-- Requests counted by key and minute, for all processes. Not worth a sync: a crash forgets a minute.
CREATE UNLOGGED TABLE budget (
    agency_id bigint  NOT NULL,
    key_id    bigint  NOT NULL,
    kind      text    NOT NULL,  -- all, bulk
    minute    bigint  NOT NULL,
    used      integer NOT NULL,
    PRIMARY KEY (agency_id, key_id, kind)
) WITH (fillfactor = 50);

CREATE TABLE installation (  -- one row: what this database is for
    sandbox boolean  -- NULL until the first agency
);

INSERT INTO installation VALUES (NULL);

DO $$
DECLARE
    tenant_table text;
BEGIN
    FOREACH tenant_table IN ARRAY ARRAY[
        'portal_user', 'former_link', 'change', 'idempotency', 'media', 'budget', 'api_key'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
        -- A hash of the agencies, made once a statement. With = ANY (…) the planner takes this for the
        -- condition to search by, and any index of the agency for as good as the right one.
        EXECUTE format(
            'CREATE POLICY own_rows ON %I USING (agency_id IN (SELECT unnest(app_agencies())))',
            tenant_table
        );
    END LOOP;
END $$;

ALTER TABLE agency ENABLE ROW LEVEL SECURITY;
ALTER TABLE agency FORCE ROW LEVEL SECURITY;
CREATE POLICY own_rows ON agency USING (id IN (SELECT unnest(app_agencies())));

-- A key is looked up to learn whose it is.
CREATE POLICY look_up ON api_key FOR SELECT USING (true);
