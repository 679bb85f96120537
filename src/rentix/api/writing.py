"""From a call to a request for the writer, and from its results to a reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from rentix.api.call import Call, Headers, Reply
from rentix.api.etags import read_if_match
from rentix.errors import Code, Fault, Problem
from rentix.model import UNSTORED
from rentix.operations import (
    AgencyOutcome,
    DeactivateUser,
    DeleteListing,
    Idempotency,
    LinkListing,
    LinkUser,
    ListingOutcome,
    Note,
    Operation,
    Outcome,
    PutAgency,
    PutListing,
    PutUser,
    ReactivateUser,
    Request,
    Result,
    UnlinkListing,
    UnlinkUser,
)
from rentix.rules.steering import Terms
from rentix.wire.fates import shown_etag

_KEY_MAX = 255
Noted = TypeVar(
    "Noted",
    PutUser,
    LinkUser,
    UnlinkUser,
    DeactivateUser,
    ReactivateUser,
    PutListing,
    LinkListing,
    UnlinkListing,
    DeleteListing,
    PutAgency,
)
"""What carries notes of its own."""

Render = Callable[[Sequence[Result]], bytes | None]


def terms(call: Call) -> Terms:
    """How the agency reads values, and the header If-Match."""
    _, agency = call.tenant
    imports_off = not call.portal.keeps_files
    return Terms(agency.region, agency.locale, read_if_match(call.headers), imports_off)


def stray_notes(call: Call) -> tuple[Note, ...]:
    """A warning for each query parameter that the route doesn't know.

    A write that was meant as a dry run must not go unnoticed.
    """
    return tuple(
        Note(
            f"?{name}", "unknown_parameter", f"query parameter {name} is not known; it was ignored"
        )
        for name in call.strays
    )


def with_strays(call: Call, operation: Noted) -> Noted:
    """The operation, with a warning for each query parameter that the route doesn't know."""
    if not call.strays:
        return operation
    return replace(operation, notes=operation.notes + stray_notes(call))


async def write(
    call: Call, operations: Sequence[Operation | Problem], render: Render, *, atomic: bool = False
) -> Sequence[Result] | Reply:
    """Have operations decided and stored (or, with `?dryRun=true`, only decided).

    Returns the results, or the reply that an earlier request with the same Idempotency-Key got.
    """
    caller, _ = call.tenant
    idempotency = _idempotency(call)  # a bad key is refused in a dry run as well
    request = Request(
        caller=caller,
        operations=tuple(operations),
        atomic=atomic,
        idempotency=None if call.query.get("dryRun") else idempotency,
        render=render,
    )
    if call.query.get("dryRun"):
        return (await call.portal.rehearse(request)).results
    answer = await call.portal.commit(request)
    if answer.remembered is not None:
        etag = _read_etag(answer.remembered).etag
        headers = [(b"idempotency-replayed", b"true"), *_etag_header(etag)]
        return Reply(body=answer.remembered, headers=headers)
    return answer.results


async def write_one(call: Call, operation: Operation, render: Callable[[Any], bytes]) -> Reply:
    """Have one operation decided and stored, and answer with what it came to.

    Raises:
        Problem: the operation is refused.
    """

    def render_results(results: Sequence[Result]) -> bytes | None:
        return None if isinstance(results[0], Problem) else render(results[0])

    results = await write(call, [operation], render_results)
    if isinstance(results, Reply):
        return results
    if isinstance(results[0], Problem):
        raise results[0]
    etag = None
    outcome = results[0]
    if isinstance(outcome, Outcome | ListingOutcome | AgencyOutcome) and outcome.verb != "deleted":
        etag = shown_etag(outcome, stored=not call.query.get("dryRun"))
    return Reply(body=render(results[0]), headers=_etag_header(etag))


class _Etagged(msgspec.Struct):
    etag: str | None = None


_read_etag = msgspec.json.Decoder(_Etagged).decode


def _etag_header(etag: str | None) -> Headers:
    return [] if etag is None or etag == UNSTORED else [(b"etag", b'"%s"' % etag.encode())]


def _idempotency(call: Call) -> Idempotency | None:
    header = call.headers.get(b"idempotency-key")
    if header is None or call.method not in ("PUT", "POST"):
        return None
    key = header.decode("latin-1").strip()
    if not 0 < len(key) <= _KEY_MAX:
        message = f"Idempotency-Key must be 1 to {_KEY_MAX} characters"
        fault = Fault(Code.HEADER_INVALID, message, parameter="Idempotency-Key")
        raise Problem(Code.HEADER_INVALID, [message], (fault,))
    scope = f"{call.method} {call.path.decode('latin-1')} {key}"
    content = sha256(b"%d " % len(call.raw_query) + call.raw_query + call.body).digest()
    return Idempotency(sha256(scope.encode()).hexdigest(), content)
