"""`rentix init`: looks at a roster and writes the configuration of its sync."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Console
from rich.prompt import Confirm, Prompt

from rentix.cli.output import fail, print_json, say, say_error
from rentix.client import SetupError
from rentix.client.access import read_base_url
from rentix.sync.arrays import open_and_propose
from rentix.sync.config import check_key_env, read_config
from rentix.sync.config_text import write_config
from rentix.sync.mapping import lay_over
from rentix.sync.proposal import Proposal
from rentix.sync.report import printable
from rentix.sync.source_config import variables_of
from rentix.sync.sources import Source, is_url
from rentix.sync.starts import write_start

DONE: Final = 0
FAILED: Final = 1
INTERRUPTED: Final = 130


def init(
    *,
    source: Annotated[
        str | None, Parameter(help="The roster: a CSV, Excel, JSON or JSON Lines file, or a URL.")
    ] = None,
    kind: Annotated[
        str | None,
        Parameter(help="Or the kind of CRM: bitrix24, pipedrive, salesforce, sql, yrl or rest."),
    ] = None,
    url: Annotated[str | None, Parameter(help="The portal's address.")] = None,
    key_env: Annotated[
        str, Parameter(help="The environment variable that holds the API key.")
    ] = "RENTIX_API_KEY",
    config: Annotated[Path, Parameter(help="The file to write.")] = Path("rentix.toml"),
    yes: Annotated[bool, Parameter(negative="", help="Ask nothing.")] = False,
    force: Annotated[bool, Parameter(negative="", help="Write over a file that is there.")] = False,
    as_json: Annotated[
        bool, Parameter(name="--json", negative="", help="Print what was found as one JSON object.")
    ] = False,
) -> int:
    """Look at a roster, find its columns, and write rentix.toml.

    It asks on a terminal, unless told --yes. The key itself is never asked for or written. With
    --kind it asks no CRM; it writes down what that kind of CRM calls the fields.

    Example: rentix init --source agents.xlsx --url https://crm.example.md --yes

    Exit code: 0 written, 1 it could not be, or no column for externalId was found, 130 Ctrl-C.
    """
    asks = not yes and not as_json and sys.stdin.isatty() and sys.stdout.isatty()
    try:
        _check_free(config, force=force)
        if kind is not None:
            return _start(config, kind, source, (url, key_env), as_json=as_json, asks=asks)
        location = source or _ask("--source", "Where is the roster (a file or a URL)?", asks=asks)
        address = url or _ask("--url", "What is the portal's address?", asks=asks)
        portal = (read_base_url(address), _checked(key_env))
        roster, proposal = open_and_propose(location)
        if asks:
            _agree(roster, proposal)
        _write(config, portal, location, proposal, roster)
        _report(config, key_env, roster, proposal, as_json=as_json)
    except (SetupError, OSError) as fault:
        fail(str(fault), as_json=as_json)
        return FAILED
    except (KeyboardInterrupt, EOFError):
        return INTERRUPTED
    return DONE if proposal.has_id else FAILED


def _start(
    config: Path,
    kind: str,
    source: str | None,
    portal: tuple[str | None, str],
    *,
    as_json: bool,
    asks: bool,
) -> int:
    """Write what a kind of CRM begins with, and say what is left to do."""
    if source is not None:
        raise SetupError("--source is a file or a URL, --kind a CRM; give one of the two")
    address = portal[0] or _ask("--url", "What is the portal's address?", asks=asks)
    text = write_start((read_base_url(address), _checked(portal[1])), kind)
    with _draft(config, text) as draft:
        read = read_config(draft)
    variables = [portal[1], *variables_of(read.source)]
    if as_json:
        print_json({"config": str(config), "source": kind, "variables": variables})
        return DONE
    say(f"Wrote {config}. Put in what is yours: look through [source] and [columns].")
    _show_next(config, variables)
    return DONE


def _check_free(config: Path, *, force: bool) -> None:
    if config.exists() and not force:
        raise SetupError(f"{config} is there already; --force writes over it")


def _checked(key_env: str) -> str:
    try:
        return check_key_env(key_env)
    except SetupError as fault:
        raise SetupError(f"--key-env {fault}") from None


def _ask(option: str, question: str, *, asks: bool) -> str:
    if not asks:
        raise SetupError(f"{option} is needed where nobody can be asked")
    answer = ""
    while not answer:
        answer = Prompt.ask(question).strip()
    return answer


def _agree(roster: Source, proposal: Proposal) -> None:
    """Show what was found, have the id's column chosen, and ask whether to write it."""
    _show(roster, proposal)
    if not proposal.has_id:
        say(printable(f"The columns are: {', '.join(roster.columns)}"))
        chosen = Prompt.ask(
            "Which column is the agent's id in your CRM? (empty: none yet)", default=""
        )
        if chosen.strip() in roster.columns:
            proposal.columns = {"externalId": chosen.strip(), **proposal.columns}
        elif chosen.strip():
            say_error(
                f"there is no column {printable(chosen)!r}; the file will say where to put it"
            )
    if not Confirm.ask("Write it down?", default=True):
        raise SetupError("nothing was written")


def _write(
    config: Path, portal: tuple[str, str], location: str, proposal: Proposal, roster: Source
) -> None:
    """Write the file whole or not at all, and only if it holds for the roster."""
    with _draft(config, write_config(portal, _relative(location, config), proposal)) as draft:
        read = read_config(draft)
        if proposal.has_id:
            lay_over(read.mapping, roster)


@contextmanager
def _draft(config: Path, text: str) -> Iterator[Path]:
    """A file beside the configuration, which takes its place unless the block fails."""
    config.parent.mkdir(parents=True, exist_ok=True)
    draft = config.with_name(f"{config.name}.{os.getpid()}.draft")
    try:
        draft.write_text(text, encoding="utf-8")
        yield draft
        draft.replace(config)
    finally:
        draft.unlink(missing_ok=True)


def _relative(location: str, config: Path) -> str:
    """Return a path as the configuration names it: from its own folder, if it lies below."""
    if is_url(location):
        return location
    path, folder = Path(location).resolve(), config.resolve().parent
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _report(
    config: Path, key_env: str, roster: Source, proposal: Proposal, *, as_json: bool
) -> None:
    if as_json:
        print_json(
            {
                "config": str(config),
                "source": roster.form,
                "items": proposal.items,
                "otherArrays": proposal.other_arrays,
                "columns": proposal.columns,
                "templates": proposal.templates,
                "missing": proposal.missing(),
                "doubts": proposal.doubts,
                "status": proposal.status,
            }
        )
    else:
        _show(roster, proposal)
        say(f"\nWrote {config}.")
    if not proposal.has_id:
        say_error(
            f"no column was found that says which agent a row is. Name it in {config}, under "
            f'[columns]: externalId = "…". There are: {printable(", ".join(roster.columns[:40]))}'
        )
    elif not as_json:
        _show_next(config, [key_env])


def _show_next(config: Path, variables: list[str]) -> None:
    suffix = "" if config == Path("rentix.toml") else f" --config {shlex.quote(str(config))}"
    key, *secrets = variables
    say("\nNext:")
    say(f"  export {key}=…  the key that the portal gave you")
    for name in secrets:
        say(f"  export {name}=…  what your CRM gave you")
    say(f"  rentix doctor{suffix}  looks whether all is well")
    say(f"  rentix plan{suffix}    shows what a sync would change")


def _show(roster: Source, proposal: Proposal) -> None:
    out = Console(highlight=False, soft_wrap=True)
    blind = "; no rows yet, so by its headers alone" if proposal.is_blind else ""
    lines = [f"The roster: {roster.form}, {len(roster.columns)} columns{blind}.", "", "Found:"]
    if proposal.other_arrays:
        lines[1:1] = [f"Or the agents are in one of: {', '.join(proposal.other_arrays)}."]
    found = {**proposal.columns, **proposal.templates}
    lines += [f"  {target:<26} {text}" for target, text in found.items()]
    if missing := proposal.missing():
        lines += ["", f"Not found: {', '.join(missing)}"]
    if proposal.doubts:
        lines += ["", "Not used:", *(f"  {doubt}" for doubt in proposal.doubts)]
    if proposal.status:
        lines += ["", f"{proposal.status!r} may say who has left: see [[skip]] in the file."]
    out.print(printable("\n".join(lines)), markup=False)
