"""One table written in every form that a roster may come in."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import openpyxl

Table = Sequence[Sequence[str]]
"""The first row is the header."""


def write_csv(path: Path, table: Table, *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(table)
    return path


def write_workbook(path: Path, table: Table) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.worksheets[0]
    for number, row in enumerate(table, start=1):
        for place, text in enumerate(row, start=1):
            cell = sheet.cell(number, place)
            cell.value = text or None
            cell.data_type = "s" if text else "n"
    workbook.save(path)
    return path


def as_objects(table: Table) -> list[dict[str, str]]:
    header, *rows = table
    return [dict(zip(header, row, strict=True)) for row in rows]


def write_json(path: Path, table: Table) -> Path:
    path.write_text(json.dumps({"items": as_objects(table)}, ensure_ascii=False), "utf-8")
    return path


def write_jsonl(path: Path, table: Table) -> Path:
    lines = (json.dumps(each, ensure_ascii=False) + "\n" for each in as_objects(table))
    path.write_text("".join(lines), "utf-8")
    return path
