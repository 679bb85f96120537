"""`rentix sync`: a roster in a file, brought into the portal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console

from rentix.cli.output import Stop, fail, say_error
from rentix.client import Rentix, SetupError
from rentix.sync.progress import choose_screen
from rentix.sync.report import print_report, to_json, write_rejected
from rentix.sync.run import open_roster, sync_roster
from rentix.sync.tally import Tally

DONE: Final = 0
SOME_REJECTED: Final = 1
STOPPED: Final = 2
INTERRUPTED: Final = 130


_CONFIG: Final = Path("rentix.toml")
_KEY_ENV: Final = "RENTIX_API_KEY"


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ByConfig:
    """How to sync what a rentix.toml says."""

    config: Annotated[
        Path | None, Parameter(help="Instead of FILE: a rentix.toml; else the one that is here.")
    ] = None
    allow: Annotated[
        str | None,
        Parameter(help="With --config: the digest of a plan to apply although a limit stops it."),
    ] = None
    watch: Annotated[
        str | None, Parameter(help="With --config: again after so long (60s, 5m, 1h), for ever.")
    ] = None


_NO_CONFIG: Final = ByConfig()


def sync(
    file: Annotated[
        Path | None,
        Parameter(help="The roster: CSV, a workbook, JSON or JSON Lines. Without it: --config."),
    ] = None,
    /,
    *,
    url: Annotated[
        str | None, Parameter(help="The service's address, e.g. http://127.0.0.1:8000.")
    ] = None,
    key_env: Annotated[
        str, Parameter(help="The environment variable that holds the API key.")
    ] = _KEY_ENV,
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
    plan: ByConfig = _NO_CONFIG,
) -> int:
    """Sync a roster of agents into the portal: a FILE, or what a rentix.toml says.

    With FILE every row is created, updated, unchanged, skipped by the map or rejected with a
    reason, and nobody leaves. Without, a plan is made and applied in one, as rentix plan and rentix
    apply would. Running it again is safe: what is there already is unchanged, and what a crash cut
    off is gone on with.

    Example: rentix sync agents.csv --url https://crm.example.md --map rentix.toml

    Exit code with FILE: 0 done, 1 some rows were rejected, 2 could not start or was cut off.
    Without: 0 done, 1 it failed, 3 a limit stops it, 4 partly applied, 5 another run is at work.
    Ctrl-C: 130.
    """
    if file is None:
        alone = {"--url": url, "--map": map_path, "--rejected": rejected}
        alone["--key-env"] = None if key_env == _KEY_ENV else key_env
        _refuse(alone, "goes with a FILE; a rentix.toml says it itself")
        return _by_config(plan, as_json=as_json)
    alone = {"--config": plan.config, "--allow": plan.allow, "--watch": plan.watch}
    _refuse(alone, "goes without a FILE")
    if url is None:
        raise Stop("--url is needed with a FILE: the service's address")
    return _sync_file(file, url, key_env, map_path, rejected, as_json=as_json)


def _refuse(given: Mapping[str, object], why: str) -> None:
    for name, value in given.items():
        if value is not None:
            raise Stop(f"{name} {why}")


def _by_config(plan: ByConfig, *, as_json: bool) -> int:
    config = plan.config or _CONFIG
    if not config.exists():
        raise Stop(
            f"there is no {config}; make one (rentix init), name one (--config), or name a roster: "
            "rentix sync FILE --url URL"
        )
    # Imported here, for it imports read_key from this file.
    from rentix.cli import by_config

    if plan.watch is not None:
        return by_config.watch(config, plan.allow, plan.watch, as_json=as_json)
    return by_config.sync_once(config, plan.allow, as_json=as_json)


def _sync_file(
    file: Path,
    url: str,
    key_env: str,
    map_path: Path | None,
    rejected: Path | None,
    *,
    as_json: bool,
) -> int:
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
        fail(str(fault), as_json=as_json)
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
