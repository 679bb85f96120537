-- Listings: what PostgreSQL says in its own way, and load and save of them in a batch (see batch.sql).
-- With a LATERAL that has a LIMIT or OFFSET 0, whose listing it is comes first, then the listing.

-- fragment: seen_listing
FROM listing
JOIN agency ON agency.id = listing.agency_id
LEFT JOIN LATERAL (
    SELECT bound.user_id FROM agent_binding AS bound
    WHERE {waits} AND bound.agency_id = listing.agency_id
        AND bound.external_id = listing.external_user_id
        AND bound.version > listing.agent_version
    ORDER BY bound.version LIMIT 1
) AS met ON true
-- Under row level security a coalesce() is not searched by: it is thought to leak what it is given.
LEFT JOIN portal_user ON (portal_user.agency_id, portal_user.id) = (
    listing.agency_id, CASE WHEN listing.user_id IS NULL THEN met.user_id ELSE listing.user_id END
)

-- fragment: state_of_photos
SELECT string_agg({state_of_photo}, '' ORDER BY file.place)
FROM jsonb_array_elements_text(listing.files::jsonb) WITH ORDINALITY AS file (id, place)
CROSS JOIN LATERAL (
    SELECT media.id, media.status, media.external_id FROM media
    WHERE media.agency_id = listing.agency_id AND media.id = file.id::bigint LIMIT 1
) AS photo

-- name: listing_states_by_id
SELECT found.*, wanted.agency_id, wanted.number
FROM {wanted_numbers}
CROSS JOIN LATERAL (
    SELECT {state_columns}
    {seen_listing}
    WHERE listing.agency_id = wanted.agency_id AND listing.id = wanted.number LIMIT 1
) AS found

-- name: listing_states_by_external_id
SELECT found.*, wanted.agency_id, wanted.text
FROM {wanted_texts}
CROSS JOIN LATERAL (
    SELECT {state_columns}
    {seen_listing}
    WHERE listing.agency_id = wanted.agency_id AND listing.external_id = wanted.text LIMIT 1
) AS found

-- name: visited_listing_state
SELECT {state_columns}
{seen_listing}
WHERE listing.agency_id = :agency_id AND listing.id = :listing_id AND agency.active

-- fragment: wanted_shown
(
    SELECT (key.value ->> 0)::bigint AS agency_id, (key.value ->> 1)::bigint AS media_id,
        (key.value ->> 2)::bigint AS after
    FROM jsonb_array_elements(:wanted::jsonb) AS key (value) OFFSET 0
) AS wanted

-- fragment: next_shown
SELECT shown.agency_id, shown.listing_id FROM listing_media AS shown
WHERE shown.media_id = wanted.media_id AND shown.agency_id = wanted.agency_id
    AND shown.listing_id > wanted.after
ORDER BY shown.listing_id LIMIT :most

-- name: listing_page_of_agent
SELECT found.*
FROM (
    SELECT * FROM (
        SELECT listing.agency_id, listing.id FROM listing
        WHERE listing.agency_id = :agency_id AND listing.user_id = :user_id
            AND listing.id > :after{conditions}
        ORDER BY listing.id LIMIT :limit
    ) AS held
    UNION ALL
    SELECT * FROM (
        SELECT found.agency_id, found.id
        FROM agent_binding AS bound
        CROSS JOIN LATERAL (
            SELECT listing.agency_id, listing.id FROM listing
            WHERE {met} AND listing.id > :after{conditions}
            ORDER BY listing.id LIMIT :limit
        ) AS found
        WHERE bound.agency_id = :agency_id AND bound.user_id = :user_id
        ORDER BY found.id LIMIT :limit
    ) AS met
) AS page
CROSS JOIN LATERAL (
    {listing_view}
    WHERE (listing.agency_id, listing.id) = (page.agency_id, page.id) LIMIT 1
) AS found
ORDER BY page.id LIMIT :limit

-- name: listings_of_agent
SELECT found.*
FROM (
    SELECT * FROM (
        SELECT listing.agency_id, listing.id FROM listing
        WHERE listing.agency_id = :agency_id AND listing.user_id = :user_id
            AND listing.status IN ('active', 'completed')
        ORDER BY listing.id DESC LIMIT :most
    ) AS held
    UNION ALL
    SELECT * FROM (
        SELECT found.agency_id, found.id
        FROM agent_binding AS bound
        CROSS JOIN LATERAL (
            SELECT listing.agency_id, listing.id FROM listing
            WHERE {met} AND listing.status IN ('active', 'completed')
            ORDER BY listing.id DESC LIMIT :most
        ) AS found
        WHERE bound.agency_id = :agency_id AND bound.user_id = :user_id
        ORDER BY found.id DESC LIMIT :most
    ) AS met
    ORDER BY id DESC LIMIT :limit OFFSET :offset
) AS page
CROSS JOIN LATERAL (
    {listing_view}
    WHERE (listing.agency_id, listing.id) = (page.agency_id, page.id) LIMIT 1
) AS found
ORDER BY page.id DESC

-- name: count_of_agent
SELECT (
    SELECT count(*) FROM listing
    WHERE listing.agency_id = :agency_id AND listing.user_id = :user_id
        AND listing.status IN ('active', 'completed')
) + (
    SELECT coalesce(sum(found.met), 0)::bigint
    FROM agent_binding AS bound
    CROSS JOIN LATERAL (
        SELECT count(*) AS met FROM listing
        WHERE {met} AND listing.status IN ('active', 'completed')
    ) AS found
    WHERE bound.agency_id = :agency_id AND bound.user_id = :user_id
)

-- name: listings_by_id
SELECT found.*
FROM {wanted_numbers}
CROSS JOIN LATERAL (
    SELECT {listing_columns} FROM listing
    WHERE listing.agency_id = wanted.agency_id AND listing.id = wanted.number LIMIT 1
) AS found

-- name: listings_by_external_id
SELECT found.*
FROM {wanted_texts}
CROSS JOIN LATERAL (
    SELECT {listing_columns} FROM listing
    WHERE listing.agency_id = wanted.agency_id AND listing.external_id = wanted.text LIMIT 1
) AS found

-- name: former_listings
SELECT found.*
FROM {wanted_texts}
CROSS JOIN LATERAL (
    SELECT held.agency_id, held.external_id, held.listing_id FROM former_listing AS held
    WHERE held.agency_id = wanted.agency_id AND held.external_id = wanted.text LIMIT 1
) AS found

-- name: listing_views_by_id
SELECT found.*
FROM {wanted_numbers}
CROSS JOIN LATERAL (
    {listing_view}
    WHERE listing.agency_id = wanted.agency_id AND listing.id = wanted.number LIMIT 1
) AS found

-- name: listing_views_by_external_id
SELECT found.*
FROM {wanted_texts}
CROSS JOIN LATERAL (
    {listing_view}
    WHERE listing.agency_id = wanted.agency_id AND listing.external_id = wanted.text LIMIT 1
) AS found

-- name: listings_by_media
SELECT found.*
FROM {wanted_shown}
CROSS JOIN LATERAL (
    SELECT {listing_columns}, wanted.media_id, wanted.after
    FROM ({next_shown}) AS next
    JOIN listing ON (listing.agency_id, listing.id) = (next.agency_id, next.listing_id)
    OFFSET 0
) AS found

-- name: media_by_listing
SELECT found.*
FROM {wanted_numbers}
CROSS JOIN LATERAL (
    SELECT {media_columns}
    FROM listing_media AS shown
    JOIN media ON (media.agency_id, media.id) = (shown.agency_id, shown.media_id)
    WHERE shown.listing_id = wanted.number AND shown.agency_id = wanted.agency_id
    OFFSET 0
) AS found

-- name: media_beside
SELECT found.*
FROM {wanted_shown}
CROSS JOIN LATERAL (
    SELECT {media_columns}
    FROM ({next_shown}) AS next
    JOIN listing_media AS beside
        ON (beside.agency_id, beside.listing_id) = (next.agency_id, next.listing_id)
    JOIN media ON (media.agency_id, media.id) = (beside.agency_id, beside.media_id)
    OFFSET 0
) AS found

-- name: listings_held
SELECT found.*
FROM {wanted_numbers}
CROSS JOIN LATERAL (
    SELECT listing.agency_id, listing.user_id, listing.id, listing.agent_version,
        listing.moved_version
    FROM listing
    WHERE listing.agency_id = wanted.agency_id AND listing.user_id = wanted.number
    UNION ALL
    SELECT bound.agency_id, bound.user_id, met.*
    FROM agent_binding AS bound
    CROSS JOIN LATERAL (
        SELECT listing.id, listing.agent_version, listing.moved_version FROM listing
        WHERE {met} OFFSET 0
    ) AS met
    WHERE bound.agency_id = wanted.agency_id AND bound.user_id = wanted.number
    OFFSET 0
) AS found

-- name: listings_left
SELECT found.*
FROM {wanted_numbers}
CROSS JOIN LATERAL (
    SELECT passed.agency_id, passed.user_id, passed.listing_id, passed.version,
        passed.agent_version AS was_since, passed.moved_version AS was_moved,
        {listing_agent} AS holder, listing.agent_version, listing.moved_version
    FROM listing_left AS passed
    JOIN listing ON (listing.agency_id, listing.id) = (passed.agency_id, passed.listing_id)
    WHERE passed.agency_id = wanted.agency_id AND passed.user_id = wanted.number
    OFFSET 0
) AS found

-- name: awaited_agents
SELECT found.*
FROM {wanted_texts}
CROSS JOIN LATERAL (
    SELECT listing.agency_id, listing.external_user_id FROM listing
    WHERE listing.agency_id = wanted.agency_id AND listing.external_user_id = wanted.text
        AND {waits} LIMIT 1
) AS found

-- name: listings_expecting
SELECT found.*
FROM {wanted_texts}
CROSS JOIN LATERAL (
    SELECT listing.agency_id, listing.external_user_id, listing.id, listing.agent_version,
        listing.moved_version
    FROM listing
    WHERE listing.agency_id = wanted.agency_id AND listing.external_user_id = wanted.text
        AND {waits} AND {listing_agent} IS NULL
    OFFSET 0
) AS found

-- name: listings_waiting
SELECT found.*
FROM (
    SELECT (key.value ->> 0)::bigint AS agency_id, key.value ->> 1 AS external_id,
        (key.value ->> 2)::bigint AS version
    FROM jsonb_array_elements(:wanted::jsonb) AS key (value) OFFSET 0
) AS bound
CROSS JOIN LATERAL (
    SELECT listing.agency_id, listing.external_user_id, bound.version, listing.id FROM listing
    WHERE {met}
    ORDER BY listing.id LIMIT :most
) AS found

-- name: listings_used_by
SELECT found.*
FROM {wanted_agencies}
CROSS JOIN LATERAL (
    SELECT made.agency_id, made.used FROM listing_count AS made
    WHERE made.agency_id = wanted.agency_id AND made.month = :month LIMIT 1
) AS found

-- name: agencies_named
SELECT {agency_columns} FROM {wanted_agencies} JOIN agency ON agency.id = wanted.agency_id

-- name: shift_listings
UPDATE listing SET
    user_id = shift.to_user_id, agent_version = shift.agent_version,
    moved_version = shift.moved_version,
    external_user_id = CASE  -- nobody's, and left there by nobody: no agent is named any more
        WHEN shift.to_user_id IS NULL AND shift.moved_version = 0 THEN NULL
        ELSE listing.external_user_id
    END,
    version = coalesce(shift.version, listing.version),
    updated_ms = coalesce(shift.now_ms, listing.updated_ms)
FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id,
        (hand.value ->> 0)::bigint AS id,
        (hand.value ->> 1)::bigint AS agent_version,
        (hand.value ->> 2)::bigint AS moved_version,
        (row.value ->> 2)::bigint AS to_user_id,
        (row.value ->> 3)::bigint AS version,
        (row.value ->> 4)::bigint AS now_ms
    FROM jsonb_array_elements(:rows::jsonb) AS row (value)
    CROSS JOIN LATERAL jsonb_array_elements((row.value ->> 1)::jsonb) AS hand (value) OFFSET 0
) AS shift
WHERE listing.agency_id = shift.agency_id AND listing.id = shift.id

-- name: save_listings_left
INSERT INTO listing_left (
    agency_id, user_id, listing_id, version, agent_version, moved_version
)
SELECT passed.agency_id, passed.user_id, listing.id, passed.version, passed.agent_version,
    passed.moved_version
FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id, (row.value ->> 1)::bigint AS user_id,
        (hand.value ->> 0)::bigint AS id,
        (hand.value ->> 1)::bigint AS agent_version,
        (hand.value ->> 2)::bigint AS moved_version,
        (row.value ->> 3)::bigint AS version
    FROM jsonb_array_elements(:rows::jsonb) AS row (value)
    CROSS JOIN LATERAL jsonb_array_elements((row.value ->> 2)::jsonb) AS hand (value) OFFSET 0
) AS passed
JOIN listing ON listing.agency_id = passed.agency_id AND listing.id = passed.id
ON CONFLICT (agency_id, user_id, listing_id) DO UPDATE SET
    version = excluded.version, agent_version = excluded.agent_version,
    moved_version = excluded.moved_version

-- name: forget_listings_left
DELETE FROM listing_left USING (
    SELECT (row.value ->> 0)::bigint AS agency_id,
        (row.value ->> 1)::bigint AS user_id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS named
WHERE listing_left.agency_id = named.agency_id AND listing_left.user_id = named.user_id

-- name: save_binding
INSERT INTO agent_binding (agency_id, external_id, user_id, version)
SELECT * FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id,
        row.value ->> 1 AS external_id,
        (row.value ->> 2)::bigint AS user_id,
        (row.value ->> 3)::bigint AS version
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS saved

-- name: delete_binding
DELETE FROM agent_binding USING (
    SELECT (row.value ->> 0)::bigint AS agency_id,
        row.value ->> 1 AS external_id,
        (row.value ->> 2)::bigint AS version
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS named
WHERE agent_binding.agency_id = named.agency_id
    AND agent_binding.external_id = named.external_id AND agent_binding.version = named.version

-- name: delete_listing_media
DELETE FROM listing_media USING (
    SELECT (row.value ->> 0)::bigint AS agency_id,
        (row.value ->> 1)::bigint AS listing_id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS named
WHERE listing_media.agency_id = named.agency_id AND listing_media.listing_id = named.listing_id

-- name: delete_listing_left
DELETE FROM listing_left USING (
    SELECT (row.value ->> 0)::bigint AS agency_id,
        (row.value ->> 1)::bigint AS listing_id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS named
WHERE listing_left.agency_id = named.agency_id AND listing_left.listing_id = named.listing_id

-- name: delete_listing
DELETE FROM listing USING (
    SELECT (row.value ->> 0)::bigint AS agency_id,
        (row.value ->> 1)::bigint AS id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS named
WHERE listing.agency_id = named.agency_id AND listing.id = named.id

-- name: clear_listing_external_id
UPDATE listing SET external_id = NULL FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id,
        (row.value ->> 1)::bigint AS id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS named
WHERE listing.agency_id = named.agency_id AND listing.id = named.id

-- fragment: saved_listings
(
    SELECT (row.value ->> 0)::bigint AS id,
        (row.value ->> 1)::bigint AS agency_id,
        row.value ->> 2 AS external_id,
        row.value ->> 3 AS status,
        row.value ->> 4 AS form,
        row.value ->> 5 AS files,
        (row.value ->> 6)::bigint AS user_id,
        row.value ->> 7 AS external_user_id,
        (row.value ->> 8)::bigint AS agent_version,
        (row.value ->> 9)::bigint AS moved_version,
        (row.value ->> 10)::bigint AS version,
        (row.value ->> 11)::bigint AS created_ms,
        (row.value ->> 12)::bigint AS updated_ms,
        (row.value ->> 13)::bigint AS synced_ms,
        (row.value ->> 14)::bigint AS source_us
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS saved

-- name: insert_listing
INSERT INTO listing (
    id, agency_id, external_id, status, form, files, user_id, external_user_id, agent_version,
    moved_version, version, created_ms, updated_ms, synced_ms, source_us
)
SELECT * FROM {saved_listings}

-- name: update_listing
UPDATE listing SET
    external_id = saved.external_id,
    status = saved.status,
    form = saved.form,
    files = saved.files,
    user_id = saved.user_id,
    external_user_id = saved.external_user_id,
    agent_version = saved.agent_version,
    moved_version = saved.moved_version,
    version = saved.version,
    updated_ms = saved.updated_ms,
    synced_ms = saved.synced_ms,
    source_us = saved.source_us
FROM {saved_listings}
WHERE listing.agency_id = saved.agency_id AND listing.id = saved.id

-- name: save_former_listing
INSERT INTO former_listing (agency_id, external_id, listing_id)
SELECT * FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id, row.value ->> 1 AS external_id,
        (row.value ->> 2)::bigint AS listing_id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS saved
ON CONFLICT (agency_id, external_id) DO UPDATE SET listing_id = excluded.listing_id

-- name: save_listing_media
INSERT INTO listing_media (agency_id, media_id, listing_id)
SELECT * FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id,
        (row.value ->> 1)::bigint AS media_id,
        (row.value ->> 2)::bigint AS listing_id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS saved
ON CONFLICT (media_id, listing_id) DO NOTHING

-- name: forget_photos
DELETE FROM listing_media USING (
    SELECT (row.value ->> 0)::bigint AS agency_id,
        (row.value ->> 1)::bigint AS media_id,
        (row.value ->> 2)::bigint AS listing_id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS named
WHERE listing_media.agency_id = named.agency_id AND listing_media.media_id = named.media_id
    AND listing_media.listing_id = named.listing_id

-- name: save_news
INSERT INTO photo_news (agency_id, media_id, told_id)
SELECT * FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id,
        (row.value ->> 1)::bigint AS media_id,
        (row.value ->> 2)::bigint AS told_id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS saved
ON CONFLICT (agency_id, media_id) DO UPDATE SET told_id = excluded.told_id

-- fragment: told_news
(
    SELECT (row.value ->> 0)::bigint AS agency_id,
        (row.value ->> 1)::bigint AS media_id,
        (row.value ->> 2)::bigint AS told_id,
        (row.value ->> 3)::bigint AS last_id
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS told

-- name: move_news
UPDATE photo_news SET told_id = told.last_id
FROM {told_news}
WHERE photo_news.agency_id = told.agency_id AND photo_news.media_id = told.media_id
    AND photo_news.told_id = told.told_id

-- name: end_news
DELETE FROM photo_news USING {told_news}
WHERE photo_news.agency_id = told.agency_id AND photo_news.media_id = told.media_id
    AND photo_news.told_id = told.told_id

-- name: save_listings_used
INSERT INTO listing_count (agency_id, month, used)
SELECT * FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id,
        (row.value ->> 1)::integer AS month,
        (row.value ->> 2)::integer AS used
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS saved
ON CONFLICT (agency_id, month) DO UPDATE SET used = excluded.used

-- name: update_agency
UPDATE agency SET
    name = saved.name, phone = saved.phone, region = saved.region, locale = saved.locale,
    descriptions = saved.descriptions, logo = saved.logo, version = saved.version
FROM (
    SELECT (row.value ->> 0)::bigint AS id,
        row.value ->> 1 AS name,
        row.value ->> 2 AS phone,
        row.value ->> 3 AS region,
        row.value ->> 4 AS locale,
        row.value ->> 5 AS descriptions,
        row.value ->> 6 AS logo,
        (row.value ->> 7)::bigint AS version
    FROM jsonb_array_elements(:rows::jsonb) AS row (value) OFFSET 0
) AS saved
WHERE agency.id = saved.id

-- name: open_visit
SELECT set_config('app.visitor', 'open', true)

-- name: agency_of_listing
SELECT listing.agency_id FROM listing
WHERE listing.id = :listing_id AND listing.status IN ('active', 'completed')

-- name: agency_of_user
SELECT portal_user.agency_id FROM portal_user
WHERE portal_user.id = :user_id AND portal_user.status = 'active'

-- name: bindings
SELECT agent_binding.agency_id, agent_binding.external_id, agent_binding.user_id,
    agent_binding.version
FROM agent_binding ORDER BY agent_binding.agency_id, agent_binding.version LIMIT :most

-- name: photo_news
SELECT photo_news.agency_id, photo_news.media_id, photo_news.told_id
FROM photo_news ORDER BY photo_news.agency_id, photo_news.media_id LIMIT :most

-- name: media_listed
SELECT found.*
FROM unnest(:wanted::bigint[]) AS wanted (id)
CROSS JOIN LATERAL (
    SELECT {media_columns} FROM media
    WHERE media.agency_id = :agency_id AND media.id = wanted.id LIMIT 1
) AS found
