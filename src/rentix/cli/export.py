"""`rentix export`: the portal's agents as a roster."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from rentix.cli.output import say_error
from rentix.cli.project import DONE, FAILED, INTERRUPTED, ConfigPath, opened
from rentix.client import Rentix, RentixError
from rentix.model import User
from rentix.sync.export import Form, looks_like_formula
from rentix.sync.export import export as rows_of
from rentix.sync.plan import read_actual
from rentix.sync.progress import Screen
from rentix.sync.report import describe_stop
from rentix.sync.whole_file import writing_whole

_PAGE: Final = 1000
_JSONL: Final = (".jsonl", ".ndjson")


def export(
    *,
    config: ConfigPath = Path("rentix.toml"),
    output: Annotated[
        Path | None,
        Parameter(name=["--output", "-o"], help="The file to write, else standard output."),
    ] = None,
    form: Annotated[
        Form | None,
        Parameter(help="csv or jsonl; left out, the file's name says it, or csv it is."),
    ] = None,
    linked: Annotated[
        bool | None,
        Parameter(negative="--unlinked", help="Only those with, or without, an externalId."),
    ] = None,
    inactive: Annotated[
        bool,
        Parameter(negative="", help="Those who have left as well; plan would bring them back."),
    ] = False,
) -> int:
    """Write the portal's agents as CSV or JSON Lines, page by page as they come.

    rentix plan reads it back and finds no change. The columns have the fields' own names; userId
    is the portal's: write an externalId beside it, and plan links that agent.

    Example: rentix export --linked -o agents.csv

    Exit code: 0 done, 1 it could not be read or written, 130 Ctrl-C.
    """
    filters = {} if linked is None else {"linked": "true" if linked else "false"}
    if not inactive:
        filters["status"] = "active"
    try:
        with opened(config) as (_, portal, screen):
            _write(_users(portal, screen, filters), output, form or _form_of(output))
    except BrokenPipeError:
        raise
    except (RentixError, OSError) as fault:
        say_error(describe_stop(fault))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return DONE


def _form_of(output: Path | None) -> Form:
    return "jsonl" if output is not None and output.suffix.lower() in _JSONL else "csv"


def _users(portal: Rentix, screen: Screen, filters: dict[str, str]) -> Iterator[User]:
    screen.start("agents on the portal", None)
    number = 0
    for number, (user, _) in enumerate(read_actual(portal, **filters), start=1):
        yield user
        if number % _PAGE == 0:
            screen.advance(number)
    screen.advance(number)


def _write(users: Iterable[User], output: Path | None, form: Form) -> None:
    risky: list[str] = []

    def seen() -> Iterator[User]:
        for user in users:
            if looks_like_formula(user):
                risky.append(user.external_id or "")
            yield user

    if output is None:
        for piece in rows_of(seen(), form):
            sys.stdout.buffer.write(piece)
        sys.stdout.flush()
    else:
        with writing_whole(output) as file:
            file.writelines(rows_of(seen(), form))
    if risky and form == "csv":
        say_error(
            f"{len(risky):,} externalIds, such as {risky[0]!r}, begin like a formula, and ids are "
            "written as they are: don't open the file in a spreadsheet, or take --form jsonl"
        )
