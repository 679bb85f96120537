-- Tenants and their keys: written by the operator, read at every request.

-- fragment: agency_columns
agency.id, agency.name, agency.phone, agency.region, agency.locale,
agency.active, agency.crm_enabled,
agency.requests_per_minute, agency.bulk_per_minute, agency.monthly_listings

-- fragment: key_columns
api_key.id, api_key.agency_id, api_key.digest, api_key.scopes,
api_key.created_ms, api_key.revoked_ms

-- name: key_and_agency
SELECT {key_columns}, {agency_columns}
FROM api_key JOIN agency ON agency.id = api_key.agency_id WHERE api_key.id = ?

-- name: agency
SELECT {agency_columns} FROM agency WHERE agency.id = ?

-- name: insert_agency
INSERT INTO agency (
    name, phone, region, locale, requests_per_minute, bulk_per_minute, monthly_listings,
    sandbox, created_ms
)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id

-- name: set_agency_active
UPDATE agency SET active = ? WHERE id = ? RETURNING id

-- name: set_agency_crm
UPDATE agency SET crm_enabled = ? WHERE id = ? RETURNING id

-- name: count_agencies
SELECT count(*) FROM agency WHERE sandbox = ?

-- name: insert_key
INSERT INTO api_key (agency_id, digest, scopes, created_ms) VALUES (?, ?, ?, ?) RETURNING id

-- name: set_key_digest
UPDATE api_key SET digest = ? WHERE id = ?

-- name: revoke_key
UPDATE api_key SET revoked_ms = coalesce(revoked_ms, ?) WHERE id = ? RETURNING id

-- name: keys
SELECT {key_columns} FROM api_key ORDER BY api_key.id
