"""The reference of the client says what the code says, no more and no less."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, get_type_hints

import pytest

import rentix.client
from rentix.client import ApiError, Rentix, RentixError, fields, operations
from rentix.client.errors import JobError
from rentix.client.namespaces import Namespace
from rentix.client.refusals import error_class
from rentix.errors import Code
from rentix.wire.errors import status_of
from tests.docs.pages import ROOT, table

PAGE = ROOT / "docs/reference/python.md"
SPACES = ("users", "listings", "media", "jobs", "agency", "reference")


def takes(function: Callable[..., Any]) -> str:
    """Say what a function takes; options that a type lists are that type's name."""
    shown = []
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            listed = str(parameter.annotation).removeprefix("Unpack[").removesuffix("]")
            shown.append(f"`**{listed}`")
        elif parameter.default in (parameter.empty, None):
            shown.append(f"`{name}`")
        else:
            shown.append(f"`{name}={parameter.default!r}`")
    return ", ".join(shown)


@pytest.mark.parametrize("space", SPACES)
def test_methods(space: str) -> None:
    with Rentix("key", "http://h") as client:
        held = vars(client)[space]
        assert isinstance(held, Namespace)
        methods = [name for name in vars(type(held)) if not name.startswith("_")]
        expected = [
            [
                f"`{name}`",
                takes(getattr(held, name)),
                f"`{inspect.signature(getattr(held, name)).return_annotation}`".replace("|", "or"),
            ]
            for name in methods
        ]
    assert [row[:3] for row in table(PAGE, f"client.{space}")] == expected


def test_items_of_bulks() -> None:
    made = [
        (name, value)
        for name, value in vars(operations).items()
        if inspect.isfunction(value)
        and value.__module__ == operations.__name__
        and not name.startswith("_")
    ]
    assert {name for name, _ in made} <= set(rentix.client.__all__)
    assert table(PAGE, "Items of bulks") == [[f"`{name}`", takes(value)] for name, value in made]


def test_keyword_arguments() -> None:
    listed = [
        (name, value)
        for module in (fields, operations)
        for name, value in vars(module).items()
        if hasattr(value, "__total__") and value.__module__ == module.__name__
    ]
    expected = [
        [f"`{name}`", ", ".join(f"`{member}`" for member in get_type_hints(value))]
        for name, value in listed
    ]
    assert table(PAGE, "Keyword arguments") == expected


def below(root: type[Exception], depth: int = 0) -> Iterator[tuple[int, type[Exception]]]:
    """Yield a class and all below it, each with its depth."""
    yield depth, root
    for branch in root.__subclasses__():
        yield from below(branch, depth + 1)


def test_errors() -> None:
    codes: dict[type[Exception], list[str]] = {}
    for code in Code:
        codes.setdefault(error_class(status_of(code), code), []).append(f"`{code}`")
    expected = [
        [
            "· " * depth + f"`{found.__name__}`",
            str(getattr(found, "http_status", None) or ""),
            ", ".join(codes.get(found, [])),
        ]
        for depth, found in below(RentixError)
        if found.__module__ == RentixError.__module__
    ]
    assert {ApiError, JobError} <= {found for _, found in below(RentixError)}
    assert table(PAGE, "Errors") == expected


def test_options_of_the_clients() -> None:
    options = list(inspect.signature(Rentix).parameters)
    assert [row[0] for row in table(PAGE, "The clients")] == [f"`{name}`" for name in options]
