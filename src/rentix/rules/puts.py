"""The body of PUT /users, whole: the profile and the members that steer the write (contract 5)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from rentix.errors import Fault, invalid
from rentix.operations import LinkUser, PutUser, UnlinkUser
from rentix.rules.linking import read_linking, read_naming
from rentix.rules.pictures import imports_off_note
from rentix.rules.printed import PROFILE
from rentix.rules.steering import Terms, check_one_id, read_if_match, read_source_time
from rentix.rules.submissions import ignore_others, read_patch, read_profile
from rentix.wire.bodies import (
    AvatarBody,
    LinkBody,
    LinkOperationBody,
    PutUserBody,
    UnlinkOperationBody,
)
from rentix.wire.decode import parse_object, read
from rentix.wire.sound import SoundPut, sound_put


def read_put_bytes(body: bytes, terms: Terms) -> PutUser:
    """The operation that the body of a request asks for: as `read_put`, and mostly faster.

    Raises:
        Problem: 400, with every fault, when it is no JSON object or names no user.
    """
    sound = sound_put(body)
    return read_put(parse_object(body), terms) if sound is None else read_sound(sound, terms)


def read_sound(body: SoundPut, terms: Terms, *, validate_only: bool = False) -> PutUser:
    """The operation that a sound body asks for."""
    return _make_put(body, {}, [], terms, validate_only=validate_only)


def read_put(raw: dict[str, Any], terms: Terms, *, validate_only: bool = False) -> PutUser:
    """The operation that `raw` asks for.

    Its `faults` refuse it once it is known whether it creates a user, for then it may lack more.

    Raises:
        Problem: 400, with every fault, when it names no user.
    """
    body, faults = read(PutUserBody, raw)
    assert body is not None  # noqa: S101 - no member of it must be there
    return _make_put(body, raw, check_one_id(raw) + faults, terms, validate_only=validate_only)


def _make_put(
    body: PutUserBody,
    raw: dict[str, Any],
    faults: list[Fault],
    terms: Terms,
    *,
    validate_only: bool,
) -> PutUser:
    seen = read_profile(body, raw, terms.region, terms.locale)
    ignore_others(seen, PutUserBody, raw, PROFILE)
    if terms.imports_off and isinstance(body.avatar, AvatarBody) and body.avatar.url is not UNSET:
        seen.notes.append(imports_off_note("avatar"))
    source_us = read_source_time(seen, body.source_updated_at)
    if_match = read_if_match(seen, body.if_match, terms.if_match)
    faults += seen.faults
    if faults and any(fault.path[:1] in (("id",), ("externalId",)) for fault in faults):
        raise invalid(faults)
    return PutUser(
        id=body.id or None,
        external_id=body.external_id or None,
        patch=read_patch(seen),
        mode=body.mode or "upsert",
        source_us=source_us,
        if_match=if_match,
        forms=seen.forms,
        ignored=seen.ignored,
        notes=tuple(seen.notes),
        faults=tuple(faults),
        validate_only=validate_only,
        reactivate=body.reactivate is True,
    )


def read_link(raw: dict[str, Any], user_id: int | None, terms: Terms) -> LinkUser:
    """The link that `raw` asks for; `user_id` None means that it names the user itself (bulk).

    Raises:
        Problem: 400, with every fault.
    """
    shape = LinkOperationBody if user_id is None else LinkBody
    return LinkUser(**read_linking(shape, raw, user_id, terms))


def read_unlink(raw: dict[str, Any], terms: Terms) -> UnlinkUser:
    """The unlinking that `raw` asks for.

    Raises:
        Problem: 400, with every fault.
    """
    return UnlinkUser(**read_naming(UnlinkOperationBody, raw, terms))
