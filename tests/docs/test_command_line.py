"""The reference of the command line has every command and option, with the defaults they have."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from cyclopts import App

from rentix.cli import build_app, main
from tests.docs.pages import ROOT, table

PAGE = ROOT / "docs/reference/command-line.md"
Row = tuple[str, str]


def commands(parent: App, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], App]]:
    """Every command that does something, with its name's words."""
    for word in parent:
        if word.startswith("-"):
            continue
        child = parent[word]
        if child.default_command is None:
            yield from commands(child, (*path, word))
        else:
            yield (*path, word), child


COMMANDS = dict(commands(build_app([])))


def options(command: App) -> list[Row]:
    """(name, default) as the page shows them: `needed` without a default, nothing for a switch."""
    rows = []
    for argument in command.assemble_argument_collection():
        if argument.children:  # a group of options, not one itself
            continue
        info = argument.field_info
        name = argument.names[0]
        if info.kind is not info.KEYWORD_ONLY:
            name = name.removeprefix("--").upper()
        unsaid = info.default in (info.empty, None, False)
        rows.append((name, "needed" if argument.required else "" if unsaid else str(info.default)))
    return rows


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_options_are_as_written(words: tuple[str, ...]) -> None:
    shown = [
        (name.strip("`"), default) for name, default, _ in table(PAGE, f"rentix {' '.join(words)}")
    ]
    assert shown == options(COMMANDS[words])


def test_every_command_has_a_section() -> None:
    headings = re.findall(r"^## rentix (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(" ".join(words) for words in COMMANDS)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_names_every_option_of_the_page(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--help"]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name, _ in options(COMMANDS[words]))
