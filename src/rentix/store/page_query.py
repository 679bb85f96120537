"""The query of a page of users: the conditions that a filter asks for, and their values."""

from __future__ import annotations

from typing import Any

from rentix.store import UserFilter
from rentix.store.queries import Database, spell

_POSITION = {"sqlite": "instr", "postgres": "strpos"}


def page_query(query: str, database: Database, wanted: UserFilter) -> tuple[str, dict[str, Any]]:
    """`query` (`user_page`) with the conditions of a filter, and the values of those."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    for index, word in enumerate(wanted.words):
        conditions.append(f"{_POSITION[database]}(portal_user.search_key, :word{index}) > 0")
        values[f"word{index}"] = f" {word}"
    if wanted.phone is not None:
        conditions.append("portal_user.phone = :phone")
        values["phone"] = wanted.phone
    if wanted.linked is not None:
        conditions.append(f"portal_user.external_id IS {'NOT ' if wanted.linked else ''}NULL")
    if wanted.status is not None:
        conditions.append("portal_user.status = :status")
        values["status"] = wanted.status
    if wanted.updated_since_ms is not None:
        conditions.append("portal_user.updated_ms >= :since_ms")
        values["since_ms"] = wanted.updated_since_ms
    text = "".join(f" AND {condition}" for condition in conditions)
    return query.replace("{conditions}", spell(text, database)), values
