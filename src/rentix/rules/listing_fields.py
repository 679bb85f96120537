"""The form fields of a submitted listing, each checked and normalised (contract 6).

A submission's `patch` maps their names on the wire to what is to be stored, None for what is to be
cleared. Reading what is stored once more gives the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
from msgspec import UNSET

from rentix.errors import Code, Fault
from rentix.operations import Note
from rentix.rules.printed import LISTING
from rentix.rules.submissions import (
    Submission,
    can_be_seen,
    fits,
    ignore_others,
    ignore_printed,
)
from rentix.rules.text import clean_line, clean_text
from rentix.wire.decode import unknown_members
from rentix.wire.listing_bodies import (
    ADDRESS_MAX,
    DESCRIPTION_MAX,
    DESCRIPTION_MIN,
    FORM,
    WORD_MAX,
    CoordinatesBody,
    FormBody,
)

KEPT_NAME_MAX: Final = 100
KEPT_BYTES_MAX: Final = 4000
KEPT_NUMBER_MAX: Final = 2**53


def read_form(seen: Submission, body: FormBody, raw: dict[str, Any]) -> None:
    """Take the form fields of `body`; `raw` is the object it came from."""
    for name, attribute, reader in _FIELDS:
        value = getattr(body, attribute)
        if value is UNSET:
            continue
        if value is None or reader is None:
            seen.patch[name] = value
        else:
            reader(seen, name, value)
    place = raw.get("propertyCoordinates")
    if isinstance(place, dict):
        ignore_others(seen, CoordinatesBody, place, path=("propertyCoordinates",))


def _read_amount(seen: Submission, name: str, sent: float) -> None:
    stored = _whole(round(sent, 2))
    if stored <= 0:
        seen.refuse(Code.OUT_OF_RANGE, (name,), "must be at least 0.01")
        return
    seen.patch[name] = stored
    if stored != sent:
        seen.form(name, str(sent), str(stored))


def _whole(number: float) -> float:
    """PHP writes 65000.0 for 65000."""
    return int(number) if number == int(number) else number


def _read_quantity(seen: Submission, name: str, sent: str | float) -> None:
    if isinstance(sent, str):
        if _is_plain(sent):
            seen.patch[name] = sent
        else:
            _read_line(seen, name, sent, WORD_MAX)
    else:
        seen.patch[name] = _whole(sent)


def _is_plain(word: str) -> bool:
    """Whether there is nothing to do with a word, told at a glance; nearly all are so."""
    return word.isascii() and word.replace("-", "").isalnum() and len(word) <= WORD_MAX


def _read_address(seen: Submission, name: str, sent: str) -> None:
    _read_line(seen, name, sent, ADDRESS_MAX)


def _read_line(seen: Submission, name: str, sent: str, most: int) -> None:
    stored = clean_line(sent)
    if stored and not can_be_seen(stored):
        seen.refuse(Code.TEXT_INVALID, (name,), "must have a character that can be seen")
    elif fits(seen, (name,), stored, most):
        seen.take(name, sent, stored)


def _read_description(seen: Submission, name: str, sent: str) -> None:
    try:
        stored = clean_text(sent)
    except ValueError as error:
        seen.refuse(Code.TEXT_INVALID, (name,), str(error))
        return
    if fits(seen, (name,), stored, DESCRIPTION_MAX, DESCRIPTION_MIN):
        seen.take(name, sent, stored)


def _read_place(seen: Submission, name: str, sent: CoordinatesBody) -> None:
    seen.patch[name] = {"lat": _whole(sent.lat), "lng": _whole(sent.lng)}


_READERS: dict[str, Callable[[Submission, str, Any], None]] = {
    "announcementValue": _read_amount,
    "announcementDescription": _read_description,
    "propertyArea": _read_amount,
    "propertyQuantitySize": _read_quantity,
    "propertyQuantitySizeValue": _read_quantity,
    "propertyHousingMarket": _read_quantity,
    "propertyVisualState": _read_quantity,
    "propertyAddress": _read_address,
    "propertyCoordinates": _read_place,
}
_FIELDS = [(name, attribute, _READERS.get(name)) for name, attribute in FORM]


def keep_others(seen: Submission, raw: dict[str, Any], shape: type) -> None:
    """Keep the fields of `raw` that the contract does not name, as they were sent."""
    for name in unknown_members(shape, raw):
        if name in LISTING:
            ignore_printed(seen, name, LISTING[name])
        elif name == "reactivate":
            message = "reactivate is about agents, so it was ignored"
            seen.ignore(name, "not_applicable", message)
        else:
            _keep(seen, name, raw[name])


def _keep(seen: Submission, name: str, value: Any) -> None:
    if not name:
        message = "names of fields must be at least 1 characters"
        seen.faults.append(Fault(Code.TOO_SHORT, message, (name,)))
    elif len(name) > KEPT_NAME_MAX:
        message = f"names of fields must be at most {KEPT_NAME_MAX} characters"
        seen.faults.append(Fault(Code.TOO_LONG, message, (name,)))
    elif any(abs(number) > KEPT_NUMBER_MAX for number in _numbers(value)):
        # Beyond this, numbers mean different things to different programs (RFC 7493, 2.2).
        reason = "must not hold a number beyond 2^53; send it as a string"
        seen.refuse(Code.OUT_OF_RANGE, (name,), reason)
    elif _size_bytes(value) > KEPT_BYTES_MAX:
        seen.refuse(Code.TOO_LONG, (name,), f"must be at most {KEPT_BYTES_MAX} bytes of JSON")
    else:
        seen.patch[name] = value
        message = f"{name} is not a field of the contract and is kept as sent; check its spelling"
        seen.notes.append(Note(name, "kept_as_sent", message))


def _size_bytes(value: Any) -> int:
    try:
        return len(msgspec.json.encode(value))
    except RecursionError:  # too deep, and refused for it where it was decoded
        return 0


def _numbers(value: Any) -> Iterator[float]:
    waiting = [value]
    while waiting:  # a stack of our own: JSON may nest deeper than Python calls may
        item = waiting.pop()
        if isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, int | float):
            yield item
