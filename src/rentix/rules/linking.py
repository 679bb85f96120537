"""The bodies that link, unlink or delete, whatever it is: the members of the operation."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from rentix.errors import invalid
from rentix.rules.steering import Terms, check_one_id, read_if_match, unknowns
from rentix.wire.bodies import LinkBody, UnlinkOperationBody
from rentix.wire.decode import read
from rentix.wire.listing_bodies import ListingNameBody


def read_linking(
    shape: type[LinkBody], raw: dict[str, Any], own_id: int | None, terms: Terms
) -> dict[str, Any]:
    """The members of a `Linking`; `own_id` None means that a body of this shape has the id.

    Raises:
        Problem: 400, with every fault.
    """
    body, faults = read(shape, raw)
    seen = unknowns(shape, raw, terms)
    if_match = read_if_match(seen, body.if_match if body else UNSET, terms.if_match)
    if body is None or faults or seen.faults:
        raise invalid(faults + seen.faults)
    return {
        "id": getattr(body, "id", own_id),
        "external_id": body.external_id,
        "if_match": if_match,
        "notes": tuple(seen.notes),
    }


def read_naming(
    shape: type[UnlinkOperationBody | ListingNameBody], raw: dict[str, Any], terms: Terms
) -> dict[str, Any]:
    """The members of a `Naming`.

    Raises:
        Problem: 400, with every fault.
    """
    body, faults = read(shape, raw)
    assert body is not None  # noqa: S101 - no member of it must be there
    seen = unknowns(shape, raw, terms)
    if_match = read_if_match(seen, body.if_match, terms.if_match)
    faults = check_one_id(raw) + faults + seen.faults
    if faults:
        raise invalid(faults)
    return {
        "id": body.id or None,
        "external_id": body.external_id or None,
        "if_match": if_match,
        "notes": tuple(seen.notes),
    }
