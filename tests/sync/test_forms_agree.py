"""The same table gives the same records, whatever form a CRM writes it in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rentix.sync.map_tables import MapTables
from rentix.sync.mapping import lay_over
from rentix.sync.records import Record, Row
from rentix.sync.sources import Source, open_source
from tests.sync.tables import Table, write_csv, write_json, write_jsonl, write_workbook

HEADER = ("externalId", "name", "phone", "description.ro", "settings.contact_viber")
ROMANIAN = st.text("aăâîșțAZ 09-,;'\"\n", max_size=12)
# Letters that stand alone say nothing of their encoding; in words they do.
RUSSIAN = st.lists(
    st.sampled_from(["Чебан", "Ялта", "дом", "щи", " ", "09", "-", ",", ";", "'", '"', "\n"]),
    max_size=6,
).map("".join)


def tables(text: st.SearchStrategy[str]) -> st.SearchStrategy[Table]:
    row = st.tuples(text, text, st.sampled_from(["", "069 123 456", "0231 12345"]), text)
    rows = st.lists(row, min_size=1, max_size=6)
    flags = ("da", "", "nu")
    return rows.map(
        lambda found: [
            HEADER,
            *((f"id-{n}{r[0]}", *r[1:], flags[n % 3]) for n, r in enumerate(found)),
        ]
    )


def read(source: Source) -> list[dict[str, Any]]:
    field_map = lay_over(MapTables(), source)
    records = [field_map.read(row) for row in source.rows() if isinstance(row, Row)]
    assert all(isinstance(record, Record) for record in records)
    source.check_whole()
    return [json.loads(record.operation) for record in records if isinstance(record, Record)]


def expected(table: Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for external_id, name, phone, text, flag in table[1:]:
        said: dict[str, Any] = {"op": "upsert", "externalId": external_id}
        said |= {"name": name} if name.strip() else {}
        said |= {"phone": phone} if phone else {}
        said |= {"description": {"ro": text}} if text.strip() else {}
        said |= {"settings": {"contact_viber": flag == "da"}} if flag else {}
        found.append(said)
    return found


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(ROMANIAN), delimiter=st.sampled_from(",;\t|"))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv(tmp_path: Path, table: Table, delimiter: str, encoding: str) -> None:
    path = write_csv(tmp_path / "t.csv", table, encoding=encoding, delimiter=delimiter)
    assert read(open_source(path)) == expected(table)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(RUSSIAN), delimiter=st.sampled_from(",;\t|"))
def test_csv_of_windows(tmp_path: Path, table: Table, delimiter: str) -> None:
    table = [*table, ("last", "Андрей Чебан", "", "Новые дома", "")]  # one word tells the language
    path = write_csv(tmp_path / "t.csv", table, encoding="cp1251", delimiter=delimiter)
    assert read(open_source(path)) == expected(table)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=tables(ROMANIAN | RUSSIAN))
@pytest.mark.parametrize(
    ("write", "name"),
    [(write_workbook, "t.xlsx"), (write_json, "t.json"), (write_jsonl, "t.jsonl")],
)
def test_others(tmp_path: Path, table: Table, write: Any, name: str) -> None:
    assert read(open_source(write(tmp_path / name, table))) == expected(table)
