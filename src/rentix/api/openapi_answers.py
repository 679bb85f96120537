"""What OpenAPI says of answers: every status that a route can give, its headers and its body."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import msgspec

from rentix.api.openapi_examples import answer_example, error_example
from rentix.api.openapi_parameters import steering_headers
from rentix.api.openapi_schemas import ref
from rentix.api.routes import Route
from rentix.errors import Code
from rentix.wire.bodies import LinkBody, MediaLinkBody, PutUserBody
from rentix.wire.errors import reason_phrase, status_of
from rentix.wire.leaver_shapes import DeactivateShape, ReactivateShape
from rentix.wire.listing_bodies import ListingLinkBody, PutListingBody
from rentix.wire.listing_shapes import ListingLinkShape, PutListingShape
from rentix.wire.shapes import (
    BulkErrorShape,
    BulkProblemShape,
    ErrorShape,
    LinkShape,
    ProblemShape,
    PutAgencyShape,
    PutShape,
)

Json = dict[str, Any]

_STRING: Json = {"type": "string"}
_WHOLE: Json = {"type": "integer"}
_PROBLEM_JSON = "application/problem+json"

HEADERS: Json = {
    "RequestId": {"description": "Name it when you ask about an answer.", "schema": _STRING},
    "RateLimitLimit": {"description": "Requests a minute; absent without limit.", "schema": _WHOLE},
    "RateLimitRemaining": {"description": "How many of them are left.", "schema": _WHOLE},
    "RateLimitReset": {"description": "When they are renewed, in Unix seconds.", "schema": _WHOLE},
    "RetryAfter": {"description": "How many seconds to wait.", "schema": _WHOLE},
    "ETag": {"description": "The state, for If-Match and If-None-Match.", "schema": _STRING},
    "IdempotencyReplayed": {
        "description": "There, and `true`, when this is the answer to an earlier request.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Authenticate": {"description": "The scheme to use: `ApiKey`.", "schema": _STRING},
}
_NAMES = {
    "RequestId": "X-Request-Id",
    "RateLimitLimit": "X-RateLimit-Limit",
    "RateLimitRemaining": "X-RateLimit-Remaining",
    "RateLimitReset": "X-RateLimit-Reset",
    "RetryAfter": "Retry-After",
    "ETag": "ETag",
    "IdempotencyReplayed": "Idempotency-Replayed",
    "Authenticate": "WWW-Authenticate",
}
_BUDGET = ("RateLimitLimit", "RateLimitRemaining", "RateLimitReset")
_OF_STATUS = {401: ("Authenticate",), 429: (*_BUDGET, "RetryAfter"), 503: ("RetryAfter",)}

_WHEN = {
    400: "A value, a parameter or the JSON is at fault; `details` names each fault.",
    401: "No key, or one that is not valid.",
    403: "The key may not do this.",
    404: "Unknown, or another agency's.",
    408: "The body took too long.",
    409: "What is stored stands against it; `details[0]` names the holder of an id: `userId`, "
    "`mediaId`, `listingId`.",
    412: "The precondition does not hold; `etag` is the current one.",
    413: "The body is over 512 KB.",
    415: "The body is not `application/json`.",
    422: "The `Idempotency-Key` was used before with other content.",
    429: "Too many requests, or too many invalid keys, in this minute.",
    431: "Request line and headers are over 64 KB or 100 lines.",
    500: "A defect on the server's side.",
    503: "Overloaded, the database away, or shutting down; nothing of the request was done.",
}
_CONFLICTING = (PutUserBody, LinkBody, MediaLinkBody, PutListingBody, ListingLinkBody)
_NAMING = (PutShape, PutListingShape)
"""Answers to writes that name by an `id` in the body what must be there."""
_TAGGED = (
    PutShape,
    LinkShape,
    DeactivateShape,
    ReactivateShape,
    PutListingShape,
    ListingLinkShape,
    PutAgencyShape,
)
_EVERY = (400, 431, 500, 503)
_KEYED = (401, 403, 429)
_BODIED = (408, 413, 415)


def _headers(*names: str) -> Json:
    return {_NAMES[name]: {"$ref": f"#/components/headers/{name}"} for name in names}


def _error(status: int, plain: type = ErrorShape, problem: type = ProblemShape) -> Json:
    codes = ", ".join(f"`{code}`" for code in Code if status_of(code) == status)
    example = error_example(status)
    return {
        "description": f"{reason_phrase(status)}. {_WHEN[status]} Codes: {codes}.",
        "headers": _headers("RequestId", *_OF_STATUS.get(status, ())),
        "content": {
            "application/json": {"schema": ref(plain), **example},
            _PROBLEM_JSON: {"schema": ref(problem)},
        },
    }


def _name(status: int) -> str:
    return HTTPStatus(status).name.title().replace("_", "")


RESPONSES: Json = {_name(status): _error(status) for status in _WHEN}


def responses(route: Route) -> Json:
    """The answers of a route by status."""
    found: Json = {"200": _success(route)}
    if "IfNoneMatch" in steering_headers(route):
        description = "The client has the current state already; no body."
        found["304"] = {"description": description, "headers": _headers("RequestId", "ETag")}
    for status in sorted(_refusals(route)):
        found[str(status)] = {"$ref": f"#/components/responses/{_name(status)}"}
    if route.bulk and "IdempotencyKey" in steering_headers(route):
        found["422"] = _bulk_refusal()
    return found


def _refusals(route: Route) -> set[int]:
    writes, one = steering_headers(route), not route.bulk
    may = {
        404: one and ("{" in route.path or route.answer in _NAMING or bool(route.required)),
        409: route.body in _CONFLICTING,
        412: "IfMatch" in writes and one,
        422: "IdempotencyKey" in writes and one,
    }
    sets = [_EVERY, _KEYED if route.scope else (), _BODIED if route.body else ()]
    return {status for group in sets for status in group} | {s for s, can in may.items() if can}


def _bulk_refusal() -> Json:
    refusal = _error(422, BulkErrorShape, BulkProblemShape)
    return refusal | {
        "description": "Unprocessable Entity. Every operation failed, or one of an `atomic` "
        "request did, and nothing was stored: `results` says why. Or "
        + _WHEN[422][:1].lower()
        + _WHEN[422][1:]
        + " Codes: `all_operations_failed`, `idempotency_key_reused`.",
    }


def _success(route: Route) -> Json:
    names = ["RequestId", *(_BUDGET if route.scope else ())]
    steered = steering_headers(route)
    if "IfNoneMatch" in steered or route.answer in _TAGGED:
        names.append("ETag")
    if "IdempotencyKey" in steered:
        names.append("IdempotencyReplayed")
    return {
        "description": _answer_text(route),
        "headers": _headers(*names),
        "content": _content(route),
    }


def _answer_text(route: Route) -> str:
    return (getattr(route.answer, "__doc__", None) or route.handler.__doc__ or "").split("\n")[0]


def _content(route: Route) -> Json:
    if route.answer is not None:
        assert issubclass(route.answer, msgspec.Struct)  # noqa: S101 - the table's answers are
        return {"application/json": {"schema": ref(route.answer), **answer_example(route)}}
    if route.path.endswith(".json"):
        return {"application/json": {"schema": {"type": "object"}}}
    return {"text/html": {"schema": _STRING}}
