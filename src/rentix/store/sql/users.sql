-- Users, as every query reads them and as they are listed.

-- fragment: user_columns
portal_user.id, portal_user.agency_id, portal_user.external_id, portal_user.name,
portal_user.phone, portal_user.phone_international, portal_user.phone_kind,
portal_user.phone_origin, portal_user.descriptions,
portal_user.instagram, portal_user.youtube, portal_user.tiktok,
portal_user.contact_phone, portal_user.contact_whatsapp,
portal_user.contact_viber, portal_user.contact_telegram,
portal_user.avatar, portal_user.avatar_import, portal_user.status, portal_user.version,
portal_user.created_ms, portal_user.updated_ms, portal_user.synced_ms, portal_user.source_us,
portal_user.leave

-- fragment: saved_columns
id, agency_id, external_id, name,
phone, phone_international, phone_kind, phone_origin,
descriptions, instagram, youtube, tiktok,
contact_phone, contact_whatsapp, contact_viber, contact_telegram,
avatar, avatar_import, status, version,
created_ms, updated_ms, synced_ms, source_us, leave, search_key

-- name: user_page
SELECT {user_columns} FROM portal_user
WHERE portal_user.agency_id = :agency_id AND portal_user.id > :after{conditions}
ORDER BY portal_user.id LIMIT :limit
