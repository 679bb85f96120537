"""Workbooks as people keep them: numbers that are ids, dates, titles, merged cells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from rentix.client import SetupError
from rentix.sync.map_tables import MapTables
from rentix.sync.mapping import lay_over
from rentix.sync.records import Rejection, Row
from rentix.sync.sources import HalfRead, Layout, Source, open_source

Write = Callable[..., Path]


@pytest.fixture
def book(tmp_path: Path) -> Write:
    """Write sheets, each a list of rows; the ranges of `merged` are merged in the first."""

    def write(*sheets: list[list[Any]], merged: tuple[str, ...] = (), name: str = "a.xlsx") -> Path:
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.worksheets[0])
        for number, rows in enumerate(sheets, start=1):
            sheet = workbook.create_sheet(f"Sheet {number}")
            for row in rows:
                sheet.append(row)
        for place in merged:
            workbook.worksheets[0].merge_cells(place)
        workbook.save(tmp_path / name)
        return tmp_path / name

    return write


def rows(source: Source) -> list[tuple[int, list[object]]]:
    return [(r.line, list(r.cells.values())) for r in source.rows() if isinstance(r, Row)]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (69123456.0, "69123456"),
        (3.7379e10, "37379000000"),
        (7, "7"),
        (1.5, "1.5"),
        (True, "true"),
        (date(2024, 3, 1), "2024-03-01"),
        (datetime(2024, 3, 1, 9, 30), "2024-03-01T09:30:00"),  # noqa: DTZ001 - a sheet has no zones
        (time(9, 30), "09:30:00"),
        (" 069 ", " 069 "),
        (None, ""),
    ],
)
def test_cells_are_text_as_a_person_sees_it(book: Write, cell: Any, text: str) -> None:
    source = open_source(book([["id", "cell"], ["1", cell]]))
    assert rows(source) == [(2, ["1", text])]


def test_an_id_of_more_digits_than_a_sheet_keeps_is_rejected(book: Write) -> None:
    source = open_source(book([["externalId", "name"], [1234567890123456789, "Ana"]]))
    (row,) = source.rows()
    assert isinstance(row, Row)
    rejection = lay_over(MapTables(), source).read(row)
    assert isinstance(rejection, Rejection)
    assert rejection.code == "number_imprecise"


def test_titles_blank_rows_and_merged_headings_are_no_rows(book: Write) -> None:
    path = book(
        [
            ["Lista agenților"],
            [],
            ["Cod", "Nume", None, None],
            [],
            ["Filiala Centru"],
            [1, "Ana", None, "a remark beside the table"],
            [None, " "],
            [2, "Ion"],
        ],
        merged=("A1:B1", "A5:B5"),
    )
    source = open_source(path)
    assert source.columns == ("Cod", "Nume")
    assert rows(source) == [(6, ["1", "Ana"]), (8, ["2", "Ion"])]
    assert source.lines == 8


def test_the_first_sheet_is_taken_and_that_is_said(book: Write) -> None:
    path = book([["a", "b"], [1, 2]], [["c", "d"], [3, 4]])
    assert open_source(path).form == "workbook, sheet 'Sheet 1', the first of 2"
    other = open_source(path, layout=Layout(sheet="Sheet 2"))
    assert (other.columns, other.form) == (("c", "d"), "workbook, sheet 'Sheet 2'")
    with pytest.raises(SetupError, match="no sheet 'Sheet2'; did you mean 'Sheet 2'"):
        open_source(path, layout=Layout(sheet="Sheet2"))


def test_a_workbook_is_known_by_its_content(book: Write) -> None:
    assert open_source(book([["a", "b"], [1, 2]], name="export.csv")).form.startswith("workbook")


def test_an_empty_sheet_is_refused(book: Write) -> None:
    with pytest.raises(SetupError, match="its sheet is empty"):
        open_source(book([]))
    with pytest.raises(HalfRead, match="holds no agents"):
        open_source(book([["Cod", "Nume"]])).check_whole()


def test_a_broken_workbook_is_refused(tmp_path: Path) -> None:
    for magic in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        (tmp_path / "a.xlsx").write_bytes(magic + b"rest" * 200)
        with pytest.raises(HalfRead, match="cannot be opened"):
            open_source(tmp_path / "a.xlsx")
