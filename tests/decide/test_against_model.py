"""Random operations, decided and laid over a plain dict: the two must always agree."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from rentix.decide.batch import decide
from rentix.decide.working_set import WorkingSet
from rentix.errors import Problem
from rentix.operations import (
    Caller,
    LinkUser,
    Operation,
    Outcome,
    Patch,
    PutUser,
    Request,
    UnlinkUser,
)
from rentix.rules.phones import read_phones

PHONES = [read_phones(text, "MD").phone for text in ("+37369123456", "+37322123456")]
EXTERNAL_IDS = st.sampled_from(["a", "b", "c"])
IDS = st.integers(1, 4)
PATCHES = st.builds(
    Patch,
    name=st.sampled_from(["Ana", "Ion", UNSET]),
    phone=st.sampled_from([*PHONES, None, UNSET]),
    instagram=st.sampled_from(["x", "y", None, UNSET]),
)
MODES = st.sampled_from(["upsert", "upsert", "create", "update", "fill"])
FLAGS = st.sampled_from([False, False, True])
OPERATIONS = st.one_of(
    st.builds(PutUser, external_id=EXTERNAL_IDS, patch=PATCHES, mode=MODES, validate_only=FLAGS),
    st.builds(PutUser, id=IDS, patch=PATCHES, mode=MODES),
    st.builds(LinkUser, id=IDS, external_id=EXTERNAL_IDS),
    st.builds(UnlinkUser, id=IDS),
    st.builds(UnlinkUser, external_id=EXTERNAL_IDS),
)
REQUESTS = st.lists(st.tuples(st.lists(OPERATIONS, min_size=1, max_size=5), FLAGS), max_size=8)

Rows = dict[int, dict[str, Any]]


def working_set() -> WorkingSet:
    ids = {"user": count(1), "media": count(1), "listing": count(1)}
    return WorkingSet(new_id=lambda kind: next(ids[kind]))


def request(operations: list[Operation], *, atomic: bool = False) -> Request:
    return Request(caller=Caller(1, 1), operations=tuple(operations), atomic=atomic)


def find(rows: Rows, operation: Any) -> dict[str, Any] | None:
    if operation.id is not None:
        return rows.get(operation.id)
    return next((r for r in rows.values() if r["external_id"] == operation.external_id), None)


def expect(rows: Rows, operation: Operation, new_id: int) -> bool:
    """Apply an operation to the rows as simply as can be, and say whether it succeeds."""
    if isinstance(operation, PutUser):
        return expect_put(rows, operation, new_id)
    assert isinstance(operation, LinkUser | UnlinkUser)
    if isinstance(operation, UnlinkUser):
        row = find(rows, operation)
        if row:
            row["external_id"] = None
        return row is not None
    row = rows.get(operation.id)
    holder = next((r for r in rows.values() if r["external_id"] == operation.external_id), None)
    if row is None or (row["external_id"] or operation.external_id) != operation.external_id:
        return False
    if holder is not None and holder is not row:
        return False
    row["external_id"] = operation.external_id
    return True


def expect_put(rows: Rows, put: PutUser, new_id: int) -> bool:
    row = find(rows, put)
    sent = {f: getattr(put.patch, f) for f in ("name", "phone", "instagram")}
    sent = {f: value for f, value in sent.items() if value is not UNSET}
    if row is None:
        whole = sent.get("name") is not None and sent.get("phone") is not None
        if put.id is not None or put.mode == "update" or not whole:
            return False
        if not put.validate_only:
            rows[new_id] = {"instagram": None, **sent, "external_id": put.external_id}
        return True
    if put.mode == "create":
        return False
    for field, value in sent.items():
        unreadable = field == "phone" and value is None
        kept = put.mode == "fill" and row[field] is not None
        if not (unreadable or kept or put.validate_only):
            row[field] = value
    return True


def state(working: WorkingSet) -> Rows:
    fields = ("name", "phone", "instagram", "external_id")
    return {
        user.id: {field: getattr(user, field) for field in fields}
        for user in working.effects.users.values()
    }


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(REQUESTS)
def test_states_agree_with_a_naive_model(requests: list[tuple[list[Operation], bool]]) -> None:
    working, rows = working_set(), Rows()
    for operations, atomic in requests:
        before = {user_id: dict(row) for user_id, row in rows.items()}
        results = decide(working, request(operations, atomic=atomic), 1).results
        expected = []
        for operation, result in zip(operations, results, strict=True):
            created = isinstance(result, Outcome) and result.verb == "created"
            new_id = result.user.id if isinstance(result, Outcome) and created else -len(rows) - 1
            expected.append(expect(rows, operation, new_id))
        if atomic and not all(expected):
            rows, expected = before, [False] * len(expected)
        assert [isinstance(result, Outcome) for result in results] == expected
        assert state(working) == rows


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(REQUESTS)
def test_the_log_is_gap_free_and_tells_every_version(
    requests: list[tuple[list[Operation], bool]],
) -> None:
    working = working_set()
    for operations, atomic in requests:
        decide(working, request(operations, atomic=atomic), 1)
    changes = working.effects.changes
    assert [change.seq for change in changes] == list(range(1, len(changes) + 1))
    latest = {change.subject_id: change.seq for change in changes}
    assert {user.id: user.version for user in working.effects.users.values()} == latest
    assert all(before != after for c in changes for before, after in c.fields.values())


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(REQUESTS, st.lists(OPERATIONS, min_size=1, max_size=5))
def test_a_dry_run_equals_the_real_run(
    requests: list[tuple[list[Operation], bool]], operations: list[Operation]
) -> None:
    working = working_set()
    for before, atomic in requests:
        decide(working, request(before, atomic=atomic), 1)
    untouched = state(working)
    # Nobody knows the id of a user before there is one: a dry run cannot give the real one.
    known = {None, *(number for number in range(1, 5) if working.user(1, number))}
    operations = [o for o in operations if getattr(o, "id", None) in known]

    def told(results: Any) -> list[Any]:
        return [
            (r.code, r.message)
            if isinstance(r, Problem)
            else (r.verb, r.user.external_id, r.user.etag, r.warnings, r.receipt)
            for r in results
        ]

    dry = decide(working.fork(), request(operations), 1).results
    assert state(working) == untouched
    real = decide(working, request(operations), 1).results
    verbs = [r.verb for r in dry if isinstance(r, Outcome)]
    if "created" not in verbs:  # a new user's own id may be named in a message
        assert told(dry) == told(real)
    assert verbs == [r.verb for r in real if isinstance(r, Outcome)]


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(REQUESTS)
def test_a_receipt_mentions_each_submitted_field_once(
    requests: list[tuple[list[Operation], bool]],
) -> None:
    working = working_set()
    for operations, atomic in requests:
        results = decide(working, request(operations, atomic=atomic), 1).results
        for operation, result in zip(operations, results, strict=True):
            if isinstance(operation, PutUser) and isinstance(result, Outcome):
                receipt = result.receipt
                assert receipt is not None
                groups = (receipt.applied, receipt.unchanged, receipt.normalised)
                named = [f for g in (*groups, receipt.ignored, receipt.held) for f in g]
                fields = ("name", "phone", "instagram")
                sent = [f for f in fields if getattr(operation.patch, f) is not UNSET]
                assert sorted(named) == sorted(sent)
