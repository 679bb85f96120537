"""`rentix plan`: what a sync would change, before it changes anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console

from rentix.cli.output import fail, print_json, say_error
from rentix.cli.project import CHANGES, DONE, FAILED, INTERRUPTED, LIMITED, ConfigPath, opened
from rentix.client import RentixError
from rentix.sync.plan import Plan, write_plan
from rentix.sync.plan.items import ACTIONS
from rentix.sync.plan.page import write_page
from rentix.sync.plan.showing import print_plan
from rentix.sync.planning import make_plan
from rentix.sync.report import describe_stop
from rentix.sync.sources import HalfRead

_SHOWN: Final = 200


def plan(
    *,
    config: ConfigPath = Path("rentix.toml"),
    output: Annotated[
        Path | None,
        Parameter(name=["--output", "-o"], help="Write the plan here, for rentix apply."),
    ] = None,
    html: Annotated[
        Path | None, Parameter(help="Write the plan as one self-contained page, to be read.")
    ] = None,
    as_json: Annotated[
        bool, Parameter(name="--json", negative="", help="Print the sums as one JSON object.")
    ] = False,
    detailed_exitcode: Annotated[
        bool, Parameter(negative="", help="Exit with 2 when there is something to apply.")
    ] = False,
) -> int:
    """Show what a sync would change, agent by agent, and write nothing to the portal.

    Each agent of the source is to be created, updated (every field, old and new), linked, skipped
    or in conflict, with the reason; the rest are as they should be.

    Example: rentix plan -o plan.json && rentix apply plan.json

    Exit code: 0 done, 1 it could not be made or the call is wrong, 2 there are changes (only
    with --detailed-exitcode), 3 a limit of [caps] stops it, or the source is empty or ends midway;
    130 Ctrl-C.
    """
    try:
        with opened(config) as (settings, portal, screen):
            made = make_plan(settings, portal, screen)
        if output is not None:
            write_plan(output, made)
        if html is not None:
            write_page(html, made)
    except HalfRead as stop:
        return _stopped(stop, as_json=as_json)
    except RentixError as fault:
        fail(describe_stop(fault), as_json=as_json)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    way_out = "--html or -o shows them all" if output is None and html is None else ""
    shown = 0 if as_json else _SHOWN
    print_plan(Console(stderr=as_json), made, shown=shown, way_out=way_out)
    if as_json:
        sums = {"digest": made.digest, "summary": made.summary, "limits": made.limits}
        print_json(sums | {"warnings": made.warnings})
    elif output is not None and made.writes:
        _show_next(made, output)
    if made.limits:
        return LIMITED
    return CHANGES if detailed_exitcode and made.writes else DONE


def _stopped(stop: HalfRead, *, as_json: bool) -> int:
    say_error(str(stop))
    if as_json:
        limit = {"limit": stop.limit, "message": str(stop)}
        nothing = dict.fromkeys((*ACTIONS, "unchanged"), 0)
        print_json({"digest": None, "summary": nothing, "limits": [limit], "warnings": {}})
    return LIMITED


def _show_next(made: Plan, output: Path) -> None:
    allow = f" --allow {made.digest}" if made.limits else ""
    when = "once you have looked at it" if made.limits else "to apply it"
    Console(soft_wrap=True).print(
        f"\n{when}: rentix apply {output}{allow}", markup=False, highlight=False
    )
