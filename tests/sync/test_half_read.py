"""A file that ends midway stops a run before its first write, wherever it was cut."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rentix.client import SetupError
from rentix.sync.records import Row
from rentix.sync.run import open_roster
from rentix.sync.sources import HalfRead, Source, open_source
from rentix.sync.sources.faults import Empty
from tests.sync.conftest import WriteRoster
from tests.sync.tables import Table, write_csv, write_json, write_jsonl, write_workbook

TABLE: Table = [
    ("externalId", "name", "description.ro", "country"),
    *((f"CH/{n}", f"Ștefan {n}", f"Case noi,\n„frumoase”, {n}", "Moldova") for n in range(30)),
]


def whole_rows(source: Source) -> list[str]:
    source.check_whole()
    return [str(row.cells["externalId"]) for row in source.rows() if isinstance(row, Row)]


@pytest.fixture
def cut(tmp_path: Path) -> Callable[[Path, float], Path]:
    def write(path: Path, at: float) -> Path:
        content = path.read_bytes()
        half = tmp_path / f"half-{path.name}"
        half.write_bytes(content[: 1 + int(at * (len(content) - 2))])
        return half

    return write


@pytest.mark.slow
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1))
@pytest.mark.parametrize(
    ("write", "name"), [(write_workbook, "t.xlsx"), (write_json, "t.json")], ids=["xlsx", "json"]
)
def test_nothing_is_read_of_half_a_document(
    tmp_path: Path,
    cut: Callable[[Path, float], Path],
    at: float,
    write: Callable[..., Path],
    name: str,
) -> None:
    half = cut(write(tmp_path / name, TABLE), at)
    with pytest.raises(SetupError):
        whole_rows(open_source(half, form="xlsx" if name.endswith("xlsx") else "json"))


@pytest.mark.slow
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1))
@pytest.mark.parametrize(
    ("write", "name"), [(write_csv, "t.csv"), (write_jsonl, "t.jsonl")], ids=["csv", "jsonl"]
)
def test_half_a_text_is_refused_unless_it_was_cut_between_two_rows(
    tmp_path: Path,
    cut: Callable[[Path, float], Path],
    at: float,
    write: Callable[..., Path],
    name: str,
) -> None:
    path = write(tmp_path / name, TABLE)
    half = cut(path, at)
    rest = path.read_bytes()[len(half.read_bytes()) :]
    try:
        found = whole_rows(open_source(half))
    except SetupError:
        return
    ids = [row[0] for row in TABLE[1:]]
    assert found == ids[: len(found)]
    # Nothing tells such a file from a whole one but how many rows it lacks: the caps see that.
    last_cell = b"Moldova\r\n"
    assert rest.startswith((b"CH/", b'{"', b"\n")) or last_cell.endswith(
        rest[: rest.find(b"\n") + 1]
    )


@pytest.mark.parametrize(
    "content",
    [
        'externalId,name\n1,Ana\n2,"Ion',
        'externalId,name\n1,Ana\n2,"Ion\nand more\n',
        'externalId,name\n1,Ana\n2,"Ion\nand more',
        "externalId,name\n1,Ana\n2",
    ],
)
def test_a_csv_that_ends_in_the_midst_of_a_row(roster: WriteRoster, content: str) -> None:
    with pytest.raises(HalfRead, match="its last row is broken off"):
        open_roster(roster(content), None)


@pytest.mark.parametrize(
    "content",
    [
        'externalId,name\n1,"Ana\n2,Ion\n',
        "externalId,name\n1,Ana\n2,Ion",
        "externalId,name\n1,Ana\nTotal: 1\n",
    ],
)
def test_what_only_looks_odd_is_read(roster: WriteRoster, content: str) -> None:
    open_roster(roster(content), None)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("", "e.csv"),
        ("\n\n", "e.csv"),
        ("externalId,name\n", "e.csv"),
        ("[]", "e.json"),
        ('{"items": []}', "e.json"),
        ("\n", "e.jsonl"),
    ],
)
def test_an_empty_roster_is_a_mistake(roster: WriteRoster, content: str, name: str) -> None:
    with pytest.raises(Empty, match="holds no agents"):
        open_roster(roster(content, name), None)


def test_what_ends_midway_is_told_so_and_not_that_it_lacks_columns(roster: WriteRoster) -> None:
    with pytest.raises(HalfRead, match="line 1, the last, is broken off"):
        open_roster(roster('{"externalId": 1, "na', "r.jsonl"), None)


def test_a_last_line_of_json_that_is_cut(roster: WriteRoster) -> None:
    path = roster('{"externalId": 1}\n{"externalId": 2, "na', "r.jsonl")
    with pytest.raises(HalfRead, match="line 2, the last, is broken off"):
        open_roster(path, None)
