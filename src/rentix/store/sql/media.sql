-- Media, as readers ask for one and as a batch loads them.

-- fragment: media_columns
media.id, media.agency_id, media.external_id, media.user_id, media.original_url, media.source,
media.status, media.error, media.content_type, media.size_bytes, media.variants, media.blurhash,
media.due_ms, media.use

-- name: one_media
SELECT {media_columns} FROM media WHERE media.agency_id = :agency_id AND media.id = :media_id

-- name: one_media_by_external_id
SELECT {media_columns} FROM media
WHERE media.agency_id = :agency_id AND media.external_id = :external_id

-- name: secret
SELECT secret FROM installation
