-- Load and save of a batch: keys arrive as one array of JSON, rows are saved one by one.

-- name: users_by_id
SELECT {user_columns}
FROM json_each(?) AS wanted
CROSS JOIN portal_user ON portal_user.id = wanted.value ->> 1
WHERE portal_user.agency_id = wanted.value ->> 0

-- name: users_by_external_id
SELECT {user_columns}
FROM json_each(?) AS wanted
CROSS JOIN portal_user
    ON portal_user.agency_id = wanted.value ->> 0 AND portal_user.external_id = wanted.value ->> 1

-- name: former_holders
SELECT held.agency_id, held.external_id, held.user_id
FROM json_each(?) AS wanted
CROSS JOIN former_link AS held
    ON held.agency_id = wanted.value ->> 0 AND held.external_id = wanted.value ->> 1

-- name: memories
SELECT kept.agency_id, kept.scope, kept.content, kept.body
FROM json_each(:wanted) AS wanted
CROSS JOIN idempotency AS kept
    ON kept.agency_id = wanted.value ->> 0 AND kept.scope = wanted.value ->> 1
WHERE kept.expires_ms > :now_ms

-- name: holds
SELECT held.agency_id, held.id, held.token
FROM json_each(?) AS wanted
CROSS JOIN media AS held ON held.id = wanted.value ->> 1
WHERE held.agency_id = wanted.value ->> 0 AND held.ended_ms IS NULL

-- name: media_by_id
SELECT {media_columns}
FROM json_each(?) AS wanted
CROSS JOIN media ON media.id = wanted.value ->> 1
WHERE media.agency_id = wanted.value ->> 0

-- name: media_by_external_id
SELECT {media_columns}
FROM json_each(?) AS wanted
CROSS JOIN media
    ON media.agency_id = wanted.value ->> 0 AND media.external_id = wanted.value ->> 1

-- name: users_by_media
SELECT {user_columns}, seen.media_id
FROM (
    SELECT media.id AS media_id, media.agency_id, media.user_id
    FROM json_each(?1) AS wanted
    CROSS JOIN media ON media.id = wanted.value ->> 1
    WHERE media.agency_id = wanted.value ->> 0
    UNION
    SELECT given.media_id, given.agency_id, given.user_id
    FROM json_each(?1) AS wanted
    CROSS JOIN media_use AS given ON given.media_id = wanted.value ->> 1
    WHERE given.agency_id = wanted.value ->> 0
) AS seen
CROSS JOIN portal_user ON portal_user.id = seen.user_id

-- name: users_by_media_external_id
SELECT {user_columns}, seen.media_id
FROM (
    SELECT media.id AS media_id, media.agency_id, media.user_id
    FROM json_each(?1) AS wanted
    CROSS JOIN media
        ON media.agency_id = wanted.value ->> 0 AND media.external_id = wanted.value ->> 1
    UNION
    SELECT given.media_id, given.agency_id, given.user_id
    FROM json_each(?1) AS wanted
    CROSS JOIN media
        ON media.agency_id = wanted.value ->> 0 AND media.external_id = wanted.value ->> 1
    CROSS JOIN media_use AS given ON given.media_id = media.id
) AS seen
CROSS JOIN portal_user ON portal_user.id = seen.user_id

-- name: last_seqs
SELECT wanted.value, (
    SELECT change.seq FROM change
    WHERE change.agency_id = wanted.value ORDER BY change.seq DESC LIMIT 1
)
FROM json_each(?) AS wanted

-- name: last_id
SELECT last FROM identity WHERE kind = ?

-- name: save_last_id
UPDATE identity SET last = ? WHERE kind = ?

-- name: clear_external_id
UPDATE portal_user SET external_id = NULL WHERE agency_id = ? AND id = ?

-- name: insert_user
INSERT INTO portal_user ({saved_columns})
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: update_user
UPDATE portal_user SET  -- not what indexes hold: SQLite writes those anew, changed or not
    name = ?4, phone_international = ?6, phone_kind = ?7,
    descriptions = ?9, instagram = ?10, youtube = ?11, tiktok = ?12, contact_phone = ?13,
    contact_whatsapp = ?14, contact_viber = ?15, contact_telegram = ?16, avatar = ?17,
    avatar_import = ?18, status = ?19, version = ?20, updated_ms = ?22, synced_ms = ?23,
    source_us = ?24, leave = ?25,
    search_key = coalesce(?26, search_key)
WHERE portal_user.agency_id = ?2 AND portal_user.id = ?1

-- name: update_user_keys
UPDATE portal_user SET external_id = ?3, phone = ?4
WHERE portal_user.agency_id = ?2 AND portal_user.id = ?1

-- name: save_former_link
INSERT INTO former_link (agency_id, external_id, user_id) VALUES (?, ?, ?)
ON CONFLICT (agency_id, external_id) DO UPDATE SET user_id = excluded.user_id

-- name: save_change
INSERT INTO change (agency_id, seq, subject, subject_id, fields, at_ms, key_id, run)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)

-- name: save_media
INSERT INTO media (
    id, agency_id, user_id, original_url, status, created_ms, external_id, due_ms, use
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: delete_media_use
DELETE FROM media_use WHERE agency_id = ?1 AND media_id = ?2

-- name: delete_media
DELETE FROM media WHERE agency_id = ?1 AND id = ?2

-- name: clear_media_external_id
UPDATE media SET external_id = NULL WHERE agency_id = ?1 AND id = ?2

-- name: link_media
UPDATE media SET external_id = ?3 WHERE agency_id = ?1 AND id = ?2

-- name: save_media_source
UPDATE media SET source = ?3, due_ms = ?4
WHERE agency_id = ?1 AND id = ?2

-- name: save_media_use
INSERT INTO media_use (agency_id, media_id, user_id) VALUES (?, ?, ?)
ON CONFLICT (media_id, user_id) DO NOTHING

-- name: supersede_media
UPDATE media SET
    status = 'failed', error = 'no longer wanted: the avatar was replaced or cleared', ended_ms = ?3
WHERE agency_id = ?1 AND id = ?2

-- name: finish_media
UPDATE media SET
    status = ?4, error = ?5, size_bytes = ?6, content_type = ?7, variants = ?8, blurhash = ?9,
    ended_ms = ?10
WHERE agency_id = ?1 AND id = ?2 AND token = ?3

-- name: forget_memories
DELETE FROM idempotency WHERE agency_id = ? AND expires_ms <= ?

-- name: save_memory
INSERT INTO idempotency (agency_id, scope, content, body, expires_ms) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (agency_id, scope) DO UPDATE SET
    content = excluded.content, body = excluded.body, expires_ms = excluded.expires_ms
