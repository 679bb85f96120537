"""Answers as values: a body of the expected shape, or an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

import msgspec
from msgspec import UNSET

from rentix.client.errors import ApiError, UnreadableAnswer
from rentix.client.refusals import error_class
from rentix.client.results import Seen
from rentix.wire.shapes import BulkShape, ErrorShape

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def request_id(self) -> str | None:
        """What the portal logged the request under."""
        return self.headers.get("x-request-id")


def read(answer: Answer, shape: type[T]) -> T:
    """Return the body as `shape`; raise ApiError for a refusal, UnreadableAnswer for nonsense."""
    if answer.status != HTTPStatus.OK:
        raise refusal(answer)
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        unreadable = UnreadableAnswer(
            f"the answer is not what the API promises ({fault}); is the address right?"
        )
        unreadable.request_id = answer.request_id
        raise unreadable from fault


def read_seen(answer: Answer, shape: type[T]) -> Seen[T] | None:
    """Return the body together with its etag; None when it is still the one that is known."""
    if answer.status == HTTPStatus.NOT_MODIFIED:
        return None
    return Seen(read(answer, shape), answer.headers.get("etag", ""))


class BulkAnswer(BulkShape, rename="camel", kw_only=True):
    """The results of one request, and what the portal logged it under."""

    request_id: str | None = None


def read_bulk(answer: Answer) -> BulkAnswer:
    """Return the results of a bulk: a 422 in which every operation failed has them too."""
    if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        try:
            return msgspec.json.decode(answer.body, type=BulkAnswer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise refusal(answer) from None
    found = read(answer, BulkAnswer)
    found.request_id = answer.request_id
    return found


def refusal(answer: Answer) -> ApiError:
    """Turn any answer but a 200 into an error, whoever wrote it."""
    try:
        said = msgspec.json.decode(answer.body, type=ErrorShape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return error_class(answer.status, None)(
            answer.status,
            _foreign_words(answer),
            request_id=answer.request_id,
            retry_after_s=retry_after_s(answer),
        )
    return error_class(answer.status, said.code)(
        answer.status,
        said.message if isinstance(said.message, str) else "; ".join(said.message),
        code=said.code,
        details=said.details,
        request_id=said.request_id,
        etag=None if said.etag is UNSET else said.etag,
        retry_after_s=retry_after_s(answer),
    )


def _foreign_words(answer: Answer) -> str:
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = "unknown status"
    if "location" in answer.headers:
        return f"{phrase}: redirected to {answer.headers['location']}; use that address"
    return f"{phrase}, not in the API's form; is the address right?"


def retry_after_s(answer: Answer) -> float:
    """Seconds that `Retry-After` asks for, as a number or a date (RFC 9110, 10.2.3); else 0."""
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    until, now = _unix_s(asked), _unix_s(answer.headers.get("date", ""))
    return max(0.0, until - now) if until is not None and now is not None else 0.0


@dataclass(frozen=True, slots=True)
class Shown:
    """What an answer shows of a rate budget (contract 4)."""

    limit: int | None
    remaining: int
    reset: int
    ends_in_s: float


def shown_budget(answer: Answer, unix_s: float) -> Shown | None:
    """Return what an answer shows of a budget; None when it shows none.

    Both `X-RateLimit-Reset` and `Date` are read, so a client whose own clock `unix_s` is wrong
    waits no longer than one whose clock is right.
    """
    remaining, reset = (_number(answer, f"x-ratelimit-{name}") for name in ("remaining", "reset"))
    if remaining is None or reset is None:
        return None
    limit = _number(answer, "x-ratelimit-limit")
    now = _unix_s(answer.headers.get("date", ""))
    return Shown(limit, remaining, reset, max(0.0, reset - (unix_s if now is None else now)))


def _number(answer: Answer, header: str) -> int | None:
    word = answer.headers.get(header, "")
    return int(word) if word.isascii() and word.isdigit() else None


def _unix_s(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None
