"""The variable parts of a path: ids and external ids."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from rentix.api.call import Call
from rentix.errors import Code, Fault, Problem
from rentix.wire.bodies import MAX_ID

_WHOLE = re.compile(r"-?[0-9]+")
_EXTERNAL_ID_MAX = 255
_SHOWN_MAX = 40
_BEFORE_EXTERNAL_ID = "/api/v1/users/external/x".count("/")  # for media as well


def read_id(call: Call, unknown: Callable[[int | str, None], Problem]) -> int:
    """The `:id` of the path.

    Raises:
        Problem: 400, when it is no integer; `unknown` of what was sent, when it is beyond all ids.
    """
    text = call.names["id"]
    if not _WHOLE.fullmatch(text):
        message = "Validation failed (numeric string is expected)"
        raise Problem(Code.ID_INVALID, message, (Fault(Code.ID_INVALID, message, parameter="id"),))
    if len(text) > _SHOWN_MAX:
        raise unknown(f"{text[:_SHOWN_MAX]}…", None)
    if abs(number := int(text)) > MAX_ID:  # no database can be asked for it
        raise unknown(number, None)
    return number


def read_external_id(call: Call) -> str:
    """The external id: the rest of the path as sent, percent-decoded; it may contain `/`.

    Raises:
        Problem: 400, when it is no text of 1 to 255 characters.
    """
    text = call.names["externalId"]
    if b"%" in call.path:  # what is no UTF-8 is no longer told there
        raw = b"".join(call.path.split(b"/", _BEFORE_EXTERNAL_ID)[_BEFORE_EXTERNAL_ID:])
        try:
            text = unquote_to_bytes(raw).decode()
        except UnicodeDecodeError:
            raise _refused("must be percent-encoded UTF-8") from None
    if "\0" in text:
        raise _refused("must not contain NUL")
    if not 0 < len(text) <= _EXTERNAL_ID_MAX:
        raise _refused(f"must be at least 1 and at most {_EXTERNAL_ID_MAX} characters")
    return text


def _refused(reason: str) -> Problem:
    message = f"externalId {reason}"
    fault = Fault(Code.VALIDATION_FAILED, message, parameter="externalId")
    return Problem(Code.VALIDATION_FAILED, [message], (fault,))
