-- Load and save of a batch. Lists come in as JSON, [[1, "a"], …], taken apart here: the planner
-- believes in 100 rows whatever comes, so that one plan is good for all. A LATERAL with a LIMIT makes
-- every wanted key one look-up in the index; OFFSET 0 keeps the taking apart out of its condition.

-- fragment: wanted_numbers
(
    SELECT (key.value ->> 0)::bigint AS agency_id, (key.value ->> 1)::bigint AS number
    FROM jsonb_array_elements(:wanted::jsonb) AS key (value) OFFSET 0
) AS wanted

-- fragment: wanted_texts
(
    SELECT (key.value ->> 0)::bigint AS agency_id, key.value ->> 1 AS text
    FROM jsonb_array_elements(:wanted::jsonb) AS key (value) OFFSET 0
) AS wanted

-- name: enter
SELECT set_config('app.agencies', :agencies, true)

-- fragment: wanted_agencies
(
    SELECT agency.value::bigint AS agency_id
    FROM jsonb_array_elements_text(:agency_ids::jsonb) AS agency (value) OFFSET 0
) AS wanted

-- name: claim
SELECT wanted.agency_id
FROM {wanted_agencies}
WHERE pg_try_advisory_xact_lock(7361, wanted.agency_id::integer)

-- name: await_claim
SELECT pg_advisory_xact_lock(7361, :agency_id::integer)

-- name: users_by_id
SELECT found.*
FROM {wanted_numbers}
CROSS JOIN LATERAL (
    SELECT {user_columns} FROM portal_user
    WHERE portal_user.agency_id = wanted.agency_id AND portal_user.id = wanted.number LIMIT 1
) AS found

-- name: users_by_external_id
SELECT found.*
FROM {wanted_texts}
CROSS JOIN LATERAL (
    SELECT {user_columns} FROM portal_user
    WHERE portal_user.agency_id = wanted.agency_id AND portal_user.external_id = wanted.text LIMIT 1
) AS found

-- name: former_holders
SELECT found.*
FROM {wanted_texts}
CROSS JOIN LATERAL (
    SELECT held.agency_id, held.external_id, held.user_id FROM former_link AS held
    WHERE held.agency_id = wanted.agency_id AND held.external_id = wanted.text LIMIT 1
) AS found

-- name: memories
SELECT found.*
FROM {wanted_texts}
CROSS JOIN LATERAL (
    SELECT kept.agency_id, kept.scope, kept.content, kept.body FROM idempotency AS kept
    WHERE kept.agency_id = wanted.agency_id AND kept.scope = wanted.text
        AND kept.expires_ms > :now_ms LIMIT 1
) AS found

-- name: holds
SELECT found.*
FROM {wanted_numbers}
CROSS JOIN LATERAL (
    SELECT held.agency_id, held.id, held.token FROM media AS held
    WHERE held.id = wanted.number AND held.agency_id = wanted.agency_id AND held.ended_ms IS NULL
    LIMIT 1 FOR UPDATE
) AS found

-- name: media_by_id
SELECT found.*
FROM {wanted_numbers}
CROSS JOIN LATERAL (
    SELECT {media_columns} FROM media
    WHERE media.id = wanted.number AND media.agency_id = wanted.agency_id LIMIT 1
) AS found

-- name: media_by_external_id
SELECT found.*
FROM {wanted_texts}
CROSS JOIN LATERAL (
    SELECT {media_columns} FROM media
    WHERE media.agency_id = wanted.agency_id AND media.external_id = wanted.text LIMIT 1
) AS found

-- name: users_by_media
SELECT found.*
FROM {wanted_numbers}
CROSS JOIN LATERAL (
    SELECT {user_columns}, wanted.number
    FROM (
        SELECT media.agency_id, media.user_id FROM media
        WHERE media.id = wanted.number AND media.agency_id = wanted.agency_id
        UNION
        SELECT given.agency_id, given.user_id FROM media_use AS given
        WHERE given.media_id = wanted.number AND given.agency_id = wanted.agency_id
    ) AS seen
    JOIN portal_user ON (portal_user.agency_id, portal_user.id) = (seen.agency_id, seen.user_id)
    OFFSET 0
) AS found

-- name: users_by_media_external_id
SELECT found.*
FROM {wanted_texts}
CROSS JOIN LATERAL (
    SELECT {user_columns}, seen.media_id
    FROM (
        SELECT media.id AS media_id, media.agency_id, media.user_id FROM media
        WHERE media.agency_id = wanted.agency_id AND media.external_id = wanted.text
        UNION
        SELECT given.media_id, given.agency_id, given.user_id FROM media
        JOIN media_use AS given ON given.media_id = media.id
        WHERE media.agency_id = wanted.agency_id AND media.external_id = wanted.text
    ) AS seen
    JOIN portal_user ON (portal_user.agency_id, portal_user.id) = (seen.agency_id, seen.user_id)
    OFFSET 0
) AS found

-- name: last_seqs
SELECT wanted.agency_id, last.seq
FROM {wanted_agencies}
CROSS JOIN LATERAL (
    SELECT change.seq FROM change
    WHERE change.agency_id = wanted.agency_id ORDER BY change.seq DESC LIMIT 1
) AS last

-- name: new_ids
SELECT nextval(:sequence::regclass) FROM generate_series(1, :count)

-- name: clear_external_id
UPDATE portal_user SET external_id = NULL
FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id, (row.value ->> 1)::bigint AS id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS moved
WHERE portal_user.agency_id = moved.agency_id AND portal_user.id = moved.id

-- fragment: saved_users
(
    SELECT (row.value ->> 0)::bigint AS id, (row.value ->> 1)::bigint AS agency_id,
        row.value ->> 2 AS external_id, row.value ->> 3 AS name, row.value ->> 4 AS phone,
        row.value ->> 5 AS phone_international, row.value ->> 6 AS phone_kind,
        row.value ->> 7 AS phone_origin, row.value ->> 8 AS descriptions,
        row.value ->> 9 AS instagram, row.value ->> 10 AS youtube, row.value ->> 11 AS tiktok,
        (row.value ->> 12)::boolean AS contact_phone,
        (row.value ->> 13)::boolean AS contact_whatsapp,
        (row.value ->> 14)::boolean AS contact_viber,
        (row.value ->> 15)::boolean AS contact_telegram, row.value ->> 16 AS avatar,
        row.value ->> 17 AS avatar_import, row.value ->> 18 AS status,
        (row.value ->> 19)::bigint AS version, (row.value ->> 20)::bigint AS created_ms,
        (row.value ->> 21)::bigint AS updated_ms, (row.value ->> 22)::bigint AS synced_ms,
        (row.value ->> 23)::bigint AS source_us, row.value ->> 24 AS leave,
        row.value ->> 25 AS search_key
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS saved

-- fragment: changed_columns
external_id = saved.external_id,
name = saved.name,
phone = saved.phone,
phone_international = saved.phone_international,
phone_kind = saved.phone_kind,
descriptions = saved.descriptions,
instagram = saved.instagram,
youtube = saved.youtube,
tiktok = saved.tiktok,
contact_phone = saved.contact_phone,
contact_whatsapp = saved.contact_whatsapp,
contact_viber = saved.contact_viber,
contact_telegram = saved.contact_telegram,
avatar = saved.avatar,
avatar_import = saved.avatar_import,
status = saved.status,
version = saved.version,
updated_ms = saved.updated_ms,
synced_ms = saved.synced_ms,
source_us = saved.source_us,
leave = saved.leave,
search_key = coalesce(saved.search_key, portal_user.search_key)

-- name: insert_user
INSERT INTO portal_user ({saved_columns}) SELECT * FROM {saved_users}

-- name: update_user
UPDATE portal_user SET {changed_columns}
FROM {saved_users}
WHERE portal_user.agency_id = saved.agency_id AND portal_user.id = saved.id

-- name: save_former_link
INSERT INTO former_link (agency_id, external_id, user_id)
SELECT * FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id, row.value ->> 1 AS external_id,
        (row.value ->> 2)::bigint AS user_id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS saved
ON CONFLICT (agency_id, external_id) DO UPDATE SET user_id = excluded.user_id

-- name: save_change
INSERT INTO change (agency_id, seq, subject, subject_id, fields, at_ms, key_id, run)
SELECT * FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id, (row.value ->> 1)::bigint AS seq,
        row.value ->> 2 AS subject, (row.value ->> 3)::bigint AS subject_id,
        row.value ->> 4 AS fields, (row.value ->> 5)::bigint AS at_ms,
        (row.value ->> 6)::bigint AS key_id, row.value ->> 7 AS run
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS saved

-- name: save_media
INSERT INTO media (
    id, agency_id, user_id, original_url, status, created_ms, external_id, due_ms, use
)
SELECT * FROM (
    SELECT (row.value ->> 0)::bigint AS id, (row.value ->> 1)::bigint AS agency_id,
        (row.value ->> 2)::bigint AS user_id, row.value ->> 3 AS original_url,
        row.value ->> 4 AS status, (row.value ->> 5)::bigint AS created_ms,
        row.value ->> 6 AS external_id, (row.value ->> 7)::bigint AS due_ms, row.value ->> 8 AS use
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS saved

-- fragment: named_media
(
    SELECT (row.value ->> 0)::bigint AS agency_id, (row.value ->> 1)::bigint AS id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS named

-- name: delete_media_use
DELETE FROM media_use USING {named_media}
WHERE media_use.agency_id = named.agency_id AND media_use.media_id = named.id

-- name: delete_media
DELETE FROM media USING {named_media}
WHERE media.agency_id = named.agency_id AND media.id = named.id

-- name: clear_media_external_id
UPDATE media SET external_id = NULL FROM {named_media}
WHERE media.agency_id = named.agency_id AND media.id = named.id

-- name: link_media
UPDATE media SET external_id = linked.external_id
FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id, (row.value ->> 1)::bigint AS id,
        row.value ->> 2 AS external_id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS linked
WHERE media.agency_id = linked.agency_id AND media.id = linked.id

-- name: save_media_source
UPDATE media SET source = sourced.source, due_ms = sourced.due_ms
FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id, (row.value ->> 1)::bigint AS id,
        row.value ->> 2 AS source, (row.value ->> 3)::bigint AS due_ms
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS sourced
WHERE media.agency_id = sourced.agency_id AND media.id = sourced.id

-- name: save_media_use
INSERT INTO media_use (agency_id, media_id, user_id)
SELECT * FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id, (row.value ->> 1)::bigint AS media_id,
        (row.value ->> 2)::bigint AS user_id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS saved
ON CONFLICT (media_id, user_id) DO NOTHING

-- name: supersede_media
UPDATE media
SET status = 'failed', error = 'no longer wanted: the avatar was replaced or cleared',
    ended_ms = superseded.ended_ms
FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id, (row.value ->> 1)::bigint AS id,
        (row.value ->> 2)::bigint AS ended_ms
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS superseded
WHERE media.agency_id = superseded.agency_id AND media.id = superseded.id

-- name: finish_media
UPDATE media
SET status = ended.status, error = ended.error, size_bytes = ended.size_bytes,
    content_type = ended.content_type, variants = ended.variants, blurhash = ended.blurhash,
    ended_ms = ended.ended_ms
FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id, (row.value ->> 1)::bigint AS id,
        (row.value ->> 2)::integer AS token, row.value ->> 3 AS status, row.value ->> 4 AS error,
        (row.value ->> 5)::bigint AS size_bytes, row.value ->> 6 AS content_type,
        row.value ->> 7 AS variants, row.value ->> 8 AS blurhash,
        (row.value ->> 9)::bigint AS ended_ms
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS ended
WHERE media.id = ended.id AND media.agency_id = ended.agency_id AND media.token = ended.token

-- name: forget_memories
DELETE FROM idempotency USING (
    SELECT (row.value ->> 0)::bigint AS agency_id, (row.value ->> 1)::bigint AS now_ms
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS past
WHERE idempotency.agency_id = past.agency_id AND idempotency.expires_ms <= past.now_ms

-- name: save_memory
INSERT INTO idempotency (agency_id, scope, content, body, expires_ms)
SELECT * FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id, row.value ->> 1 AS scope,
        decode(row.value ->> 2, 'base64') AS content, decode(row.value ->> 3, 'base64') AS body,
        (row.value ->> 4)::bigint AS expires_ms
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS saved
ON CONFLICT (agency_id, scope) DO UPDATE SET
    content = excluded.content, body = excluded.body, expires_ms = excluded.expires_ms
