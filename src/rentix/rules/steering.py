"""What steers a write, whatever it writes: whom it names, when it was so, what must hold."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from rentix.errors import Code, Fault
from rentix.rules.printed import NOTHING, Printed
from rentix.rules.submissions import Submission, ignore_others
from rentix.wire.times import read_time_us

Etags = tuple[str, ...] | None


class Terms(msgspec.Struct, frozen=True):
    """What a write's surroundings say: how the agency reads values, and the header If-Match.

    With `imports_off` no picture is imported here, and who sends the address of one is told.
    """

    region: str
    locale: str
    if_match: Etags = None
    imports_off: bool = False


def unknowns(
    shape: type, raw: dict[str, Any], terms: Terms, printed: Printed = NOTHING
) -> Submission:
    """A submission that has ignored whatever of `raw` a body of this shape does not know."""
    seen = Submission(terms.region, terms.locale)
    ignore_others(seen, shape, raw, printed)
    return seen


def check_one_id(raw: dict[str, Any]) -> list[Fault]:
    """The fault of a body that names its subject twice, or not at all."""
    given = [name for name in ("id", "externalId") if name in raw]
    if len(given) == 1:
        return []
    found = "both are" if given else "none is"
    message = f"exactly one of id, externalId must be given; {found} there"
    return [Fault(Code.EXCLUSIVE, message, (name,)) for name in given[:1] or ("externalId",)]


def read_source_time(seen: Submission, text: str | UnsetType) -> int | None:
    """Microseconds of `sourceUpdatedAt`, if it is there."""
    if text is UNSET:
        return None
    try:
        return read_time_us(text)
    except ValueError:
        reason = "must be a valid ISO 8601 date string with a zone, such as 2026-01-31T08:00:00Z"
        seen.refuse(Code.TIMESTAMP_INVALID, ("sourceUpdatedAt",), reason)
        return None


def read_if_match(seen: Submission, member: str | UnsetType, header: Etags) -> Etags:
    """The etags of which one must hold: the body's member, or else the header's."""
    if member is UNSET:
        return header
    member = member[1:-1] if member[:1] == member[-1:] == '"' else member
    if header is not None and header != (member,):
        reason = "and the header If-Match must not differ; send one of them"
        seen.refuse(Code.EXCLUSIVE, ("ifMatch",), reason)
    return (member,)
