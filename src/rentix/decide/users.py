"""Create and update one profile (contract 5)."""

from __future__ import annotations

from msgspec import UNSET
from msgspec.structs import replace

from rentix.decide.leaver_notes import not_given_back, reactivated
from rentix.decide.leavers import give_back, return_fields
from rentix.decide.media_set import is_free
from rentix.decide.record import record
from rentix.decide.refusals import (
    already_there,
    check_freshness,
    check_precondition,
    unknown_user,
    unusable_media,
)
from rentix.decide.report import warnings, was_held
from rentix.decide.working_set import WorkingSet
from rentix.errors import Code, Fault, invalid
from rentix.model import Change, Media, User
from rentix.operations import Caller, Note, Outcome, Patch, PutUser, RegisterUser, Shift, Verb
from rentix.rules.merge import Merge, birth, comes_back, merge


def put_user(working: WorkingSet, caller: Caller, put: PutUser, now_ms: int) -> Outcome:
    """Decide what `put` makes of the user it names.

    Raises:
        Problem: 400 with every fault, what a new user lacks among them; 404 unknown; 409 taken or
            stale; 412.
    """
    user = _find(working, caller.agency_id, put)
    avatar = put.patch.avatar
    media = working.media.find(caller.agency_id, avatar) if isinstance(avatar, int) else None
    faults = _media_faults(avatar, media, user) if isinstance(avatar, int) else ()
    if put.faults or faults:
        raise invalid(_all_faults(put, faults, user))
    if user is None:
        if put.id is not None or put.mode == "update":
            raise unknown_user(put.id, put.external_id)
        return _create(working, caller, put, media, now_ms)
    if put.mode == "create":
        raise already_there(user, by_id=put.id is not None)
    check_precondition(put.if_match, user)
    check_freshness(put.source_us, user)
    return _update(working, caller, user, put, media, now_ms)


def _find(working: WorkingSet, agency_id: int, put: PutUser) -> User | None:
    if put.id is not None:
        return working.user(agency_id, put.id)
    assert put.external_id is not None  # noqa: S101 - decoding saw to it that one is there
    return working.by_external(agency_id, put.external_id)


def _media_faults(media_id: int, media: Media | None, user: User | None) -> tuple[Fault, ...]:
    coming = user.avatar_import if user else None
    if media and (is_free(media) or (coming and coming.id == media.id and not coming.error)):
        return ()
    return (unusable_media(media_id, media),)


def _all_faults(put: PutUser, more: tuple[Fault, ...], user: User | None) -> list[Fault]:
    seen = {fault.path[:1] for fault in put.faults}
    creates = user is None and put.id is None and put.mode != "update"
    lacking = _missing(put.patch) if creates else []
    return [*put.faults, *more, *(fault for fault in lacking if fault.path not in seen)]


def _create(
    working: WorkingSet, caller: Caller, put: PutUser, media: Media | None, now_ms: int
) -> Outcome:
    name, phone = put.patch.name, put.patch.phone
    if name is UNSET or phone is UNSET or phone is None:
        raise invalid(_missing(put.patch))
    check_precondition(put.if_match, None)
    seq = working.next_seq(caller.agency_id)
    blank = User(
        id=working.new_id("user"),
        agency_id=caller.agency_id,
        external_id=put.external_id,
        name=name,
        phone=phone,
        version=seq,
        created_ms=now_ms,
        updated_ms=now_ms,
        synced_ms=now_ms if caller.key_id else None,
        source_us=put.source_us,
    )
    merged = merge(blank, put, "upsert", working.new_id, media)
    merged.fates.taken += merged.fates.unchanged
    merged.fates.unchanged = []
    user = merged.result()
    change = record(caller, user, birth(user), seq, now_ms)
    former = working.former_holder(caller.agency_id, put.external_id or "")
    return _outcome("created", put, merged, user, change, was_held("user", former))


def _missing(patch: Patch) -> list[Fault]:
    faults = [
        Fault(Code.REQUIRED, f"{field} is required to create a user", (field,))
        for field in ("name", "phone")
        if getattr(patch, field) is UNSET
    ]
    if patch.phone is None:
        message = "phone must be a valid phone number, such as +373 22 123 456"
        faults.append(Fault(Code.PHONE_INVALID, message, ("phone",)))
    return faults


def _update(
    working: WorkingSet,
    caller: Caller,
    user: User,
    put: PutUser,
    media: Media | None,
    now_ms: int,
) -> Outcome:
    merged = merge(user, put, put.mode, working.new_id, media)
    source_us = user.source_us if put.source_us is None else put.source_us
    shift = None
    if user.status == "inactive":
        shift = _return(working, caller, put, merged, now_ms)
    if not merged.changes:
        newer = source_us != user.source_us
        after = replace(user, source_us=source_us) if newer else user
        return _outcome("unchanged", put, merged, after, None, stored=newer)
    seq = working.next_seq(caller.agency_id)
    after = merged.result(
        source_us=source_us,
        version=seq,
        updated_ms=now_ms,
        synced_ms=now_ms if caller.key_id else user.synced_ms,
    )
    change = record(caller, user, merged.changes, seq, now_ms)
    outcome = _outcome("updated", put, merged, after, change)
    if shift is None:
        return outcome
    notes = (reactivated(user, shift), *not_given_back(user, shift, "status"))
    return replace(outcome, shift=shift, warnings=outcome.warnings + notes)


def _return(
    working: WorkingSet, caller: Caller, put: PutUser, merged: Merge, now_ms: int
) -> Shift | None:
    """Bring back who left, if it is the CRM's to say: it took them away, or insists."""
    user = merged.user
    if not comes_back(user, put):
        by_crm = user.leave is not None and user.leave.by_crm
        merged.fates.held["status"] = "crm" if by_crm else "portal"
        return None
    shift = give_back(working, user, working.next_seq(caller.agency_id), now_ms)
    merged.values |= {"status": "active", "leave": None}
    merged.changes |= return_fields(shift)
    return shift


def register_user(
    working: WorkingSet, caller: Caller, registration: RegisterUser, now_ms: int
) -> Outcome:
    """A new user without external id, whose phone only the portal may change."""
    seq = working.next_seq(caller.agency_id)
    user = User(
        id=working.new_id("user"),
        agency_id=caller.agency_id,
        name=registration.name,
        phone=registration.phone,
        phone_origin="registered",
        version=seq,
        created_ms=now_ms,
        updated_ms=now_ms,
    )
    return Outcome(verb="created", user=user, change=record(caller, user, birth(user), seq, now_ms))


def _outcome(
    verb: Verb,
    put: PutUser,
    merged: Merge,
    user: User,
    change: Change | None,
    notes: tuple[Note, ...] = (),
    *,
    stored: bool = False,
) -> Outcome:
    return Outcome(
        verb=verb,
        user=user,
        warnings=notes + warnings(put, merged, user),
        fates=merged.fates,
        change=change,
        stored=stored,
        queued=merged.queued,
        superseded=merged.superseded,
        given=merged.given,
    )
