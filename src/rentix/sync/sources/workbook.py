"""Rosters as workbooks: Excel's .xlsx, .xlsb and .xls, and .ods.

Cells become the text that a person sees or the same sheet saved as CSV has, so that an id or a
telephone is never `69123456.0`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

import python_calamine

from rentix.client import SetupError
from rentix.sync.records import Rejection, Row
from rentix.sync.sources.faults import cut_short, no_rows
from rentix.sync.targets import suggest
from rentix.sync.values import PRECISE

LARGEST_BYTES: Final = 1 << 30
"""Unpacked; a roster of 100,000 agents takes a tenth of that."""


class WorkbookSource:
    """One sheet of a workbook. Its header is the first row with two cells or more.

    Rows before it, blank ones, and headings across merged cells are no rows.
    """

    nested = False

    def __init__(self, path: Path, sheet: str | None = None) -> None:
        self._path = path
        workbook = _open(path)
        names = workbook.sheet_names
        name = _choose(path, workbook, sheet)
        try:
            self._sheet = workbook.get_sheet_by_name(name)
        except python_calamine.CalamineError as fault:
            raise cut_short(path, f"its sheet {name!r} cannot be read ({fault})") from None
        first = f", the first of {len(names)}" if sheet is None and len(names) > 1 else ""
        self.form = f"workbook, sheet {name!r}{first}"
        self.lines = self._sheet.end[0] + 1 if self._sheet.end else 0
        self._headings = {
            top: right - left + 1
            for (top, left), (_, right) in self._sheet.merged_cell_ranges or ()
            if right > left
        }
        self._header_row, self.columns = self._find_header()

    def rows(self) -> Iterator[Row | Rejection]:
        """Yield every row below the header that has something in it."""
        columns = self.columns
        for number, cells in enumerate(self._sheet.iter_rows(), start=1):
            if number <= self._header_row or not any(cells):
                continue
            texts = [cell if type(cell) is str else write(cell) for cell in cells]
            filled = sum(1 for text in texts if not isinstance(text, str) or text.strip())
            if not filled or (filled == 1 and number - 1 in self._headings):
                continue
            texts += [""] * (len(columns) - len(texts))
            yield Row(number, dict(zip(columns, texts, strict=False)))

    def check_whole(self) -> None:
        """Raise HalfRead for a sheet without rows; a workbook that is cut was never opened."""
        if next(self.rows(), None) is None:
            raise no_rows(self._path)

    def _find_header(self) -> tuple[int, tuple[str, ...]]:
        best: tuple[int, list[str]] | None = None
        for number, cells in enumerate(self._sheet.iter_rows(), start=1):
            texts = [str(write(cell)).strip() for cell in cells]
            filled = sum(map(bool, texts))
            if filled > 1:
                best = number, texts
                break
            if filled and best is None:
                best = number, texts
        if best is None:
            raise SetupError(f"{self._path}: its sheet is empty; name the columns in a first row")
        number, texts = best
        while not texts[-1]:
            texts.pop()
        return number, tuple(text or f"column {n}" for n, text in enumerate(texts, start=1))


def write(cell: object) -> object:
    """Return a cell as text; a number of more digits than a sheet keeps stays a number."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if abs(cell) >= PRECISE:
            return cell
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return (cell.date() if cell.time() == time() else cell).isoformat()
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _open(path: Path) -> python_calamine.CalamineWorkbook:
    with path.open("rb") as file:
        zipped = file.read(2) == b"PK"
    try:
        if zipped:
            _check_size(path)
        return python_calamine.load_workbook(path)
    except python_calamine.PasswordError:
        raise SetupError(f"{path} is locked by a password; save it without one") from None
    except (zipfile.BadZipFile, python_calamine.CalamineError) as fault:
        raise cut_short(path, f"the workbook cannot be opened ({fault})") from None


def _check_size(path: Path) -> None:
    with zipfile.ZipFile(path) as packed:
        unpacked_bytes = sum(entry.file_size for entry in packed.infolist())
    if unpacked_bytes > LARGEST_BYTES:
        raise SetupError(f"{path} unpacks to {unpacked_bytes >> 20} MiB, which is no roster")


def _choose(path: Path, workbook: python_calamine.CalamineWorkbook, sheet: str | None) -> str:
    names: Sequence[str] = workbook.sheet_names
    if sheet is not None:
        if sheet not in names:
            raise SetupError(
                f"[source] sheet: {path} has no sheet {sheet!r}{suggest(sheet, names)}"
            )
        return sheet
    shown = [
        each.name
        for each in workbook.sheets_metadata
        if each.typ == python_calamine.SheetTypeEnum.WorkSheet
        and each.visible == python_calamine.SheetVisibleEnum.Visible
    ]
    if not (found := shown or names):
        raise SetupError(f"{path} has no sheet")
    return found[0]
