"""The portal's agents as a roster that `plan` and `sync` read back without finding a change.

What a spreadsheet would take for a formula begins with a tab in CSV: spreadsheets leave such a cell
alone, and the portal drops blanks around a value. An external id is opaque, so it stays as it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

import msgspec
from msgspec.structs import asdict

from rentix.model import LOCALES, User
from rentix.rules.avatars import asked

Form = Literal["csv", "jsonl"]

COLUMNS: Final = (
    "externalId",
    "userId",
    "name",
    "phone",
    "status",
    *(f"description.{locale}" for locale in LOCALES),
    "avatar",
    "instagram",
    "youtube",
    "tiktok",
    "settings.contact_phone",
    "settings.contact_whatsapp",
    "settings.contact_viber",
    "settings.contact_telegram",
)
FORMULA_MARKS: Final = ("=", "+", "-", "@")
_AS_THEY_ARE: Final = ("externalId",)


def export(users: Iterable[User], form: Form) -> Iterator[bytes]:
    """Yield the roster piece by piece, a user a piece."""
    write = _write_csv if form == "csv" else _write_jsonl
    return write(map(_members, users))


def looks_like_formula(user: User) -> bool:
    """Whether a spreadsheet may take the user's external id for a formula."""
    return user.external_id is not None and user.external_id.startswith(FORMULA_MARKS)


def _members(user: User) -> dict[str, Any]:
    coming = user.avatar_import
    picture = asked(user)
    # A picture that could not be had is tried again by whoever asks for it: not by this roster.
    failed = coming is not None and coming.status == "failed"
    return {
        "externalId": user.external_id,
        "userId": user.id,
        "name": user.name,
        "phone": user.phone.e164,
        "status": user.status,
        "description": user.descriptions or None,
        "avatar": picture if isinstance(picture, str) and not failed else None,
        "instagram": user.instagram,
        "youtube": user.youtube,
        "tiktok": user.tiktok,
        "settings": asdict(user.settings),
    }


def _write_jsonl(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    for row in rows:
        yield msgspec.json.encode({name: v for name, v in row.items() if v is not None}) + b"\n"


def _write_csv(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf"  # by this mark Excel knows UTF-8
    yield _line(COLUMNS)
    for row in rows:
        yield _line([_cell(column, row) for column in COLUMNS])


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()


def _cell(column: str, row: dict[str, Any]) -> str:
    outer, _, inner = column.partition(".")
    value = row[outer]
    if inner:
        value = (value or {}).get(inner)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    marked = text.startswith(FORMULA_MARKS) and column not in _AS_THEY_ARE
    return f"\t{text}" if marked else text
