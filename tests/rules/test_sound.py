"""The fast pass over a body decides how fast it is read, and never what comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rentix.api.bulk import _op, _read, _read_body, read_bulk
from rentix.errors import Problem
from rentix.rules.puts import read_put, read_put_bytes
from rentix.rules.steering import Terms
from rentix.wire.decode import parse_object
from rentix.wire.sound import sound_bulk, sound_put
from tests.faults.corpus import BROKEN, NASTY, VALID, json_files

TERMS = Terms("MD", "ro")


def told(problem: Problem) -> tuple[Any, ...]:
    return problem.code, problem.message, problem.faults


def both_readings(body: bytes) -> tuple[Any, Any]:
    """What comes of a body, by the fast pass if it takes it, and by the slow one alone."""
    readings: list[Any] = []
    ways: tuple[Callable[[], Any], ...] = (
        lambda: read_put_bytes(body, TERMS),
        lambda: read_put(parse_object(body), TERMS),
    )
    for read in ways:
        try:
            readings.append(read())
        except Problem as problem:
            readings.append(told(problem))
    return readings[0], readings[1]


def both_bulk_readings(body: bytes) -> tuple[Any, Any]:
    def slow() -> Any:
        return read_bulk(parse_object(body))

    readings: list[Any] = []
    for read in (lambda: _read_body(body), slow):
        try:
            found, notes = read()
        except Problem as problem:
            readings.append(told(problem))
            continue
        items = found.operations
        readings.append(([*map(_op, items)], [*map(reading, items)], found.atomic, notes))
    return readings[0], readings[1]


def reading(item: object) -> Any:
    try:
        return _read(item, TERMS)
    except Problem as problem:
        return told(problem)


def check(members: str) -> None:
    """Read the members as a profile, as an operation, and as one beside a good neighbour."""
    fast, slow = both_readings(f"{{{members}}}".encode())
    assert fast == slow
    separator = "," if members else ""
    neighbour = '{"op":"upsert","externalId":"n","name":"Ana Rusu","phone":"069123456"}'
    for op in ('"op":"upsert"', '"op":"validate"', '"op":"link"', '"op":"unlink"', '"op":1'):
        for bulk in (f"{{{op}{separator}{members}}}", f"{{{members}{separator}{op}}},{neighbour}"):
            fast, slow = both_bulk_readings(f'{{"operations":[{bulk}]}}'.encode())
            assert fast == slow


TEXTS = st.text(max_size=12) | st.sampled_from(NASTY)
PHONES = st.sampled_from(["069 123 456", "+373 22 123 456", "022123456 / 069123456", "0", "\0"])
ODD = st.sampled_from(
    [
        *(None, True, 0, 1, -1, 225.0, 225.5, 1e300, 2.0**63, 2**63 - 1, 2**63, 10**30, "", "x"),
        *("a\0", [], {}, {"x": 1}, [[1]], {"a\0": 1}),
    ]
)
FLAGS = st.booleans()
DESCRIPTIONS = st.dictionaries(st.sampled_from(["ro", "ru", "en", "de"]), TEXTS | st.none())
CHANNELS = st.sampled_from(["contact_phone", "contact_viber", "contact_telegram", "posting_type"])
SOUND: dict[str, st.SearchStrategy[Any]] = {
    "id": st.integers(1, 2**63 - 1) | st.integers().map(float),
    "externalId": TEXTS,
    "name": TEXTS,
    "phone": PHONES | TEXTS,
    "description": TEXTS | st.none() | DESCRIPTIONS,
    "avatar": st.none()
    | st.dictionaries(st.sampled_from(["url", "id", "refresh", "x"]), TEXTS | FLAGS | ODD),
    "instagram": TEXTS | st.none(),
    "youtube": TEXTS | st.none(),
    "tiktok": TEXTS | st.none(),
    "settings": st.dictionaries(CHANNELS, FLAGS) | st.dictionaries(CHANNELS | TEXTS, FLAGS | ODD),
    "mode": st.sampled_from(["upsert", "create", "update", "fill", "drop"]),
    "sourceUpdatedAt": st.sampled_from(["2026-01-31T08:00:00Z", "2026-01-31", "x"]),
    "ifMatch": TEXTS,
    "reactivate": FLAGS,
    "email": TEXTS,
}


@st.composite
def members_of_profiles(draw: st.DrawFn) -> str:
    """Members as JSON, mostly sound; a name may come twice, and letters may be escaped."""
    names = draw(st.lists(st.sampled_from([*SOUND]), max_size=6))
    names += draw(st.sampled_from([["externalId"], ["id"], []]))
    members = []
    for name in names:
        value = draw(SOUND[name] if draw(st.integers(0, 9)) else ODD)
        ascii_only = draw(FLAGS)
        members.append(f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=ascii_only)}")
    return ",".join(members)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(members_of_profiles())
def test_both_passes_make_the_same_of_any_members(members: str) -> None:
    check(members)


def check_in_every_field(values: Iterable[bytes]) -> None:
    for value in values:
        for field in SOUND:
            member = b'"%s":%s' % (field.encode(), value)
            for before in (b"", b'"externalId":"a",', b'"externalId":"a",%s,' % member):
                fast, slow = both_readings(b"{%s%s}" % (before, member))
                assert fast == slow, (before, member)
                bulk = b'{"operations":[{"op":"upsert",%s%s}]}' % (before, member)
                fast, slow = both_bulk_readings(bulk)
                assert fast == slow, bulk


@pytest.mark.slow
def test_both_passes_make_the_same_of_odd_and_broken_json() -> None:
    for body in BROKEN:
        assert both_readings(body)[0] == both_readings(body)[1]
        assert both_bulk_readings(body)[0] == both_bulk_readings(body)[1]
    short = [body for body in BROKEN if len(body) < 1000]
    check_in_every_field([*VALID, *short, *(json.dumps(text).encode() for text in NASTY)])


@pytest.mark.slow
def test_both_passes_make_the_same_of_the_json_test_suite(test_data: Path) -> None:
    files = json_files(test_data)
    assert len(files) == 318
    for body in files.values():
        assert both_readings(body)[0] == both_readings(body)[1]
        assert both_bulk_readings(body)[0] == both_bulk_readings(body)[1]
    check_in_every_field(body for body in files.values() if len(body) < 1000)


@pytest.mark.parametrize(
    "body",
    [
        b'{"externalId":"a\\u0000"}',
        b'{"externalId":"\\ud800"}',
        b'{"externalId":"\xff"}',
        b'{"externalId":"a","settings":{"x":1}}',
        b'{"externalId":"a","avatar":{"x":1}}',
        b'{"externalId":"a","x":1}',
        b'{"externalId":"a","id":1}',
        b'{"name":"Ana"}',
        b'{"externalId":"a"} 1',
        b'{"id":225.0}',
    ],
)
def test_the_fast_pass_leaves_what_is_not_sound(body: bytes) -> None:
    assert sound_put(body) is None
    assert sound_bulk(b'{"operations":[{"op":"upsert",%s]}' % body[1:]) is None


def test_the_fast_pass_takes_what_crms_send() -> None:
    members = (
        '"name":"Ana","phone":"069123456","description":{"ro":"a","ru":null},"avatar":null,'
        '"settings":{"contact_viber":false,"posting_type":"agent"},"mode":"fill","instagram":null'
    )
    assert sound_put(f'{{"externalId":"\\u0103",{members}}}'.encode())
    assert sound_bulk(f'{{"operations":[{{"id":1,{members},"op":"update"}}]}}'.encode())
