-- Take imports.

-- name: take_tasks
UPDATE media SET
    status = 'processing', held_ms = :until_ms, token = media.token + 1, holds = media.holds + 1,
    error = NULL
WHERE media.id IN ({next_tasks}) AND media.status = 'pending'
RETURNING {task_columns}

-- name: files_in_use
SELECT variant.value ->> 'file' FROM media, json_each(media.variants) AS variant
UNION ALL
SELECT media.source FROM media WHERE media.source IS NOT NULL AND media.ended_ms IS NULL

-- name: clock
SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)
