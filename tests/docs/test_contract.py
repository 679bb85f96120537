"""The tables of the contract say what the code says, no more and no less."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from rentix.api.parameters import name_of
from rentix.api.routes import ROUTES
from rentix.decide import report
from rentix.errors import Code
from rentix.model import SCOPES
from rentix.rules.search import CYRILLIC, LATIN, SPELLINGS, fold_words, search_key
from rentix.wire.errors import status_of
from tests.docs.pages import ROOT, table

PAGE = ROOT / "docs/reference/contract.md"
SOURCE = ROOT / "src/rentix"


def test_endpoints_are_the_routes() -> None:
    shown = [
        (method, re.sub(r":(\w+)", r"{\1}", path), scope or None, query)
        for method, path, scope, query in table(PAGE, "Endpoints")
    ]
    routes = [
        (r.method, r.path.replace(":path}", "}"), r.scope, ", ".join(map(name_of, r.query)))
        for r in ROUTES
    ]
    assert shown == routes


def test_error_codes_are_all_there_are() -> None:
    shown = {code.strip("`"): int(status) for code, status, _ in table(PAGE, "Error codes")}
    assert shown == {str(code): status_of(code) for code in Code}


def test_scopes_are_all_there_are() -> None:
    text = PAGE.read_text(encoding="utf-8")
    sentence = text[text.index("Scopes are ") :].split(". ")[0]
    assert tuple(re.findall(r"`([a-z:]+)`", sentence)) == SCOPES


def words_of_notes(tree: ast.AST) -> Iterator[str]:
    """The code of each warning that a module makes: `Note(…)`, and what ignores a field."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or len(node.args) != 3:
            continue
        called = ast.unparse(node.func)
        if called == "Note" or called.endswith(".ignore"):
            code = node.args[1]
            if isinstance(code, ast.Constant):
                yield str(code.value)


@pytest.mark.slow
def test_warning_codes_are_all_there_are() -> None:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in SOURCE.rglob("*.py"))
    made = set(chain.from_iterable(words_of_notes(tree) for tree in trees))
    made |= report._IGNORED.keys() | {"phone_held", "status_held"}
    shown = [code.strip("`") for code, _ in table(PAGE, "Warning codes")]
    assert sorted(shown) == sorted(made)


def search_tables() -> dict[str, dict[str, str]]:
    """The tables of the section Search by their first cell; those of one name are joined."""
    text = PAGE.read_text(encoding="utf-8")
    section = text.partition("#### Search\n")[2].partition("\n### ")[0]
    found: dict[str, dict[str, str]] = {}
    for head, body in re.findall(r"^\|(.+)\|\n\|[- |]+\|\n\|(.+)\|$", section, re.MULTILINE):
        name, *letters = (cell.strip() for cell in head.split("|"))
        _, *forms = (cell.strip() for cell in body.split("|"))
        found.setdefault(name, {}).update(zip(letters, forms, strict=True))
    return found


def test_search_folds_by_the_published_tables() -> None:
    assert search_tables() == {"Cyrillic": CYRILLIC, "letter": LATIN, "spelling": SPELLINGS}


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("Андрей Чебан", "andrei"),
        ("Андрей Чебан", "Andrey"),
        ("Андрей Чебан", "ceban"),
        ("Андрей Чебан", "cheban"),
        ("O'Brien", "obrien"),
        ("O'Brien", "o"),
        ("O'Brien", "brien"),
    ],
)
def test_names_are_found_as_the_page_says(name: str, query: str) -> None:
    assert all(f" {word}" in search_key(name) for word in fold_words(query))


def test_pages_name_no_code_that_is_not_there(test_pages: list[Path]) -> None:
    known = {str(code) for code in Code} | {
        cell.strip("`") for cell, _ in table(PAGE, "Warning codes")
    }
    for page in test_pages:
        said = set(re.findall(r"\b40\d `([a-z_]+)`", page.read_text(encoding="utf-8")))
        assert said <= known


@pytest.fixture
def test_pages() -> list[Path]:
    return sorted((ROOT / "docs").rglob("*.md"))
