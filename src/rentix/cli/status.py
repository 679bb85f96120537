"""`rentix status`: how a sync stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from rentix.cli.options import Json
from rentix.cli.output import fail, print_json, say
from rentix.cli.project import DONE, FAILED, INTERRUPTED, ConfigPath, opened
from rentix.client import RentixError
from rentix.sync.apply.lock import state_folder
from rentix.sync.planning import agency_of
from rentix.sync.report import describe_stop, printable
from rentix.sync.state import End, LastRun
from rentix.sync.status import Status, read_status

_ENDS: Final[dict[End | None, str]] = {
    "applied": "all of the plan is applied",
    "unchanged": "nothing was to be done",
    "partly": "some of the plan was skipped or refused",
    "limited": "a limit stopped it before it wrote anything",
    "failed": "it failed",
    "interrupted": "it was interrupted",
    None: "it broke off",
}


def status(*, config: ConfigPath = Path("rentix.toml"), json: Json = False) -> int:
    """Show the last run, what it left unfinished, whether one is at work, and the portal's counts.

    Example: rentix status --json

    Exit code: 0 shown, 1 the portal could not be asked, 130 Ctrl-C.
    """
    try:
        with opened(config) as (_, portal, screen):
            agency = agency_of(portal)
            folder = state_folder(portal.base_url, agency.id)
            screen.start(f"{agency.name} on the portal", None)
            found = read_status(portal, agency, folder)
    except RentixError as fault:
        fail(describe_stop(fault), as_json=json)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    if json:
        print_json(found)
    else:
        for line in _lines(found):
            say(printable(line))
    return DONE


def _lines(found: Status) -> Iterator[str]:
    yield f"{found.agency} (agency {found.agency_id}) at {found.portal}"
    counts = found.counts
    yield (
        f"  on the portal   {counts.linked:,} linked, {counts.not_linked:,} not linked, "
        f"{counts.inactive:,} inactive"
    )
    yield f"  at work now     {f'process {found.at_work}' if found.at_work else 'nobody'}"
    yield from _last(found.last_run, at_work=found.at_work is not None)
    if left := found.unfinished:
        yield f"  unfinished      {left.answered:,} of {left.items:,} items of {left.plan_file}"
        yield f"                  plan {left.digest[:12]}, made {left.made_at}"
        if found.at_work is None:
            yield "                  the same command goes on with it: rentix sync, or rentix apply"


def _last(run: LastRun | None, *, at_work: bool) -> Iterator[str]:
    if run is None:
        yield "  last run        none yet on this machine"
        return
    how = "it is at work" if at_work and run.end is None else _ENDS[run.end]
    yield f"  last run        rentix {run.command}, begun {run.began_at}: {how}"
    if run.message:
        yield f"                  {run.message}"
    if run.digest is not None:
        yield f"  plan            {run.digest[:12]}: {_sums(run.planned)}"
    if run.applied:
        yield f"  came of it      {_sums(run.applied)}"


def _sums(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {word}" for word, number in counts.items() if number) or "nothing"
