"""Query parameters: how each is read, and what OpenAPI says of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import msgspec

from rentix.errors import Code, Fault, Problem, invalid
from rentix.model import LOCALES
from rentix.wire.bodies import MAX_ID
from rentix.wire.listing_bodies import STATUSES
from rentix.wire.times import read_time_us

_MAX_PARAMETERS = 50
_DIGITS_MAX = 20  # more than any number that is asked for has


class Parameter(msgspec.Struct, frozen=True):
    """A parameter with its JSON schema; `read` gives its value."""

    description: str
    schema: dict[str, Any]

    def read(self, text: str) -> object:
        """The value of `text`.

        Raises:
            ValueError: its message completes "<name> …".
        """
        reader = {"boolean": _flag, "integer": _whole}.get(self.schema["type"], _text)
        return reader(text, self.schema)


def _flag(text: str, _: dict[str, Any]) -> bool:
    if text not in ("true", "false"):
        raise ValueError("must be one of: true, false")
    return text == "true"


def _whole(text: str, schema: dict[str, Any]) -> int:
    least, most = schema["minimum"], schema["maximum"]
    if not (text.isascii() and text.isdigit()):
        raise ValueError("must be an integer number")
    number = int(text.lstrip("0")[:_DIGITS_MAX] or 0)
    if not least <= number <= most:
        reason = f"must be between {least} and {most}"
        raise ValueError(reason)
    return number


def _text(text: str, schema: dict[str, Any]) -> object:
    if schema.get("enum") and text not in schema["enum"]:
        raise ValueError("must be one of: " + ", ".join(schema["enum"]))
    if not text:
        raise ValueError("must be at least 1 characters")
    if len(text) > schema.get("maxLength", 255):
        reason = f"must be at most {schema.get('maxLength', 255)} characters"
        raise ValueError(reason)
    return _time_ms(text) if schema.get("format") == "date-time" else text


def _time_ms(text: str) -> int:
    try:
        # An unescaped plus sign of a zone arrives as a space.
        return -(-read_time_us(text.replace(" ", "+")) // 1000)
    except ValueError:
        raise ValueError("must be a valid ISO 8601 date string with a zone") from None


def _bool(description: str) -> Parameter:
    return Parameter(description, {"type": "boolean"})


def _string(description: str, **schema: Any) -> Parameter:
    return Parameter(description, {"type": "string", "minLength": 1, **schema})


def _integer(description: str, most: int) -> Parameter:
    return Parameter(description, {"type": "integer", "minimum": 1, "maximum": most})


PARAMETERS: dict[str, Parameter] = {
    "dryRun": _bool("Decide and answer, but store nothing."),
    "receipt": _bool("Say of every submitted field what became of it."),
    "locale": _string("Language of `description`; wins over Accept-Language.", enum=[*LOCALES]),
    "stored": _bool("Add to each profile what a write would be compared with."),
    "limit": _integer("How many on a page.", 1000),
    "cursor": _string("`nextCursor` of the page before.", maxLength=64),
    "search": _string("Words of the name, each by its beginning, in any script.", maxLength=200),
    "phone": _string("A number, in any spelling.", maxLength=255),
    "linked": _bool("Only users with, or without, an external id."),
    "status": _string("Only users of this status.", enum=["active", "inactive"]),
    "listings.status": _string("Only listings of this status.", enum=[*STATUSES]),
    "userId": _integer("Only listings that show this agent.", MAX_ID),
    "updatedSince": _string("Only users changed then or later.", format="date-time"),
    "id": _integer("The id of the job.", MAX_ID),
}


def name_of(parameter: str) -> str:
    """How a parameter is sent: `listings.status` as `status`."""
    return parameter.rpartition(".")[2]


def read_query(
    raw: bytes, known: tuple[str, ...], required: tuple[str, ...] = ()
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The parameters in `raw` as (checked values by name, names that are not `known`).

    Raises:
        Problem: 400, with every fault.
    """
    pairs = _split(raw) if raw else []
    readers = {name_of(parameter): PARAMETERS[parameter] for parameter in known}
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, text in pairs:
        if "\0" in name or "\0" in text:
            values[name] = None
            faults.append(_fault(name, Code.NUL_REFUSED, "must not contain NUL"))
        elif name in readers:
            try:
                if name in values:
                    raise ValueError("must be given once")  # noqa: TRY301 - told like the others
                values[name] = readers[name].read(text)
            except ValueError as error:
                values[name] = None
                faults.append(_fault(name, Code.VALIDATION_FAILED, str(error)))
    missing = [name for name in required if name not in values]
    faults += [_fault(name, Code.REQUIRED, "is required") for name in missing]
    if faults:
        raise invalid(faults)
    return values, tuple(name for name, _ in pairs if name not in readers)


def _split(raw: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_PARAMETERS,
        )
    except ValueError:  # UnicodeError is one
        message = f"query must be percent-encoded UTF-8 of at most {_MAX_PARAMETERS} parameters"
        raise Problem(Code.VALIDATION_FAILED, message) from None


def _fault(name: str, code: Code, reason: str) -> Fault:
    return Fault(code, f"{name} {reason}", parameter=name)
