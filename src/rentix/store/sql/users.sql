-- Users: what a batch loads and saves, and what readers ask for.

-- fragment: user_columns
user.id, user.agency_id, user.external_id, user.name,
user.phone, user.phone_international, user.phone_kind, user.phone_origin,
user.descriptions, user.instagram, user.youtube, user.tiktok,
user.contact_phone, user.contact_whatsapp, user.contact_viber, user.contact_telegram,
user.avatar, user.avatar_import, user.status, user.version,
user.created_ms, user.updated_ms, user.synced_ms, user.source_us

-- name: users_by_id
SELECT {user_columns}
FROM json_each(?) AS wanted
CROSS JOIN user ON user.id = wanted.value ->> 1
WHERE user.agency_id = wanted.value ->> 0

-- name: users_by_external_id
SELECT {user_columns}
FROM json_each(?) AS wanted
CROSS JOIN user ON user.agency_id = wanted.value ->> 0 AND user.external_id = wanted.value ->> 1

-- name: former_holders
SELECT held.agency_id, held.external_id, held.user_id
FROM json_each(?) AS wanted
CROSS JOIN former_link AS held
    ON held.agency_id = wanted.value ->> 0 AND held.external_id = wanted.value ->> 1

-- name: clear_external_id
UPDATE user SET external_id = NULL WHERE id = ?

-- name: save_user
INSERT INTO user (
    id, agency_id, external_id, name,
    phone, phone_international, phone_kind, phone_origin,
    descriptions, instagram, youtube, tiktok,
    contact_phone, contact_whatsapp, contact_viber, contact_telegram,
    avatar, avatar_import, status, version,
    created_ms, updated_ms, synced_ms, source_us, search_key
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    external_id = excluded.external_id,
    name = excluded.name,
    phone = excluded.phone,
    phone_international = excluded.phone_international,
    phone_kind = excluded.phone_kind,
    descriptions = excluded.descriptions,
    instagram = excluded.instagram,
    youtube = excluded.youtube,
    tiktok = excluded.tiktok,
    contact_phone = excluded.contact_phone,
    contact_whatsapp = excluded.contact_whatsapp,
    contact_viber = excluded.contact_viber,
    contact_telegram = excluded.contact_telegram,
    avatar = excluded.avatar,
    avatar_import = excluded.avatar_import,
    status = excluded.status,
    version = excluded.version,
    updated_ms = excluded.updated_ms,
    synced_ms = excluded.synced_ms,
    source_us = excluded.source_us,
    search_key = excluded.search_key

-- name: save_former_link
INSERT INTO former_link (agency_id, external_id, user_id) VALUES (?, ?, ?)
ON CONFLICT (agency_id, external_id) DO UPDATE SET user_id = excluded.user_id

-- name: user_by_id
SELECT {user_columns} FROM user WHERE user.agency_id = ? AND user.id = ?

-- name: user_by_external_id
SELECT {user_columns} FROM user WHERE user.agency_id = ? AND user.external_id = ?

-- name: user_page
SELECT {user_columns} FROM user
WHERE user.agency_id = :agency_id AND user.id > :after{conditions}
ORDER BY user.id LIMIT :limit
