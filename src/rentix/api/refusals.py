"""Refusals and crashes as replies: one envelope for every source of error (contract 3)."""

from __future__ import annotations

from rentix.api.call import Call, Headers, Reply
from rentix.api.request_ids import new_request_id, request_id_line
from rentix.errors import Code, Problem
from rentix.store import Unavailable
from rentix.wire.answers import encode
from rentix.wire.errors import envelope, problem_json
from rentix.wire.shapes import ErrorShape
from rentix.writer import Closed, Overloaded

_PROBLEM_JSON = b"application/problem+json"
_CLOSING = {Code.HTTP_INVALID, Code.BODY_TOO_LARGE, Code.BODY_TIMEOUT, Code.MEDIA_TYPE_UNSUPPORTED}


def translate(error: Exception) -> Problem:
    """What the client is told of an exception; nothing internal is in it."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Overloaded):
        message = "too much is waiting to be written; nothing of this request was done"
        return Problem(Code.OVERLOADED, message, retry_after_s=1)
    if isinstance(error, Closed):
        message = "the service is restarting; nothing of this request was done"
        return Problem(Code.UNAVAILABLE, message, retry_after_s=2)
    if isinstance(error, Unavailable):
        message = "the database is busy; nothing of this request was done"
        return Problem(Code.UNAVAILABLE, message, retry_after_s=1)
    return Problem(Code.INTERNAL, "Internal server error")


def refuse(problem: Problem, call: Call) -> Reply:
    """The reply to a request that is refused."""
    error = envelope(problem, call.request_id)
    headers: Headers = []
    if problem.retry_after_s is not None:
        headers.append((b"retry-after", b"%d" % problem.retry_after_s))
    if problem.allowed is not None:
        headers.append((b"allow", problem.allowed.encode()))
    if problem.size_bytes is not None:
        headers.append((b"content-range", b"bytes */%d" % problem.size_bytes))
    if error.status_code == 401:  # noqa: PLR2004 - the status that RFC 9110, 11.6.1 speaks of
        headers.append((b"www-authenticate", b"ApiKey"))
    if problem.code in _CLOSING:
        headers.append((b"connection", b"close"))  # the rest of the body is not read
    return error_reply(error, call, headers)


def refuse_unread(problem: Problem) -> tuple[Reply, bytes]:
    """The reply to what could not be read as a request, and its id as a line of headers."""
    error = envelope(problem, new_request_id())
    wait_s = problem.retry_after_s
    headers: Headers = [] if wait_s is None else [(b"retry-after", b"%d" % wait_s)]
    return Reply(error.status_code, encode(error), headers), request_id_line(error.request_id)


def error_reply(error: ErrorShape, call: Call, headers: Headers) -> Reply:
    """An error body in the form that the client accepts: plain, or as RFC 9457 has it."""
    if _PROBLEM_JSON in call.headers.get(b"accept", b"").lower():
        return Reply(error.status_code, encode(problem_json(error)), headers, _PROBLEM_JSON)
    return Reply(error.status_code, encode(error), headers)
