-- Users, as every query reads them and as they are listed.

-- fragment: user_columns
portal_user.id, portal_user.agency_id, portal_user.external_id, portal_user.name,
portal_user.phone, portal_user.phone_international, portal_user.phone_kind,
portal_user.phone_origin, portal_user.descriptions,
portal_user.instagram, portal_user.youtube, portal_user.tiktok,
portal_user.contact_phone, portal_user.contact_whatsapp,
portal_user.contact_viber, portal_user.contact_telegram,
portal_user.avatar, portal_user.avatar_import, portal_user.status, portal_user.version,
portal_user.created_ms, portal_user.updated_ms, portal_user.synced_ms, portal_user.source_us

-- fragment: saved_columns
id, agency_id, external_id, name,
phone, phone_international, phone_kind, phone_origin,
descriptions, instagram, youtube, tiktok,
contact_phone, contact_whatsapp, contact_viber, contact_telegram,
avatar, avatar_import, status, version,
created_ms, updated_ms, synced_ms, source_us, search_key

-- fragment: replace_user
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
WHERE portal_user.agency_id = excluded.agency_id

-- name: user_page
SELECT {user_columns} FROM portal_user
WHERE portal_user.agency_id = :agency_id AND portal_user.id > :after{conditions}
ORDER BY portal_user.id LIMIT :limit
