"""What a batch decided, as rows for the saving queries, in the order in which they must run."""

from __future__ import annotations

from collections.abc import Iterator

from rentix.decide.media_set import MediaEffects
from rentix.decide.working_set import Effects
from rentix.store import IDEMPOTENCY_MS
from rentix.store.listing_effects import Step, listing_steps
from rentix.store.listing_rows import from_agency
from rentix.store.rows import Row, from_change, from_finish, from_user


def effect_rows(effects: Effects, now_ms: int) -> Iterator[Step]:
    """(name of the query, its rows, never empty) for all that is to be saved.

    Moved external ids are cleared before users and media are saved: two may swap theirs.
    """
    steps: tuple[Step, ...] = (
        ("clear_external_id", effects.moved),
        (
            "insert_user",
            [from_user(user) for key, user in effects.users.items() if key in effects.born],
        ),
        ("update_user", _updated_rows(effects)),
        ("save_former_link", [(*key, user) for key, user in effects.freed.items()]),
        ("save_change", [from_change(change) for change in effects.changes]),
        ("update_agency", [from_agency(agency) for agency in effects.tenants.values()]),
        *_media_steps(effects, now_ms),
        *(() if effects.listings.empty else listing_steps(effects, now_ms)),
        ("supersede_media", [(*key, now_ms) for key in effects.superseded]),
        ("finish_media", _finished_rows(effects, now_ms)),
        ("forget_memories", {(agency_id, now_ms) for agency_id, _ in effects.memories}),
        ("save_memory", _memory_rows(effects, now_ms)),
    )
    return (step for step in steps if step[1])


def _updated_rows(effects: Effects) -> list[Row]:
    renamed = {change.subject_id for change in effects.changes if "name" in change.fields}
    return [
        from_user(user, renamed=user.id in renamed)
        for key, user in effects.users.items()
        if key not in effects.born
    ]


def _media_steps(effects: Effects, now_ms: int) -> tuple[Step, ...]:
    media = effects.media
    if media.empty:  # nearly always
        return (("save_media", _queued_rows(effects, now_ms)),)
    return (
        ("delete_media_use", media.deleted),
        ("delete_media", media.deleted),
        ("clear_media_external_id", media.moved),
        ("save_media", _queued_rows(effects, now_ms) + _born_rows(media, now_ms)),
        ("link_media", [(*key, linked.external_id) for key, linked in media.linked.items()]),
        ("save_media_source", [(*key, m.source, m.due_ms) for key, m in media.sourced.items()]),
        ("save_media_use", [(*key, user) for key, users in media.given.items() for user in users]),
    )


def _queued_rows(effects: Effects, now_ms: int) -> list[Row]:
    return [
        (q.job.id, q.agency_id, q.user_id, q.job.url, q.job.status, now_ms, None, 0, "avatar")
        for q in effects.queued
    ]


def _born_rows(media: MediaEffects, now_ms: int) -> list[Row]:
    return [
        (m.id, m.agency_id, None, m.url or "", m.status, now_ms, m.external_id, m.due_ms, m.use)
        for m in media.born.values()
    ]


def _finished_rows(effects: Effects, now_ms: int) -> list[Row]:
    return [from_finish(finished.agency_id, finished.end, now_ms) for finished in effects.finished]


def _memory_rows(effects: Effects, now_ms: int) -> list[Row]:
    return [
        (agency_id, scope, memory.content, memory.body, now_ms + IDEMPOTENCY_MS)
        for (agency_id, scope), memory in effects.memories.items()
    ]
