-- Tenants and their keys: written by the operator, read at every request.

-- fragment: agency_columns
agency.id, agency.name, agency.phone, agency.region, agency.locale,
agency.active, agency.crm_enabled,
agency.requests_per_minute, agency.bulk_per_minute, agency.monthly_listings,
agency.descriptions, agency.logo, agency.version

-- fragment: key_columns
api_key.id, api_key.agency_id, api_key.digest, api_key.scopes,
api_key.created_ms, api_key.revoked_ms

-- name: key
SELECT {key_columns} FROM api_key WHERE api_key.id = :key_id

-- name: agency
SELECT {agency_columns} FROM agency WHERE agency.id = :agency_id

-- name: insert_agency
INSERT INTO agency (
    id, name, phone, region, locale, requests_per_minute, bulk_per_minute, monthly_listings,
    created_ms
)
VALUES (
    :agency_id, :name, :phone, :region, :locale, :requests_per_minute, :bulk_per_minute,
    :monthly_listings, :now_ms
)

-- name: set_agency_active
UPDATE agency SET active = :active WHERE agency.id = :agency_id RETURNING id

-- name: set_agency_crm
UPDATE agency SET crm_enabled = :enabled WHERE agency.id = :agency_id RETURNING id

-- name: set_agency_limits
UPDATE agency SET
    requests_per_minute = coalesce(:requests_per_minute, requests_per_minute),
    bulk_per_minute = coalesce(:bulk_per_minute, bulk_per_minute),
    monthly_listings = coalesce(:monthly_listings, monthly_listings)
WHERE agency.id = :agency_id RETURNING id

-- name: insert_key
INSERT INTO api_key (id, agency_id, digest, scopes, created_ms)
VALUES (:key_id, :agency_id, :digest, :scopes, :now_ms)

-- name: revoke_key
UPDATE api_key SET revoked_ms = coalesce(revoked_ms, :now_ms)
WHERE id = :key_id AND agency_id = :agency_id

-- name: keys
SELECT {key_columns} FROM api_key ORDER BY api_key.id

-- name: is_sandbox
SELECT sandbox FROM installation

-- name: set_sandbox
UPDATE installation SET sandbox = :sandbox
