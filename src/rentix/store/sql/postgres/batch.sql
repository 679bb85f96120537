-- Load and save of a batch: arrays in, rows out. A LATERAL with a LIMIT makes every wanted key one
-- look-up in the index, whatever the planner believes about the size of the arrays.

-- name: enter
SELECT set_config('app.agencies', :agencies, true)

-- name: claim
SELECT agency_id
FROM unnest(:agency_ids::bigint[]) AS agency_id
WHERE pg_try_advisory_xact_lock(7361, agency_id::integer)

-- name: await_claim
SELECT pg_advisory_xact_lock(7361, :agency_id::integer)

-- name: users_by_id
SELECT found.*
FROM unnest(:agency_ids::bigint[], :ids::bigint[]) AS wanted (agency_id, id)
CROSS JOIN LATERAL (
    SELECT {user_columns} FROM portal_user
    WHERE portal_user.agency_id = wanted.agency_id AND portal_user.id = wanted.id LIMIT 1
) AS found

-- name: users_by_external_id
SELECT found.*
FROM unnest(:agency_ids::bigint[], :external_ids::text[]) AS wanted (agency_id, external_id)
CROSS JOIN LATERAL (
    SELECT {user_columns} FROM portal_user
    WHERE portal_user.agency_id = wanted.agency_id
        AND portal_user.external_id = wanted.external_id LIMIT 1
) AS found

-- name: former_holders
SELECT found.*
FROM unnest(:agency_ids::bigint[], :external_ids::text[]) AS wanted (agency_id, external_id)
CROSS JOIN LATERAL (
    SELECT held.agency_id, held.external_id, held.user_id FROM former_link AS held
    WHERE held.agency_id = wanted.agency_id AND held.external_id = wanted.external_id LIMIT 1
) AS found

-- name: memories
SELECT found.*
FROM unnest(:agency_ids::bigint[], :scopes::text[]) AS wanted (agency_id, scope)
CROSS JOIN LATERAL (
    SELECT kept.agency_id, kept.scope, kept.content, kept.body FROM idempotency AS kept
    WHERE kept.agency_id = wanted.agency_id AND kept.scope = wanted.scope
        AND kept.expires_ms > :now_ms LIMIT 1
) AS found

-- name: last_seqs
SELECT wanted.agency_id, last.seq
FROM unnest(:agency_ids::bigint[]) AS wanted (agency_id)
CROSS JOIN LATERAL (
    SELECT change.seq FROM change
    WHERE change.agency_id = wanted.agency_id ORDER BY change.seq DESC LIMIT 1
) AS last

-- name: new_ids
SELECT nextval(:sequence::regclass) FROM generate_series(1, :count)

-- name: clear_external_id
UPDATE portal_user SET external_id = NULL
FROM unnest(%s::bigint[], %s::bigint[]) AS moved (agency_id, id)
WHERE portal_user.agency_id = moved.agency_id AND portal_user.id = moved.id

-- fragment: saved_users
unnest(
    %s::bigint[], %s::bigint[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::text[],
    %s::boolean[], %s::boolean[], %s::boolean[], %s::boolean[],
    %s::text[], %s::text[], %s::text[], %s::bigint[],
    %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[]
) AS saved ({saved_columns})

-- name: insert_user
INSERT INTO portal_user ({saved_columns}) SELECT * FROM {saved_users}

-- name: update_user
UPDATE portal_user SET {changed_columns}
FROM {saved_users}
WHERE portal_user.agency_id = saved.agency_id AND portal_user.id = saved.id

-- name: save_former_link
INSERT INTO former_link (agency_id, external_id, user_id)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[])
ON CONFLICT (agency_id, external_id) DO UPDATE SET user_id = excluded.user_id

-- name: save_change
INSERT INTO change (agency_id, seq, subject, subject_id, fields, at_ms, key_id, run)
SELECT * FROM unnest(
    %s::bigint[], %s::bigint[], %s::text[], %s::bigint[],
    %s::text[], %s::bigint[], %s::bigint[], %s::text[]
)

-- name: save_media
INSERT INTO media (id, agency_id, user_id, original_url, status, created_ms)
SELECT * FROM unnest(
    %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::bigint[]
)

-- name: supersede_media
UPDATE media
SET status = 'failed', error = 'no longer wanted: the avatar was replaced or cleared'
FROM unnest(%s::bigint[], %s::bigint[]) AS superseded (agency_id, id)
WHERE media.agency_id = superseded.agency_id AND media.id = superseded.id

-- name: forget_memories
DELETE FROM idempotency USING unnest(%s::bigint[], %s::bigint[]) AS past (agency_id, now_ms)
WHERE idempotency.agency_id = past.agency_id AND idempotency.expires_ms <= past.now_ms

-- name: save_memory
INSERT INTO idempotency (agency_id, scope, content, body, expires_ms)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bytea[], %s::bytea[], %s::bigint[])
ON CONFLICT (agency_id, scope) DO UPDATE SET
    content = excluded.content, body = excluded.body, expires_ms = excluded.expires_ms
