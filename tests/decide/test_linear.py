"""No quadratic step: four times the operations are four times the work, by count, not by clock.

Work is lines run, calls made, and elements that a copy of, or a walk through, what the batch holds
goes over: one call in C may hide any number of those.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest

from rentix.decide.batch import decide
from rentix.decide.lookup import lookup
from rentix.decide.working_set import WorkingSet
from rentix.errors import Problem
from rentix.model import Agency, User
from rentix.operations import (
    Caller,
    DeactivateUser,
    DeleteListing,
    FileRef,
    Idempotency,
    LinkUser,
    ListingPatch,
    Operation,
    Patch,
    PutListing,
    PutUser,
    ReactivateUser,
    RegisterUser,
    Request,
    UnlinkUser,
)
from rentix.rules.phones import read_phones
from rentix.store.effect_rows import effect_rows

FEW, MANY = 30, 120
MOST = 1.1 * MANY / FEW
CALLER = Caller(1, 1)
[PHONE] = [phone for phone in [read_phones("+37369123456", "MD").phone] if phone]


class Work:
    """A count of what is done while it runs."""

    def __init__(self) -> None:
        self.done = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        before = sys.gettrace(), sys.getprofile()
        sys.setprofile(self._profile)
        sys.settrace(self._trace)
        try:
            yield
        finally:
            sys.settrace(before[0])
            sys.setprofile(before[1])

    def _trace(self, *_: object) -> Any:
        self.done += 1
        return self._trace

    def _profile(self, _: object, event: str, __: object) -> None:
        self.done += event == "c_call"

    def watching(self, held: Any) -> Any:
        """Give a dict, set or list that adds its size whenever it is gone through as a whole."""
        kind = type(held)
        walks = ["__iter__", "copy", "keys", "values", "items", "__or__"]
        if kind is list:
            walks += ["__contains__", "index", "count", "remove", "__add__"]
        methods = {name: self._walk(kind, name) for name in walks if hasattr(kind, name)}
        return type(f"Watched_{kind.__name__}", (kind,), methods)(held)

    def _walk(self, kind: type, name: str) -> Callable[..., Any]:
        def walk(held: Any, *arguments: Any) -> Any:
            self.done += len(held)
            found = getattr(kind, name)(held, *arguments)
            return self.watching(found) if type(found) is kind else found

        return walk


def watch(work: Work, holder: Any, names: Any) -> None:
    for name in names:
        held = getattr(holder, name)
        if type(held) in (dict, set, list):
            setattr(holder, name, work.watching(held))


def make_working_set(work: Work, size: int) -> WorkingSet:
    """Give what was loaded for a batch on `size` users."""
    users = [
        User(
            id=number,
            agency_id=CALLER.agency_id,
            external_id=f"crm-{number}",
            name="Ana",
            phone=PHONE,
            created_ms=0,
            updated_ms=0,
        )
        for number in range(size)
    ]
    ids = count(size)
    agencies = {1: Agency(id=1, name="Casa")}
    working = WorkingSet(users=users, agencies=agencies, new_id=lambda _: next(ids))
    watch(work, working, vars(working))
    for held in (working.media, working.listings, working.listings.hands):
        watch(work, held, vars(held))
    for effects in (working.effects, working.media.effects, working.listings.effects):
        watch(work, effects, effects.__struct_fields__)
    return working


def put(number: int, **fields: Any) -> PutUser:
    patch = Patch(name="Ion", phone=PHONE, avatar="https://casa.example/a.jpg")
    return PutUser(**{"external_id": f"crm-{number}", "patch": patch, **fields})


def listing(number: int, agent: str, **fields: Any) -> PutListing:
    files = tuple(FileRef(url=f"https://casa.example/{number}-{n}.jpg") for n in range(3))
    patch = ListingPatch(files=files, external_user_id=agent)
    return PutListing(**{"external_id": f"flat-{number}", "patch": patch, **fields})


def together(*operations: Operation | Problem, atomic: bool = False) -> list[Request]:
    return [Request(caller=CALLER, operations=operations, atomic=atomic)]


def apart(*operations: Operation, atomic: bool = False) -> list[Request]:
    """Make a request of each operation, each with an answer to be remembered."""
    return [
        Request(
            caller=CALLER,
            operations=(operation,),
            atomic=atomic,
            idempotency=Idempotency(f"scope-{number}", b""),
            render=lambda _: b"{}",
        )
        for number, operation in enumerate(operations)
    ]


BATCHES: dict[str, Callable[[int], list[Request]]] = {
    "changes": lambda size: together(*map(put, range(size))),
    "changes of one user": lambda size: together(
        *(put(0, patch=Patch(name=str(number))) for number in range(size))
    ),
    "nothing new": lambda size: together(
        *(put(number, patch=Patch(name="Ana")) for number in range(size))
    ),
    "new users": lambda size: together(*(put(-number) for number in range(1, size + 1))),
    "registered users": lambda size: together(*[RegisterUser(name="Ion", phone=PHONE)] * size),
    "new links": lambda size: together(
        *(UnlinkUser(id=number) for number in range(size)),
        *(LinkUser(id=number, external_id=f"new-{number}") for number in range(size)),
    ),
    "links that move round": lambda size: together(
        *(UnlinkUser(external_id=f"crm-{number}") for number in range(size)),
        *(LinkUser(id=number, external_id=f"crm-{size - number}") for number in range(1, size)),
    ),
    "refusals": lambda size: together(
        *(put(number, mode="create") for number in range(size)),
    ),
    "trials": lambda size: together(*(put(number, validate_only=True) for number in range(size))),
    "an atomic request": lambda size: together(*map(put, range(size)), atomic=True),
    "an atomic request in vain": lambda size: together(
        *map(put, range(size)), put(0, mode="create"), atomic=True
    ),
    "new listings of one agent": lambda size: together(
        *(listing(number, "crm-0") for number in range(size)), DeactivateUser(external_id="crm-0")
    ),
    "listings that wait for one agent": lambda size: together(
        *(listing(number, "leo") for number in range(size)), put(0, external_id="leo")
    ),
    "agents who leave one after another": lambda size: together(
        *(listing(number, f"crm-{number}") for number in range(size)),
        *(DeactivateUser(external_id=f"crm-{number}") for number in range(size)),
        *(ReactivateUser(id=number) for number in range(size)),
    ),
    "listings made and removed": lambda size: apart(
        *(listing(number, "leo") for number in range(size)),
        *(DeleteListing(external_id=f"flat-{number}") for number in range(size)),
        atomic=True,
    ),
    "many requests": lambda size: apart(*map(put, range(size))),
    "many atomic requests": lambda size: apart(*map(put, range(size)), atomic=True),
}


def measure(batch: Callable[[int], list[Request]], size: int) -> dict[str, int]:
    """Count the work of each step that the writer and the store take with a batch."""
    requests, work = batch(size), Work()
    working = make_working_set(work, size)
    steps: dict[str, Callable[[], object]] = {
        "lookup": lambda: lookup(requests),
        "decide": lambda: [decide(working, request, 1) for request in requests],
        "effect_rows": lambda: list(effect_rows(working.effects, 1)),
    }
    done = {}
    for name, step in steps.items():
        before = work.done
        with work.counted():
            step()
        done[name] = work.done - before
    return done


@pytest.mark.parametrize("name", BATCHES)
def test_four_times_the_operations_are_four_times_the_work(name: str) -> None:
    few, many = measure(BATCHES[name], FEW), measure(BATCHES[name], MANY)
    for step, done in many.items():
        assert done <= MOST * few[step], step
    assert many["decide"] > MANY, "work was counted"
