"""Answers as values: a body of the expected shape, or an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TypeVar

import msgspec

from rentix.client.errors import ApiError, UnreadableAnswer
from rentix.wire.shapes import BulkShape, ErrorShape

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def read(answer: Answer, shape: type[T]) -> T:
    """Return the body as `shape`; raise ApiError for a refusal, UnreadableAnswer for nonsense."""
    if answer.status != HTTPStatus.OK:
        raise refusal(answer)
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise UnreadableAnswer(
            f"the answer is not what the API promises ({fault}); is the address right?"
        ) from fault


def read_bulk(answer: Answer) -> BulkShape:
    """Return the results of a bulk: a 422 in which every operation failed has them too."""
    if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY:
        try:
            return msgspec.json.decode(answer.body, type=BulkShape)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise refusal(answer) from None
    return read(answer, BulkShape)


def refusal(answer: Answer) -> ApiError:
    """Turn any answer but a 200 into an error, whoever wrote it."""
    try:
        said = msgspec.json.decode(answer.body, type=ErrorShape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ApiError(
            answer.status, _foreign_words(answer), request_id=answer.headers.get("x-request-id")
        )
    return ApiError(
        answer.status,
        said.message if isinstance(said.message, str) else "; ".join(said.message),
        code=said.code,
        details=said.details,
        request_id=said.request_id,
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


def seconds_to_reset(answer: Answer, unix_s: float) -> float | None:
    """Seconds until a spent rate budget is full again; None while there is some left.

    Both `X-RateLimit-Reset` and `Date` are read, so a client whose own clock `unix_s` is wrong
    waits no longer than one whose clock is right (contract 4).
    """
    reset = answer.headers.get("x-ratelimit-reset", "")
    if answer.headers.get("x-ratelimit-remaining") != "0" or not reset.isascii():
        return None
    if not reset.isdigit():
        return None
    now = _unix_s(answer.headers.get("date", ""))
    return max(0.0, float(reset) - (unix_s if now is None else now))


def _unix_s(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None
