-- The change log, remembered answers, jobs and identities.

-- name: last_seqs
SELECT agency.id, agency.last_seq
FROM json_each(?) AS wanted CROSS JOIN agency ON agency.id = wanted.value

-- name: save_last_seq
UPDATE agency SET last_seq = ? WHERE id = ?

-- name: save_change
INSERT INTO change (agency_id, seq, subject, subject_id, fields, at_ms, key_id, run)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)

-- name: memories
SELECT kept.agency_id, kept.scope, kept.content, kept.body
FROM json_each(:wanted) AS wanted
CROSS JOIN idempotency AS kept
    ON kept.agency_id = wanted.value ->> 0 AND kept.scope = wanted.value ->> 1
WHERE kept.expires_ms > :now_ms

-- name: save_memory
INSERT INTO idempotency (agency_id, scope, content, body, expires_ms) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (agency_id, scope) DO UPDATE SET
    content = excluded.content, body = excluded.body, expires_ms = excluded.expires_ms

-- name: forget_memories
DELETE FROM idempotency WHERE expires_ms <= ?

-- name: save_media
INSERT INTO media (id, agency_id, user_id, original_url, status, created_ms)
VALUES (?, ?, ?, ?, ?, ?)

-- name: supersede_media
UPDATE media SET status = 'failed', error = 'no longer wanted: the avatar was replaced or cleared' WHERE id = ?

-- name: job
SELECT media.id, media.status, media.created_ms, media.error, (
    SELECT count(*) FROM media AS earlier
    WHERE earlier.agency_id = media.agency_id AND earlier.status = 'pending'
        AND earlier.id < media.id
)
FROM media WHERE media.agency_id = ? AND media.id = ?

-- name: last_id
SELECT last FROM identity WHERE kind = ?

-- name: save_last_id
UPDATE identity SET last = ? WHERE kind = ?

-- name: changes
SELECT agency_id, seq, subject, subject_id, fields, at_ms, key_id, run
FROM change WHERE agency_id = ? AND seq > ? ORDER BY seq LIMIT ?
