-- Listings, as readers and batches see them. Their agent is told as soon as there is one: what is to be
-- written down of it (agent_binding) is looked up with it. Of those that wait for its external id a
-- binding has `met` the ones for which it is the first since they began to.

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

-- fragment: listing_head
listing.id, listing.agency_id, listing.external_id, listing.status, listing.form, listing.files

-- fragment: listing_tail
listing.external_user_id, listing.agent_version, listing.moved_version, listing.version,
listing.created_ms, listing.updated_ms, listing.synced_ms, listing.source_us

-- fragment: listing_columns
{listing_head}, {listing_agent}, {listing_tail}, listing.user_id AS written_user_id

-- fragment: view_columns
{listing_head}, portal_user.id, {listing_tail}, {agency_columns}, {user_columns}

-- fragment: waits
listing.user_id IS NULL AND listing.moved_version <> listing.agent_version

-- fragment: met
listing.agency_id = bound.agency_id AND listing.external_user_id = bound.external_id
AND listing.agent_version < bound.version AND {waits} AND NOT EXISTS (
    SELECT 1 FROM agent_binding AS earlier
    WHERE earlier.agency_id = bound.agency_id AND earlier.external_id = bound.external_id
        AND earlier.version < bound.version AND earlier.version > listing.agent_version
)

-- fragment: listing_view
SELECT {view_columns}
{seen_listing}

-- fragment: state_columns
agency.locale, agency.version, listing.id, listing.version, portal_user.id, portal_user.version,
({state_of_photos})

-- fragment: state_of_photo
photo.id || photo.status || coalesce(length(photo.external_id) || ':' || photo.external_id, '')

-- name: one_listing
{listing_view}
WHERE listing.agency_id = :agency_id AND listing.id = :listing_id

-- name: listing_page
{listing_view}
WHERE listing.agency_id = :agency_id AND listing.id > :after{conditions}
ORDER BY listing.id LIMIT :limit

-- name: listings_used
SELECT listing_count.used FROM listing_count
WHERE listing_count.agency_id = :agency_id AND listing_count.month = :month
