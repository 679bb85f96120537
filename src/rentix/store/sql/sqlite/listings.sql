-- Listings: what SQLite says in its own way. In a batch keys arrive as one array of JSON. It goes through
-- a CROSS JOIN from left to right.

-- fragment: seen_listing
FROM listing
JOIN agency ON agency.id = listing.agency_id
LEFT JOIN portal_user
    ON (portal_user.agency_id, portal_user.id) = (listing.agency_id, {listing_agent})

-- fragment: state_of_photos
SELECT group_concat({state_of_photo}, '') FROM json_each(listing.files) AS file
CROSS JOIN media AS photo ON photo.id = file.value
WHERE photo.agency_id = listing.agency_id

-- name: listing_state
SELECT {state_columns}
{seen_listing}
WHERE listing.agency_id = :agency_id AND listing.id = :listing_id

-- name: listing_state_by_external_id
SELECT {state_columns}
{seen_listing}
WHERE listing.agency_id = :agency_id AND listing.external_id = :external_id

-- name: public_listing_state
SELECT {state_columns}
{seen_listing}
WHERE listing.agency_id = (
    SELECT listing.agency_id FROM listing
    WHERE listing.id = :listing_id AND listing.status IN ('active', 'completed')
) AND listing.id = :listing_id AND agency.active

-- fragment: next_shown
SELECT shown.listing_id FROM listing_media AS shown
WHERE shown.media_id = wanted.value ->> 1 AND shown.agency_id = wanted.value ->> 0
    AND shown.listing_id > wanted.value ->> 2
ORDER BY shown.listing_id LIMIT :most

-- name: one_listing_by_external_id
{listing_view}
WHERE listing.agency_id = :agency_id AND listing.external_id = :external_id

-- name: listing_page_of_agent
{listing_view}
JOIN (
    SELECT * FROM (
        SELECT listing.agency_id, listing.id FROM listing
        WHERE listing.agency_id = :agency_id AND listing.user_id = :user_id
            AND listing.id > :after{conditions}
        ORDER BY listing.id LIMIT :limit
    ) AS held
    UNION ALL
    SELECT * FROM (
        SELECT listing.agency_id, listing.id FROM agent_binding AS bound CROSS JOIN listing
        WHERE {met} AND bound.agency_id = :agency_id
            AND bound.user_id = :user_id AND listing.id > :after{conditions}
        ORDER BY listing.id LIMIT :limit
    ) AS met
) AS page ON (listing.agency_id, listing.id) = (page.agency_id, page.id)
ORDER BY listing.id LIMIT :limit

-- name: listings_of_agent
{listing_view}
JOIN (
    SELECT * FROM (
        SELECT listing.agency_id, listing.id FROM listing
        WHERE listing.agency_id = :agency_id AND listing.user_id = :user_id
            AND listing.status IN ('active', 'completed')
        ORDER BY listing.id DESC LIMIT :most
    ) AS held
    UNION ALL
    SELECT * FROM (
        SELECT listing.agency_id, listing.id FROM agent_binding AS bound CROSS JOIN listing
        WHERE {met} AND bound.agency_id = :agency_id
            AND bound.user_id = :user_id AND listing.status IN ('active', 'completed')
        ORDER BY listing.id DESC LIMIT :most
    ) AS met
    ORDER BY id DESC LIMIT :limit OFFSET :offset
) AS page ON (listing.agency_id, listing.id) = (page.agency_id, page.id)
ORDER BY listing.id DESC

-- name: count_of_agent
SELECT (
    SELECT count(*) FROM listing
    WHERE listing.agency_id = :agency_id AND listing.user_id = :user_id
        AND listing.status IN ('active', 'completed')
) + (
    SELECT count(*) FROM agent_binding AS bound CROSS JOIN listing
    WHERE {met} AND bound.agency_id = :agency_id
        AND bound.user_id = :user_id AND listing.status IN ('active', 'completed')
)

-- name: listings_by_id
SELECT {listing_columns}
FROM json_each(?) AS wanted
CROSS JOIN listing ON listing.id = wanted.value ->> 1
WHERE listing.agency_id = wanted.value ->> 0

-- name: listings_by_external_id
SELECT {listing_columns}
FROM json_each(?) AS wanted
CROSS JOIN listing
    ON listing.agency_id = wanted.value ->> 0 AND listing.external_id = wanted.value ->> 1

-- name: former_listings
SELECT held.agency_id, held.external_id, held.listing_id
FROM json_each(?) AS wanted
CROSS JOIN former_listing AS held
    ON held.agency_id = wanted.value ->> 0 AND held.external_id = wanted.value ->> 1

-- name: listings_by_media
SELECT {listing_columns}, wanted.value ->> 1, wanted.value ->> 2
FROM json_each(:wanted) AS wanted
CROSS JOIN listing ON listing.id IN ({next_shown})

-- name: media_by_listing
SELECT {media_columns}
FROM json_each(?) AS wanted
CROSS JOIN listing_media AS shown ON shown.listing_id = wanted.value ->> 1
CROSS JOIN media ON media.id = shown.media_id
WHERE media.agency_id = wanted.value ->> 0

-- name: media_beside
SELECT {media_columns}
FROM json_each(:wanted) AS wanted
CROSS JOIN listing_media AS beside ON beside.listing_id IN ({next_shown})
CROSS JOIN media ON media.id = beside.media_id

-- name: listings_held
SELECT listing.agency_id, listing.user_id, listing.id, listing.agent_version, listing.moved_version
FROM json_each(?1) AS wanted
CROSS JOIN listing
    ON listing.agency_id = wanted.value ->> 0 AND listing.user_id = wanted.value ->> 1
UNION ALL
SELECT bound.agency_id, bound.user_id, listing.id, listing.agent_version, listing.moved_version
FROM json_each(?1) AS wanted
CROSS JOIN agent_binding AS bound
    ON bound.agency_id = wanted.value ->> 0 AND bound.user_id = wanted.value ->> 1
CROSS JOIN listing ON {met}

-- name: listings_left
SELECT passed.agency_id, passed.user_id, passed.listing_id, passed.version, passed.agent_version,
    passed.moved_version, {listing_agent}, listing.agent_version, listing.moved_version
FROM json_each(?) AS wanted
CROSS JOIN listing_left AS passed
    ON passed.agency_id = wanted.value ->> 0 AND passed.user_id = wanted.value ->> 1
CROSS JOIN listing ON listing.id = passed.listing_id

-- name: awaited_agents
SELECT wanted.value ->> 0, wanted.value ->> 1
FROM json_each(?) AS wanted
WHERE EXISTS (
    SELECT 1 FROM listing
    WHERE listing.agency_id = wanted.value ->> 0
        AND listing.external_user_id = wanted.value ->> 1 AND {waits}
)

-- name: listings_expecting
SELECT listing.agency_id, listing.external_user_id, listing.id, listing.agent_version,
    listing.moved_version
FROM json_each(?) AS wanted
CROSS JOIN listing
    ON listing.agency_id = wanted.value ->> 0 AND listing.external_user_id = wanted.value ->> 1
    AND {waits}
WHERE {listing_agent} IS NULL

-- name: listings_waiting
SELECT bound.agency_id, bound.external_id, bound.version, chosen.id
FROM (
    SELECT wanted.value ->> 0 AS agency_id, wanted.value ->> 1 AS external_id,
        wanted.value ->> 2 AS version
    FROM json_each(:wanted) AS wanted
) AS bound
CROSS JOIN listing AS chosen ON chosen.id IN (  -- so many of each
    SELECT listing.id FROM listing WHERE {met} ORDER BY listing.id LIMIT :most
)

-- name: listings_used_by
SELECT made.agency_id, made.used
FROM json_each(:wanted) AS wanted
CROSS JOIN listing_count AS made ON made.agency_id = wanted.value AND made.month = :month

-- name: agencies_named
SELECT {agency_columns} FROM json_each(?) AS wanted CROSS JOIN agency ON agency.id = wanted.value

-- name: shift_listings
UPDATE listing SET
    user_id = ?3, agent_version = hand.value ->> 1, moved_version = hand.value ->> 2,
    external_user_id = CASE  -- nobody's, and left there by nobody: no agent is named any more
        WHEN ?3 IS NULL AND hand.value ->> 2 = 0 THEN NULL ELSE listing.external_user_id
    END,
    version = coalesce(?4, listing.version), updated_ms = coalesce(?5, listing.updated_ms)
FROM json_each(?2) AS hand
WHERE +listing.agency_id = ?1 AND listing.id = hand.value ->> 0  -- +: not to search by the agency

-- name: save_listings_left
INSERT INTO listing_left (
    agency_id, user_id, listing_id, version, agent_version, moved_version
)
SELECT ?1, ?2, listing.id, ?4, hand.value ->> 1, hand.value ->> 2
FROM json_each(?3) AS hand
CROSS JOIN listing ON listing.id = hand.value ->> 0
WHERE listing.agency_id = ?1
ON CONFLICT (agency_id, user_id, listing_id) DO UPDATE SET
    version = excluded.version, agent_version = excluded.agent_version,
    moved_version = excluded.moved_version

-- name: forget_listings_left
DELETE FROM listing_left WHERE agency_id = ?1 AND user_id = ?2

-- name: save_binding
INSERT INTO agent_binding (agency_id, external_id, user_id, version) VALUES (?, ?, ?, ?)

-- name: delete_binding
DELETE FROM agent_binding WHERE agency_id = ?1 AND external_id = ?2 AND version = ?3

-- name: delete_listing_media
DELETE FROM listing_media WHERE agency_id = ?1 AND listing_id = ?2

-- name: delete_listing_left
DELETE FROM listing_left WHERE agency_id = ?1 AND listing_id = ?2

-- name: delete_listing
DELETE FROM listing WHERE agency_id = ?1 AND id = ?2

-- name: clear_listing_external_id
UPDATE listing SET external_id = NULL WHERE agency_id = ?1 AND id = ?2

-- name: insert_listing
INSERT INTO listing (
    id, agency_id, external_id, status, form, files, user_id, external_user_id, agent_version,
    moved_version, version, created_ms, updated_ms, synced_ms, source_us
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: update_listing
UPDATE listing SET
    status = ?4, form = ?5, files = ?6, version = ?11, updated_ms = ?13, synced_ms = ?14,
    source_us = ?15
WHERE agency_id = ?2 AND id = ?1

-- name: update_listing_keys
UPDATE listing SET
    external_id = ?3, user_id = ?4, external_user_id = ?5, agent_version = ?6, moved_version = ?7
WHERE agency_id = ?2 AND id = ?1

-- name: save_former_listing
INSERT INTO former_listing (agency_id, external_id, listing_id) VALUES (?, ?, ?)
ON CONFLICT (agency_id, external_id) DO UPDATE SET listing_id = excluded.listing_id

-- name: save_listing_media
INSERT INTO listing_media (agency_id, media_id, listing_id) VALUES (?, ?, ?)
ON CONFLICT (media_id, listing_id) DO NOTHING

-- name: forget_photos
DELETE FROM listing_media WHERE agency_id = ?1 AND media_id = ?2 AND listing_id = ?3

-- name: save_news
INSERT INTO photo_news (agency_id, media_id, told_id) VALUES (?, ?, ?)
ON CONFLICT (agency_id, media_id) DO UPDATE SET told_id = excluded.told_id

-- name: move_news
UPDATE photo_news SET told_id = ?4 WHERE agency_id = ?1 AND media_id = ?2 AND told_id = ?3

-- name: end_news
DELETE FROM photo_news WHERE agency_id = ?1 AND media_id = ?2 AND told_id = ?3

-- name: save_listings_used
INSERT INTO listing_count (agency_id, month, used) VALUES (?, ?, ?)
ON CONFLICT (agency_id, month) DO UPDATE SET used = excluded.used

-- name: update_agency
UPDATE agency SET
    name = ?2, phone = ?3, region = ?4, locale = ?5, descriptions = ?6, logo = ?7, version = ?8
WHERE agency.id = ?1

-- name: agency_of_listing
SELECT listing.agency_id FROM listing
WHERE listing.id = :listing_id AND listing.status IN ('active', 'completed')

-- name: agency_of_user
SELECT portal_user.agency_id FROM portal_user
WHERE portal_user.id = :user_id AND portal_user.status = 'active'

-- name: bindings
SELECT agent_binding.agency_id, agent_binding.external_id, agent_binding.user_id, agent_binding.version
FROM agent_binding ORDER BY agent_binding.agency_id, agent_binding.version LIMIT :most

-- name: photo_news
SELECT photo_news.agency_id, photo_news.media_id, photo_news.told_id
FROM photo_news ORDER BY photo_news.agency_id, photo_news.media_id LIMIT :most

-- name: media_listed
SELECT {media_columns}
FROM json_each(:wanted) AS wanted
CROSS JOIN media ON media.id = wanted.value
WHERE media.agency_id = :agency_id
