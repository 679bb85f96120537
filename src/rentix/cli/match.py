"""`rentix match`: who of the portal's users is which agent, linked once a person has looked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console
from rich.text import Text

from rentix.cli.output import print_json, say_error
from rentix.cli.project import (
    BUSY,
    DONE,
    FAILED,
    INTERRUPTED,
    LIMITED,
    PARTLY,
    STUBBORN,
    ConfigPath,
    opened,
)
from rentix.client import RentixError, SetupError
from rentix.client.calls.others import get_agency
from rentix.sync.apply import Held, hold
from rentix.sync.apply.lock import state_folder
from rentix.sync.match import Matches, find_matches
from rentix.sync.match.ledger import Ledger
from rentix.sync.match.linking import Done, Linking
from rentix.sync.match.page import write_page
from rentix.sync.match.sheet import check_free, read_sheet, write_sheet
from rentix.sync.report import describe_stop, printable
from rentix.sync.sources import HalfRead

_SHOWN: Final = 50
_WORDS: Final = {
    "auto": "certain, accepted in the file",
    "review": "for you to decide",
    "none": "agents who are nobody on the portal",
    "linked": "agents who are linked already",
    "unreadRows": "rows of the source that name no agent",
    "unlinkedUsers": "users of the portal without a link",
}


def match(
    *,
    config: ConfigPath = Path("rentix.toml"),
    output: Annotated[
        Path,
        Parameter(
            name=["--output", "-o"], help="Write the pairs here, to be reviewed: CSV, or FILE.xlsx."
        ),
    ] = Path("matches.csv"),
    html: Annotated[
        Path | None, Parameter(help="Write the pairs as one self-contained page, to be read.")
    ] = None,
    apply: Annotated[
        Path | None, Parameter(help="Link what this file, once reviewed, accepts.")
    ] = None,
    undo: Annotated[
        Path | None, Parameter(help="Unlink exactly what --apply of this file linked.")
    ] = None,
    force: Annotated[
        bool, Parameter(negative="", help="Write over a file of pairs that is there.")
    ] = False,
    as_json: Annotated[
        bool, Parameter(name="--json", negative="", help="Print the sums as one JSON object.")
    ] = False,
) -> int:
    """Pair the users who are on the portal already with the agents of the source.

    Certain is only the same mobile number, nobody else's on either side, with a name that agrees in
    two words. Everything else that may be a pair goes into a CSV file or a workbook, with a score
    and reasons, and is linked if a person writes yes into its column accept.

    Example: rentix match && rentix match --apply matches.csv

    Exit code: 0 done, 1 it could not be or was cut off, 3 the source ends midway, 4 some pairs were
    not linked or unlinked, 5 another run is at work; 130 Ctrl-C.
    """
    try:
        if apply is not None or undo is not None:
            _check_linking(apply, undo, html, force=force)
            return _carry_out(config, apply, undo, as_json=as_json)
        _check_finding(output, html, force=force)
        with opened(config) as (settings, portal, screen):
            found = find_matches(settings, portal, screen)
        write_sheet(output, found, force=force)
        if html is not None:
            write_page(html, found)
    except Held as held:
        say_error(str(held))
        return BUSY
    except HalfRead as stop:
        say_error(str(stop))
        return LIMITED
    except RentixError as fault:
        say_error(str(fault))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    _show(found, output, as_json=as_json)
    return DONE


def _check_linking(
    apply: Path | None, undo: Path | None, html: Path | None, *, force: bool
) -> None:
    if apply is not None and undo is not None:
        raise SetupError("--apply and --undo exclude each other")
    if html is not None or force:
        raise SetupError("--html and --force go with finding pairs, not with linking them")


def _check_finding(output: Path, html: Path | None, *, force: bool) -> None:
    """Refuse what cannot be written before all is read; it is looked at again when it is."""
    if html is not None and html.resolve() == output.resolve():
        raise SetupError("--html and --output name the same file")
    if not force:
        check_free(output)


def _carry_out(config: Path, apply: Path | None, undo: Path | None, *, as_json: bool) -> int:
    accepted = read_sheet(apply) if apply is not None else []
    if undo is not None:
        Ledger(undo).check_is_there(undo)
    with opened(config, STUBBORN) as (settings, portal, screen):
        agency = portal.send(get_agency())
        with hold(state_folder(settings.portal.url, agency.id)):
            linking = Linking(settings, portal, apply or undo or Path(), screen)
            done = linking.undo() if apply is None else linking.link(accepted)
    return _report(done, "unlinked" if apply is None else "linked", as_json=as_json)


def _show(found: Matches, output: Path, *, as_json: bool) -> None:
    console = Console(stderr=as_json, soft_wrap=True, highlight=False)
    summary = found.summary
    for word, words in _WORDS.items():
        console.print(f"{summary[word]:>9,}  {words}", markup=False)
    if as_json:
        print_json({"summary": summary, "file": str(output)})
        return
    console.print(
        f"\nonce you have looked at {output}: rentix match --apply {output}", markup=False
    )


def _report(done: Done, word: str, *, as_json: bool) -> int:
    """Print what came of it, and return the exit code."""
    console = Console(stderr=as_json, soft_wrap=True, highlight=False)
    console.print(f"{done.done:>9,}  {word}", markup=False)
    if done.before:
        console.print(f"{done.before:>9,}  {word} before", markup=False)
    for line in done.left[:_SHOWN]:
        console.print(Text(printable(f"  not {word}: {line}")))
    if len(done.left) > _SHOWN:
        console.print(f"  … and {len(done.left) - _SHOWN:,} more; --json lists them all")
    if as_json:
        sums = {word: done.done, "before": done.before, "notDone": done.left}
        stopped = {"error": {"message": describe_stop(done.stopped)}} if done.stopped else {}
        print_json(sums | stopped)
    if isinstance(done.stopped, KeyboardInterrupt):
        return INTERRUPTED
    if done.stopped is not None:
        say_error(f"{describe_stop(done.stopped)}; run the same command again: it goes on")
        return FAILED
    return PARTLY if done.left else DONE
