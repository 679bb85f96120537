"""Whatever a file holds, reading it ends in rows, rejections or a refusal: never in a crash."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rentix.client import SetupError
from rentix.sync.map_tables import MapTables
from rentix.sync.mapping import lay_over
from rentix.sync.records import Record, Rejection, Row, Skipped
from rentix.sync.report import to_json
from rentix.sync.sources import HalfRead, open_source
from rentix.sync.tally import Tally
from tests.sync.tables import write_workbook

MARKS = st.sampled_from(
    [b'"', b'""', b",", b";", b"\t", b"\n", b"\r\n", b"\r", b"\0", b"\xff", b"a"]
)
CSV_BODY = st.lists(MARKS | st.binary(max_size=4), max_size=40).map(b"".join)
HEADER = b"externalId,name,settings.contact_phone\n"


def read(path: Path, content: bytes) -> list[Record | Rejection | Skipped]:
    path.write_bytes(content)
    try:
        source = open_source(path)
        field_map = lay_over(MapTables(), source)
    except SetupError:
        return []
    with suppress(HalfRead):
        source.check_whole()
    found = [field_map.read(row) if isinstance(row, Row) else row for row in source.rows()]
    lines = [row.line for row in found]
    assert lines == sorted(set(lines)), "each row has a line of its own"
    rejected = [row for row in found if isinstance(row, Rejection)]
    assert to_json(Tally(rejected=rejected))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("head", [HEADER, b"", b"\xff\xfe", b"\xef\xbb\xbf" + HEADER])
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=CSV_BODY)
@example(body=b'1,"\n' * 5)
def test_any_csv(tmp_path: Path, head: bytes, body: bytes) -> None:
    read(tmp_path / "any.csv", head + body)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(st.binary(max_size=12) | st.just(b'{"externalId":"1"}'), max_size=8))
def test_any_jsonl(tmp_path: Path, body: list[bytes]) -> None:
    read(tmp_path / "any.jsonl", b'{"externalId":1}\n' + b"\n".join(body))


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.lists(
        st.sampled_from(['{"externalId":"1"}', '{"a":[', "]", "}", ",", '"', "1e999", "NaN", "{"]),
        max_size=10,
    ).map("".join)
    | st.text(max_size=12)
)
@pytest.mark.parametrize("head", ["[", '{"items":[', ""])
def test_any_json(tmp_path: Path, head: str, body: str) -> None:
    read(tmp_path / "any.json", f"{head}{body}".encode())


@pytest.mark.slow
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6))
def test_any_workbook(tmp_path: Path, places: list[tuple[float, int]]) -> None:
    path = write_workbook(tmp_path / "whole.xlsx", [("externalId", "name"), ("1", "Ana")])
    content = bytearray(path.read_bytes())
    for place, byte in places:
        content[int(place * (len(content) - 1))] = byte
    read(tmp_path / "any.xlsx", bytes(content))


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cells=st.lists(st.tuples(st.text("ab\"',;\n", max_size=6), st.text('ș "\n', max_size=6))))
def test_what_a_csv_writer_wrote_is_read_back(tmp_path: Path, cells: list[tuple[str, str]]) -> None:
    quoted = [",".join('"{}"'.format(cell.replace('"', '""')) for cell in row) for row in cells]
    path = tmp_path / "written.csv"
    path.write_text("\n".join(["a,b", *quoted]), encoding="utf-8", newline="")
    rows = [row for row in open_source(path).rows() if isinstance(row, Row)]
    assert [tuple(row.cells.values()) for row in rows] == cells


def test_any_json_of_the_parsing_suite(test_data: Path, tmp_path: Path) -> None:
    for path in sorted((test_data / "json" / "test_parsing").glob("*.json")):
        read(tmp_path / "suite.json", path.read_bytes())
