"""A workbook of one sheet, for a table that people decide in.

A workbook is the same in every language of Excel: the cells are parted already, and a text stays
the text that it is, so neither an id (`007`) nor a formula is made of it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

Cell = str | int

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml"'
        f' ContentType="{_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        '<sheets><sheet name="matches" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
_NOT_XML: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def workbook(rows: Iterable[Sequence[Cell]], choices: Sequence[str]) -> bytes:
    """A workbook of rows, the first of which is the header and stays in sight.

    `choices` are offered in the first column; anything else may be written there, too.
    """
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, text in _PARTS.items():
            parts.writestr(zipfile.ZipInfo(name), _HEAD + text)
        with parts.open(zipfile.ZipInfo("xl/worksheets/sheet1.xml"), "w") as sheet:
            for piece in _sheet(rows, choices):
                sheet.write(piece.encode())
    return file.getvalue()


def _sheet(rows: Iterable[Sequence[Cell]], choices: Sequence[str]) -> Iterator[str]:
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        "</sheetView></sheetViews>"
        '<cols><col min="1" max="16384" width="20" customWidth="1"/></cols><sheetData>'
    )
    number = 0
    for number, row in enumerate(rows, start=1):
        yield f'<row r="{number}">{"".join(map(_cell, row))}</row>'
    yield (
        '</sheetData><dataValidations count="1"><dataValidation type="list" allowBlank="1"'
        f' sqref="A2:A{max(2, number)}"><formula1>"{",".join(choices)}"</formula1>'
        "</dataValidation></dataValidations></worksheet>"
    )


def _cell(value: Cell) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    text = escape(_NOT_XML.sub("�", value))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
