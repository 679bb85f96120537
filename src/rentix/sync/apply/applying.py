"""Applying a plan: exactly its items, each while the portal is as the plan found it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final, Protocol, TypeVar

import msgspec
from msgspec.structs import replace

from rentix.client import ApiError, RentixError
from rentix.client.batches import in_order
from rentix.client.calls import Call, bulk_users
from rentix.sync.apply.journal import Ending, Journal
from rentix.sync.apply.requests import STEPS, Part, Step, key_of, parts_of, split
from rentix.sync.plan import Plan
from rentix.wire.shapes import ResultShape

T = TypeVar("T")

_MOVED: Final = (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND)
"""Refusals which say that the portal is no longer as the plan found it."""


class Portal(Protocol):
    """What applying needs of a client."""

    def send(self, call: Call[T]) -> T:
        """Send a call and read its answer."""


@dataclass(slots=True)
class Account:
    """What became of a plan's items, by their numbers. `stopped` is what kept it from the end.

    `fresh` are those that this run had to do with; the journal knew the answers for all others.
    """

    endings: dict[int, Ending] = field(default_factory=dict)
    total: int = 0
    fresh: set[int] = field(default_factory=set)
    stopped: BaseException | None = None

    @property
    def summary(self) -> dict[str, int]:
        """How many items were applied, skipped because they had moved, and refused."""
        return _sums(self.endings.values())

    @property
    def before(self) -> dict[str, int]:
        """How many of these are so since a run before this."""
        return _sums(end for item, end in self.endings.items() if item not in self.fresh)

    @property
    def resumed(self) -> int:
        """How many items a run before this had brought to their end."""
        return sum(self.before.values())


def _sums(endings: Iterable[Ending]) -> dict[str, int]:
    states = Counter(ending.state for ending in endings)
    return {state: states[state] for state in ("applied", "skipped", "failed")}


def utc_now() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


class Application:
    """One plan, being applied through `portal`, with `journal` as its memory."""

    def __init__(
        self,
        plan: Plan,
        portal: Portal,
        journal: Journal,
        *,
        on_progress: Callable[[Account], None] = lambda _: None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._clock = clock
        self._plan = plan
        self._portal = portal
        self._journal = journal
        self._on_progress = on_progress
        self.account = Account(total=len(plan.writes))
        self._etags: dict[int, str] = {}

    def run(self) -> Account:
        """Apply what is not applied yet; never raises for what stopped it."""
        try:
            for step in STEPS:
                for parts in split(parts_of(step, self._plan, self._etags)):
                    self._deliver(step, parts)
                    self._on_progress(self.account)
        except (RentixError, KeyboardInterrupt) as stop:
            self.account.stopped = stop
        return self.account

    def _deliver(self, step: Step, parts: Sequence[Part]) -> None:
        """Have a bulk answered, by the journal or the portal, in halves if it is too large."""
        key = key_of(self._plan, parts)
        known = self._journal.answered(key)
        if known is not None:
            self._take(step, known)
            return
        self.account.fresh.update(part.item for part in parts)
        self._journal.note_sent(key, self._clock().isoformat(timespec="seconds"))
        operations = [msgspec.Raw(part.operation) for part in parts]
        try:
            answer = self._portal.send(bulk_users(operations, key, self._plan.id))
        except ApiError as refusal:
            if refusal.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
                raise
            self._halve(step, parts, refusal)
            return
        pairs = zip(parts, in_order(len(parts), answer), strict=True)
        endings = tuple(_ending(part.item, result) for part, result in pairs)
        self._journal.note_answered(key, endings)
        self._take(step, endings)

    def _halve(self, step: Step, parts: Sequence[Part], refusal: ApiError) -> None:
        if len(parts) == 1:
            code = refusal.code or "body_too_large"
            self._take(step, (Ending(parts[0].item, "failed", code=code, message=refusal.message),))
            return
        middle = len(parts) // 2
        self._deliver(step, parts[:middle])
        self._deliver(step, parts[middle:])

    def _take(self, step: Step, endings: Sequence[Ending]) -> None:
        for ending in endings:
            applied = ending.state == "applied"
            if step == "link" and applied and ending.etag is not None:
                self._etags[ending.item] = ending.etag
            half = step == "linked" and not applied
            self.account.endings[ending.item] = _half_done(ending) if half else ending


def _half_done(ending: Ending) -> Ending:
    return replace(ending, message=f"linked, but not updated: {ending.message}")


def _ending(item: int, result: ResultShape) -> Ending:
    if result.success:
        return Ending(item, "applied", etag=result.etag or None, user_id=result.id or None)
    if not result.error:
        return Ending(item, "failed", code="unexplained", message="the portal gave no reason")
    error = result.error
    state = "skipped" if error.status_code in _MOVED else "failed"
    return Ending(item, state, code=error.code, message=error.message)
