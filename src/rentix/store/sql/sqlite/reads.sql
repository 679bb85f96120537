-- Point reads on the event loop.

-- name: data_version
PRAGMA data_version

-- name: user_by_id
SELECT {user_columns} FROM portal_user WHERE portal_user.agency_id = ? AND portal_user.id = ?

-- name: user_by_external_id
SELECT {user_columns} FROM portal_user
WHERE portal_user.agency_id = ? AND portal_user.external_id = ?

-- name: key_and_agency
SELECT {key_columns}, {agency_columns}
FROM api_key JOIN agency ON agency.id = api_key.agency_id WHERE api_key.id = ?
