"""Refusals as the wire spells them (contract 3)."""

from __future__ import annotations

from http import HTTPStatus

from msgspec import UNSET, UnsetType
from msgspec.structs import asdict

from rentix.errors import Code, Fault, Problem
from rentix.wire.shapes import (
    BulkErrorShape,
    BulkProblemShape,
    BulkShape,
    DetailShape,
    ErrorShape,
    OperationErrorShape,
    ProblemShape,
)

_STATUSES: dict[Code, int] = {
    Code.KEY_REQUIRED: 401,
    Code.KEY_INVALID: 401,
    Code.AGENCY_SUSPENDED: 403,
    Code.CRM_DISABLED: 403,
    Code.SCOPE_MISSING: 403,
    Code.TICKET_INVALID: 403,
    Code.LISTINGS_LIMITED: 403,
    Code.ROUTE_UNKNOWN: 404,
    Code.USER_UNKNOWN: 404,
    Code.LISTING_UNKNOWN: 404,
    Code.MEDIA_MISSING: 404,
    Code.JOB_UNKNOWN: 404,
    Code.FILE_UNKNOWN: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.BODY_TIMEOUT: 408,
    Code.EXTERNAL_ID_TAKEN: 409,
    Code.USER_EXISTS: 409,
    Code.LISTING_EXISTS: 409,
    Code.LISTING_BLOCKED: 409,
    Code.ALREADY_LINKED: 409,
    Code.STALE_SOURCE: 409,
    Code.UPLOAD_UNDER_WAY: 409,
    Code.TICKET_SPENT: 410,
    Code.PRECONDITION_FAILED: 412,
    Code.BODY_TOO_LARGE: 413,
    Code.MEDIA_TYPE_UNSUPPORTED: 415,
    Code.RANGE_OUTSIDE: 416,
    Code.HEAD_TOO_LARGE: 431,
    Code.KEY_REUSED: 422,
    Code.ALL_FAILED: 422,
    Code.ABORTED: 422,
    Code.RATE_LIMITED: 429,
    Code.ATTEMPTS_LIMITED: 429,
    Code.INTERNAL: 500,
    Code.OVERLOADED: 503,
    Code.UNAVAILABLE: 503,
}


# Python's own phrases for these change between its versions.
_PHRASES = {
    413: "Payload Too Large",
    416: "Range Not Satisfiable",
    422: "Unprocessable Entity",
}


def status_of(code: Code) -> int:
    """The HTTP status of a refusal; a fault of a value is 400."""
    return _STATUSES.get(code, 400)


def reason_phrase(status: int) -> str:
    """`409` → `Conflict`."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase


def envelope(problem: Problem, request_id: str) -> ErrorShape:
    """The error body that every client knows, with our additions."""
    status = status_of(problem.code)
    return ErrorShape(
        status_code=status,
        message=problem.message if isinstance(problem.message, str) else tuple(problem.message),
        error=reason_phrase(status),
        code=problem.code,
        request_id=request_id,
        details=tuple(detail(fault) for fault in problem.faults),
        etag=_etag(problem),
    )


def problem_json(error: ErrorShape) -> ProblemShape | BulkProblemShape:
    """The same content as RFC 9457 asks for it."""
    shape = BulkProblemShape if isinstance(error, BulkErrorShape) else ProblemShape
    text = error.message if isinstance(error.message, str) else "; ".join(error.message)
    return shape(**asdict(error), title=error.error, status=error.status_code, detail=text)


def bulk_error(problem: Problem, request_id: str, bulk: BulkShape) -> BulkErrorShape:
    """A bulk of which nothing was stored: its own body and the members of an error."""
    members = asdict(envelope(problem, request_id)) | asdict(bulk)
    return BulkErrorShape(**members)


def operation_error(problem: Problem) -> OperationErrorShape:
    """`error` of one result of a bulk; several faults are one line there."""
    message = problem.message
    return OperationErrorShape(
        status_code=status_of(problem.code),
        code=problem.code,
        message=message if isinstance(message, str) else "; ".join(message),
        details=tuple(detail(fault) for fault in problem.faults) or UNSET,
        etag=_etag(problem),
    )


def _etag(problem: Problem) -> str | UnsetType | None:
    return problem.etag if problem.code is Code.PRECONDITION_FAILED else UNSET


def detail(fault: Fault) -> DetailShape:
    """`{pointer, code, message}`: a JSON pointer (RFC 6901), or the parameter's name beside it."""
    return DetailShape(
        pointer="".join(f"/{_escape(str(step))}" for step in fault.path),
        code=fault.code,
        message=fault.message,
        parameter=UNSET if fault.parameter is None else fault.parameter,
        user_id=UNSET if fault.user_id is None else fault.user_id,
        media_id=UNSET if fault.media_id is None else fault.media_id,
        listing_id=UNSET if fault.listing_id is None else fault.listing_id,
    )


def _escape(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
