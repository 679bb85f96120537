"""A request against a working set: its operations in order, its memory, all or none."""

from __future__ import annotations

from rentix.decide.avatars import finish_avatar
from rentix.decide.links import link_user, unlink_user
from rentix.decide.users import put_user, register_user
from rentix.decide.working_set import WorkingSet
from rentix.errors import Code, Problem
from rentix.operations import (
    Answer,
    FinishAvatar,
    LinkUser,
    Operation,
    Outcome,
    PutUser,
    Request,
    Result,
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
    if not (isinstance(operation, PutUser) and operation.validate_only):
        working.apply(outcome)
    return outcome


def _decide(working: WorkingSet, request: Request, operation: Operation, now_ms: int) -> Outcome:
    if isinstance(operation, PutUser):
        return put_user(working, request.caller, operation, now_ms)
    if isinstance(operation, LinkUser):
        return link_user(working, request.caller, operation, now_ms)
    if isinstance(operation, UnlinkUser):
        return unlink_user(working, request.caller, operation, now_ms)
    if isinstance(operation, FinishAvatar):
        return finish_avatar(working, request.caller, operation, now_ms)
    return register_user(working, request.caller, operation, now_ms)
