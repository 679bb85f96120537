-- Take imports: another worker that takes at the same time passes over those that this one locks.

-- name: open_queue
SELECT set_config('app.queue', 'open', true)

-- name: take_tasks
UPDATE media SET
    status = 'processing', held_ms = :until_ms, token = media.token + 1, holds = media.holds + 1,
    error = NULL
WHERE media.id IN (
    SELECT media.id FROM media WHERE media.id IN ({next_tasks}) AND media.status = 'pending'
    FOR UPDATE SKIP LOCKED
)
RETURNING {task_columns}

-- name: files_in_use
SELECT variant.value ->> 'file'
FROM media CROSS JOIN LATERAL jsonb_array_elements(media.variants::jsonb) AS variant (value)
UNION ALL
SELECT media.source FROM media WHERE media.source IS NOT NULL AND media.ended_ms IS NULL

-- name: clock
SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint
