-- The change log and background jobs, as readers ask for them.

-- name: job
SELECT media.id, media.user_id, media.status, media.created_ms, media.error, CASE
    WHEN media.status = 'pending' AND media.due_ms <= :now_ms THEN (
        SELECT count(*) FROM media AS earlier
        WHERE earlier.agency_id = media.agency_id AND earlier.status = 'pending'
            AND (earlier.due_ms, earlier.id) < (media.due_ms, media.id)
    )
END, media.variants
FROM media WHERE media.agency_id = :agency_id AND media.id = :job_id

-- name: changes
SELECT agency_id, seq, subject, subject_id, fields, at_ms, key_id, run
FROM change WHERE agency_id = :agency_id AND seq > :after ORDER BY seq LIMIT :limit
