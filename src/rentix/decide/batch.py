"""A request against a working set: its operations in order, its memory, all or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rentix.decide.agencies import put_agency
from rentix.decide.avatars import finish_avatar
from rentix.decide.leavers import bind_listings, deactivate_user, reactivate_user
from rentix.decide.links import link_user, unlink_user
from rentix.decide.listings import delete_listing, link_listing, put_listing, unlink_listing
from rentix.decide.media import (
    await_media,
    delete_media,
    import_media,
    link_media,
    receive_media,
    unlink_media,
)
from rentix.decide.photos import tell_listings
from rentix.decide.users import put_user, register_user
from rentix.decide.working_set import Ending, WorkingSet
from rentix.errors import Code, Problem
from rentix.operations import (
    Answer,
    AwaitMedia,
    BindListings,
    DeactivateUser,
    DeleteListing,
    DeleteMedia,
    FinishAvatar,
    ImportMedia,
    LinkListing,
    LinkMedia,
    LinkUser,
    Operation,
    PutAgency,
    PutListing,
    PutUser,
    ReactivateUser,
    ReceiveMedia,
    RegisterUser,
    Request,
    Result,
    TellListings,
    UnlinkListing,
    UnlinkMedia,
    UnlinkUser,
)


def decide(working: WorkingSet, request: Request, now_ms: int) -> Answer:
    """Decide a request and leave its effects in `working`.

    Raises:
        Problem: `idempotency_key_reused`, when its key was used before with other content.
    """
    if request.idempotency:
        memory = working.memory(request.caller.agency_id, request.idempotency.scope)
        if memory and memory.content != request.idempotency.content:
            raise Problem(Code.KEY_REUSED, _KEY_REUSED)
        if memory:
            return Answer(remembered=memory.body)
    results = (
        _atomic(working, request, now_ms) if request.atomic else _each(working, request, now_ms)
    )
    if request.idempotency and request.render:
        body = request.render(results)
        if body is not None:
            working.remember(request.caller.agency_id, request.idempotency, body)
    return Answer(tuple(results))


_KEY_REUSED = (
    "Idempotency-Key was used before with other content; send a new key for a new request, "
    "or the same query and body to get the first answer again"
)


def _each(working: WorkingSet, request: Request, now_ms: int) -> list[Result]:
    return [_decide_one(working, request, operation, now_ms) for operation in request.operations]


def _atomic(working: WorkingSet, request: Request, now_ms: int) -> list[Result]:
    trial = working.fork()
    results = _each(trial, request, now_ms)
    if not any(isinstance(result, Problem) for result in results):
        working.adopt(trial)
        return results
    return [r if isinstance(r, Problem) else Problem(Code.ABORTED, _ABORTED) for r in results]


_ABORTED = "not stored, because another operation of this atomic request failed"


def _decide_one(
    working: WorkingSet, request: Request, operation: Operation | Problem, now_ms: int
) -> Result:
    if isinstance(operation, Problem):
        return operation
    try:
        outcome = _decide(working, request, operation, now_ms)
    except Problem as problem:
        return problem
    if not (isinstance(operation, PutUser | PutListing) and operation.validate_only):
        working.apply(outcome, now_ms)
    return outcome


def _decide(working: WorkingSet, request: Request, operation: Operation, now_ms: int) -> Ending:
    if isinstance(operation, PutUser):
        return put_user(working, request.caller, operation, now_ms)
    decide = _DECISIONS[type(operation)]
    outcome: Ending = decide(working, request.caller, operation, now_ms)
    return outcome


_DECISIONS: dict[type, Callable[..., Any]] = {
    LinkUser: link_user,
    UnlinkUser: unlink_user,
    RegisterUser: register_user,
    DeactivateUser: deactivate_user,
    ReactivateUser: reactivate_user,
    ImportMedia: import_media,
    AwaitMedia: await_media,
    ReceiveMedia: receive_media,
    LinkMedia: link_media,
    UnlinkMedia: unlink_media,
    DeleteMedia: delete_media,
    FinishAvatar: finish_avatar,
    PutListing: put_listing,
    LinkListing: link_listing,
    UnlinkListing: unlink_listing,
    DeleteListing: delete_listing,
    BindListings: bind_listings,
    TellListings: tell_listings,
    PutAgency: put_agency,
}
"""Who decides what."""
