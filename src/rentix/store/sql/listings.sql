-- Listings, as readers and batches see them. Their agent is told as soon as there is one: what is to be
-- written down of it (agent_binding) is looked up with it.

-- fragment: listing_agent
coalesce(listing.user_id, CASE
    WHEN listing.external_user_id IS NOT NULL AND listing.moved_version <> listing.agent_version
    THEN (
        SELECT bound.user_id FROM agent_binding AS bound
        WHERE bound.agency_id = listing.agency_id
            AND bound.external_id = listing.external_user_id
            AND bound.version > listing.agent_version
        ORDER BY bound.version LIMIT 1
    )
END)

-- fragment: listing_columns
listing.id, listing.agency_id, listing.external_id, listing.status, listing.form, listing.files,
{listing_agent}, listing.external_user_id, listing.agent_version, listing.moved_version,
listing.version, listing.created_ms, listing.updated_ms, listing.synced_ms, listing.source_us

-- fragment: listing_view
SELECT {listing_columns}, {agency_columns}, {user_columns}
FROM listing
JOIN agency ON agency.id = listing.agency_id
LEFT JOIN portal_user
    ON portal_user.agency_id = listing.agency_id AND portal_user.id = {listing_agent}

-- fragment: of_agent
listing.id IN (
    SELECT held.id FROM listing AS held
    WHERE held.agency_id = :agency_id AND held.user_id = :user_id
    UNION ALL
    SELECT waiting.id FROM agent_binding AS bound
    JOIN listing AS waiting
        ON waiting.agency_id = bound.agency_id
        AND waiting.external_user_id = bound.external_id
        AND waiting.agent_version < bound.version AND waiting.user_id IS NULL
    WHERE bound.agency_id = :agency_id AND bound.user_id = :user_id
)
AND {listing_agent} = :user_id

-- name: one_listing
{listing_view}
WHERE listing.agency_id = :agency_id AND listing.id = :listing_id

-- name: one_listing_by_external_id
{listing_view}
WHERE listing.agency_id = :agency_id AND listing.external_id = :external_id

-- name: listing_page
{listing_view}
WHERE listing.agency_id = :agency_id AND listing.id > :after{conditions}
ORDER BY listing.id LIMIT :limit

-- name: listing_page_of_agent
{listing_view}
WHERE listing.agency_id = :agency_id AND listing.id > :after AND {of_agent}{conditions}
ORDER BY listing.id LIMIT :limit

-- name: listings_of_agent
{listing_view}
WHERE listing.agency_id = :agency_id AND listing.status IN ('active', 'completed')
    AND {of_agent}
ORDER BY listing.id DESC LIMIT :limit

-- name: listings_used
SELECT listing_count.used FROM listing_count
WHERE listing_count.agency_id = :agency_id AND listing_count.month = :month
