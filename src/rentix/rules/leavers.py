"""The bodies about agents who leave and return, checked (contract 6a)."""

from __future__ import annotations

from typing import Any, Final

from msgspec import UNSET

from rentix.errors import Code, invalid
from rentix.operations import DeactivateUser, ReactivateUser
from rentix.rules.steering import Terms, check_one_id, read_if_match, unknowns
from rentix.wire.bodies import UNDO_DAYS, DeactivateBody, DeactivateOperationBody, ReactivateBody
from rentix.wire.decode import read

_DAY_MS: Final = 24 * 3600 * 1000


def read_deactivate(raw: dict[str, Any], user_id: int | None, terms: Terms) -> DeactivateUser:
    """The leaving that `raw` tells of; `user_id` None means that it names the user itself (bulk).

    Raises:
        Problem: 400, with every fault.
    """
    shape: type[DeactivateBody] = DeactivateBody
    if user_id is None:
        shape = DeactivateOperationBody
    body, faults = read(shape, raw)
    assert body is not None  # noqa: S101 - no member of it must be there
    seen = unknowns(shape, raw, terms)
    if user_id is None:
        faults = check_one_id(raw) + faults
    if body.successor_user_id and body.successor_external_id:
        reason = "must not be given beside successorUserId; send one of them"
        seen.refuse(Code.EXCLUSIVE, ("successorExternalId",), reason)
    if_match = read_if_match(seen, body.if_match, terms.if_match)
    faults += seen.faults
    if faults:
        raise invalid(faults)
    named = body if isinstance(body, DeactivateOperationBody) else None
    days = UNDO_DAYS if body.undo_days is UNSET else body.undo_days
    return DeactivateUser(
        id=(named.id or None) if named else user_id,
        external_id=(named.external_id or None) if named else None,
        successor_id=body.successor_user_id or None,
        successor_external_id=body.successor_external_id or None,
        undo_ms=days * _DAY_MS,
        if_match=if_match,
        notes=tuple(seen.notes),
    )


def read_reactivate(raw: dict[str, Any], user_id: int, terms: Terms) -> ReactivateUser:
    """The return that `raw` tells of.

    Raises:
        Problem: 400, with every fault.
    """
    body, faults = read(ReactivateBody, raw)
    assert body is not None  # noqa: S101 - no member of it must be there
    seen = unknowns(ReactivateBody, raw, terms)
    if_match = read_if_match(seen, body.if_match, terms.if_match)
    faults += seen.faults
    if faults:
        raise invalid(faults)
    return ReactivateUser(id=user_id, if_match=if_match, notes=tuple(seen.notes))
