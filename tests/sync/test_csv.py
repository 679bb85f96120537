"""CSV as programs really write it: every row comes out, as a row or as a rejection."""

from __future__ import annotations

from pathlib import Path

import pytest

from rentix.client import SetupError
from rentix.sync.records import Rejection, Row
from rentix.sync.sources import Layout, Source, open_source
from rentix.sync.sources.lines import LONGEST_LINE
from tests.sync.conftest import WriteRoster

ROMANIAN = "id;nume;oraș\r\n1;Ștefan Țurcanu;Bălți\r\n2;Ion Brânză;Chișinău\r\n"
RUSSIAN = "id;имя\r\n1;Андрей Чебан\r\n"


def rows(source: Source) -> list[tuple[int, list[object]]]:
    return [(r.line, list(r.cells.values())) for r in source.rows() if isinstance(r, Row)]


def rejections(source: Source) -> list[Rejection]:
    return [row for row in source.rows() if isinstance(row, Rejection)]


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("cp1250", "cp1250"),
    ],
)
def test_romanian_in_any_encoding(roster: WriteRoster, encoding: str, shown: str) -> None:
    text = ROMANIAN
    if encoding == "cp1250":  # it has only the cedilla letters
        text = text.translate(str.maketrans("șțȘȚ", "şţŞŢ"))
    if encoding == "utf-16-be":
        text = "\ufeff" + text
    source = open_source(roster(text, encoding=encoding))
    assert source.form == f"CSV, {shown}, semicolon"
    assert source.columns[:2] == ("id", "nume")
    expected = [line.split(";") for line in text.splitlines()[1:]]
    assert [cells for _, cells in rows(source)] == expected


def test_russian_in_cp1251_is_known_from_one_row(roster: WriteRoster) -> None:
    source = open_source(roster(RUSSIAN, encoding="cp1251"))
    assert source.form == "CSV, cp1251, semicolon"
    assert rows(source) == [(2, ["1", "Андрей Чебан"])]


def test_one_broken_byte_does_not_turn_the_file_into_another_encoding(roster: WriteRoster) -> None:
    content = "id,name\n1,Ștefan\n2,Țurcan\n".encode() + b"3,Br\xe2nz\xe3\n"
    source = open_source(roster(content))
    assert source.form == "CSV, utf-8, comma"
    assert rows(source)[:2] == [(2, ["1", "Ștefan"]), (3, ["2", "Țurcan"])]


def test_a_person_may_know_better(roster: WriteRoster) -> None:
    path = roster("id|имя\n1|Ян\n", encoding="koi8-r")
    source = open_source(path, layout=Layout(encoding="KOI8-R", delimiter="|"))
    assert rows(source) == [(2, ["1", "Ян"])]
    with pytest.raises(SetupError, match="'klingon' is no encoding"):
        open_source(path, layout=Layout(encoding="klingon"))


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_the_delimiter_is_told_from_the_header(roster: WriteRoster, mark: str) -> None:
    source = open_source(roster(f'id{mark}"name, full; or short"\n1{mark}Ana\n'))
    assert source.columns == ("id", "name, full; or short")
    assert rows(source) == [(2, ["1", "Ana"])]


def test_cells_may_hold_newlines_quotes_and_nul(roster: WriteRoster) -> None:
    source = open_source(roster('id,name\n1,"a\nb ""c"""\n2,x\0y\n\n3,z'))
    assert rows(source) == [(2, ["1", 'a\nb "c"']), (4, ["2", "x\0y"]), (6, ["3", "z"])]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_newline_ends_a_row(roster: WriteRoster, newline: str) -> None:
    source = open_source(roster(newline.join(("id,name", "1,a", "2,b"))))
    assert rows(source) == [(2, ["1", "a"]), (3, ["2", "b"])]


def test_a_quote_nobody_closed_costs_one_row(roster: WriteRoster) -> None:
    body = '1,"Ana\n2,Ion\n3,"Pop, Ion"\n4,Eva\n'
    source = open_source(roster("id,name\n" + body))
    assert [found.line for found in rejections(source)] == [2]
    assert [line for line, _ in rows(source)] == [3, 4, 5]


def test_a_quote_open_to_the_end_costs_one_row(roster: WriteRoster) -> None:
    source = open_source(roster('id,name\n1,"Ana\n2,Ion\n3,Eva\n'))
    assert [found.line for found in rejections(source)] == [2]
    assert rows(source) == [(3, ["2", "Ion"]), (4, ["3", "Eva"])]


def test_quotes_that_swallow_whole_rows_give_them_back(roster: WriteRoster) -> None:
    source = open_source(roster('id,name,city\n1,"Ana,a\n2,Ion,b\n3,"Eva",c\n4,x,"d"\n5,Pop,e"\n'))
    assert [line for line, _ in rows(source)] == [3, 4, 5, 6]
    assert [found.line for found in rejections(source)] == [2]
    source = open_source(roster('id,name,city\n1,a,"Ana\n2,Ion,b"\n3,Eva,\n4,"x\n5,y"\n6,z,z\n'))
    assert [cells[0] for _, cells in rows(source)] == ["1", "3", "6"]
    assert [found.line for found in rejections(source)] == [5, 6]


def test_a_row_of_another_width_is_rejected_and_empty_cells_beyond_are_not(
    roster: WriteRoster,
) -> None:
    source = open_source(roster("id,name,\n1,Ana,,,\n2\n3,Ion,x\n4,Eva\n"))
    assert source.columns == ("id", "name")
    assert [line for line, _ in rows(source)] == [2, 5]
    assert [(found.line, found.code) for found in rejections(source)] == [
        (3, "row_broken"),
        (4, "row_broken"),
    ]
    assert rejections(source)[0].reason == "the row is broken: it has 1 cells, the header 2"


def test_a_line_without_end_is_rejected_in_bounded_memory(roster: WriteRoster) -> None:
    source = open_source(roster("id,name\n1," + "x" * (3 * LONGEST_LINE) + "\n2,Ana\n"))
    assert [found.line for found in rejections(source)] == [2]
    assert rows(source) == [(3, ["2", "Ana"])]


@pytest.mark.parametrize("content", [" \n", ",,\n1,2,3\n"])
def test_a_file_without_header_is_refused(roster: WriteRoster, content: str) -> None:
    with pytest.raises(SetupError, match="no header row"):
        open_source(roster(content))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot read"):
        open_source(tmp_path / "none.csv")
