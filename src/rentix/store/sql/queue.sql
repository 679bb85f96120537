-- The queue of imports. A worker takes the next ones, whosever they are.

-- fragment: task_columns
media.id, media.agency_id, media.user_id, media.original_url, media.source, media.token, media.holds,
media.tries, media.held_ms, media.crashes, media.use

-- name: return_held
UPDATE media SET status = 'pending', held_ms = NULL, due_ms = :now_ms  -- behind the others
WHERE media.status = 'processing' AND media.held_ms <= :now_ms

-- fragment: next_tasks
WITH RECURSIVE waiting (agency_id) AS (  -- from one agency to the next, past all that it has
    SELECT min(media.agency_id) FROM media WHERE media.status = 'pending'
    UNION ALL
    SELECT (
        SELECT min(media.agency_id) FROM media
        WHERE media.status = 'pending' AND media.agency_id > waiting.agency_id
    )
    FROM waiting WHERE waiting.agency_id IS NOT NULL
),
due AS (
    SELECT task.id, task.due_ms, row_number() OVER (
        PARTITION BY task.agency_id ORDER BY task.due_ms, task.id
    ) + (
        SELECT count(*) FROM media AS busy
        WHERE busy.status = 'processing' AND busy.agency_id = task.agency_id
    ) AS turn
    FROM waiting JOIN media AS task ON task.id IN (
        SELECT media.id FROM media
        WHERE media.agency_id = waiting.agency_id AND media.status = 'pending'
            AND media.due_ms <= :now_ms
        ORDER BY media.due_ms, media.id LIMIT :most
    )
)
SELECT due.id FROM due ORDER BY due.turn, due.due_ms, due.id LIMIT :most

-- name: keep_held
UPDATE media SET held_ms = :until_ms
WHERE media.id = :media_id AND media.token = :token AND media.status = 'processing'
RETURNING media.id

-- name: postpone
UPDATE media SET
    status = 'pending', held_ms = NULL, due_ms = :due_ms, error = :error,
    tries = media.tries + 1 - :crashes, crashes = media.crashes + :crashes, holds = 0
WHERE media.id = :media_id AND media.token = :token AND media.status = 'processing'

-- name: give_back
UPDATE media SET status = 'pending', held_ms = NULL, due_ms = :due_ms, holds = media.holds - 1
WHERE media.id = :media_id AND media.token = :token AND media.status = 'processing'

-- name: count_waiting
SELECT 'awaited', count(*) FROM media
WHERE media.status = 'pending' AND media.original_url = '' AND media.source IS NULL
UNION ALL
SELECT 'pending', count(*) FROM media WHERE media.status = 'pending'  -- with those that are awaited
UNION ALL
SELECT 'processing', count(*) FROM media WHERE media.status = 'processing'

-- name: return_all
UPDATE media SET status = 'pending', held_ms = NULL WHERE media.status = 'processing'

-- name: count_media
SELECT CASE
    WHEN media.status = 'pending' AND media.original_url = '' AND media.source IS NULL THEN 'awaited'
    ELSE media.status
END AS stand, count(*)
FROM media GROUP BY stand

-- name: claim_sweep
UPDATE installation SET swept_ms = :now_ms WHERE installation.swept_ms <= :before_ms
RETURNING installation.swept_ms
