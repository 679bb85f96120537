-- What many requests ask at once, and the counts that all processes share.

-- name: keys_by_id
SELECT {key_columns} FROM api_key WHERE api_key.id = ANY (:ids::bigint[])

-- name: agencies_by_id
SELECT {agency_columns} FROM agency WHERE agency.id = ANY (:ids::bigint[])

-- name: spend
INSERT INTO budget AS kept (agency_id, key_id, kind, minute, used)
SELECT * FROM (
    SELECT (row.value ->> 0)::bigint AS agency_id, (row.value ->> 1)::bigint AS key_id,
        row.value ->> 2 AS kind, (row.value ->> 3)::bigint AS minute,
        (row.value ->> 4)::integer AS used
    FROM jsonb_array_elements(:rows::jsonb) AS row (value)
) AS spent
ON CONFLICT (agency_id, key_id, kind) DO UPDATE SET
    minute = greatest(kept.minute, excluded.minute),
    used = CASE
        WHEN excluded.minute > kept.minute THEN excluded.used ELSE kept.used + excluded.used
    END
RETURNING agency_id, key_id, kind, used
