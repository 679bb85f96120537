"""What commands print: people read standard error and tables, machines `--json`."""

from __future__ import annotations

import sys
from typing import Any

import msgspec
from rich.console import Console


class Stop(Exception):
    """A command cannot go on; the message says why and what to do. Exit code 2."""


def say(text: str) -> None:
    """A line for a person, on standard output; colours only on a terminal."""
    Console(highlight=False, soft_wrap=True).print(text, markup=False)


def say_error(text: str) -> None:
    """A line on standard error."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"error: {text}", markup=False)


def fail(text: str, *, as_json: bool) -> None:
    """Say why a command failed; who reads JSON is told so by an object too."""
    say_error(text)
    if as_json:
        print_json({"error": {"message": text}})


def print_json(value: Any) -> None:
    """One line of JSON on standard output."""
    sys.stdout.write(msgspec.json.encode(value).decode() + "\n")
