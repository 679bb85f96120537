"""`rentix sync`: a roster in a file, brought into the portal."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console

from rentix.cli.output import say_error
from rentix.client import Rentix, SetupError
from rentix.sync.progress import choose_screen
from rentix.sync.report import print_report, to_json, write_rejected
from rentix.sync.run import open_roster, sync_roster
from rentix.sync.tally import Tally

DONE: Final = 0
SOME_REJECTED: Final = 1
STOPPED: Final = 2
INTERRUPTED: Final = 130


def sync(
    file: Annotated[Path, Parameter(help="The roster: CSV, a workbook, JSON or JSON Lines.")],
    /,
    *,
    url: Annotated[str, Parameter(help="The service's address, e.g. http://127.0.0.1:8000.")],
    key_env: Annotated[
        str, Parameter(help="The environment variable that holds the API key.")
    ] = "RENTIX_API_KEY",
    map_path: Annotated[
        Path | None,
        Parameter(
            name="--map",
            help="A map (or rentix.toml): which column is which field; without it, they are "
            "found by the fields' own names (externalId, name, phone, description, ...).",
        ),
    ] = None,
    as_json: Annotated[
        bool, Parameter(name="--json", negative="", help="Print the account as one JSON object.")
    ] = False,
    rejected: Annotated[
        Path | None, Parameter(help="Write every rejected row and its reason to this CSV file.")
    ] = None,
) -> int:
    """Sync a roster of agents from a file into the portal.

    Every row is created, updated, unchanged, skipped by the map or rejected with a reason. Empty
    cells change nothing. Running it again is safe: what is already there is unchanged.

    Example: rentix sync agents.csv --url https://crm.example.md --map rentix.toml

    Exit code: 0 done, 1 some rows were rejected, 2 could not start or was cut off, 130 Ctrl-C.
    """
    talk = Console(stderr=True)
    try:
        source, field_map = open_roster(file, map_path)
        _check_writable(rejected)
        screen = choose_screen(talk)
        with (
            Rentix(read_key(key_env), url, on_wait=screen.wait) as client,
            screen,
        ):
            tally = sync_roster(source, field_map, client, screen, file.name)
        return _report(talk, tally, as_json=as_json, rejected=rejected)
    except (SetupError, OSError) as fault:
        say_error(str(fault))
        return STOPPED
    except KeyboardInterrupt:
        return INTERRUPTED


def read_key(name: str) -> str:
    """Return the API key in an environment variable; raise SetupError with what to do."""
    if key := os.environ.get(name):
        return key
    raise SetupError(
        f"the environment variable {name} holds no API key; set it (export {name}=rtx_...) or "
        "name another one with --key-env. Keys are never taken from the command line."
    )


def exit_code(tally: Tally) -> int:
    """Return what a finished or stopped sync says to the shell."""
    if tally.stopped is not None:
        return INTERRUPTED if isinstance(tally.stopped, KeyboardInterrupt) else STOPPED
    return SOME_REJECTED if tally.rejected else DONE


def _report(talk: Console, tally: Tally, *, as_json: bool, rejected: Path | None) -> int:
    code = exit_code(tally)
    if rejected is not None:
        try:
            write_rejected(rejected, tally.rejected)
        except OSError as fault:
            say_error(str(fault))
            rejected, code = None, STOPPED
    print_report(talk if as_json else Console(), tally, rejected)
    if as_json:
        sys.stdout.write(to_json(tally).decode() + "\n")
    return code


def _check_writable(path: Path | None) -> None:
    # Found out now, not after an hour of syncing.
    if path is not None and (path.is_dir() or not path.resolve().parent.is_dir()):
        raise SetupError(f"--rejected {path}: there is no folder for it, or it is one")
