"""`rentix demo`: a sandbox with a roster synced into it, to look at and to try."""

from __future__ import annotations

import shlex
import tempfile
import time
from pathlib import Path
from typing import Annotated, Final

import msgspec
from cyclopts import Parameter
from rich.console import Console

from rentix.cli.child import Sandbox, free_port, start_sandbox
from rentix.cli.homes import UNNAMED
from rentix.cli.output import Stop, say, say_error
from rentix.cli.portraits import Portrayed, serving_portraits
from rentix.cli.showing import publish_homes
from rentix.cli.signals import ending_by_signal
from rentix.cli.sync import exit_code
from rentix.client import ApiError, Rentix, SetupError
from rentix.client.access import PREFIX
from rentix.client.calls import external_id_path
from rentix.model import SANDBOX_KEY
from rentix.sync.mapping import FieldMap
from rentix.sync.progress import choose_screen
from rentix.sync.records import Record, Row
from rentix.sync.report import describe_stop, print_report
from rentix.sync.run import open_roster, sync_roster
from rentix.sync.sources import Source
from rentix.sync.tally import Tally
from rentix.wire.shapes import AvatarImportShape, ProfileShape

_PORTRAITS_S: Final = 60
_LOOK_S: Final = 0.5
_AGENTS: Final = 2
SAMPLE: Final = Path(__file__).parents[3] / "examples" / "roster"


def demo(
    *,
    roster: Annotated[Path | None, Parameter(help="A roster of your own, not the sample.")] = None,
    map_path: Annotated[Path | None, Parameter(name="--map", help="Its MAP.toml.")] = None,
    region: Annotated[str, Parameter(help="Country of numbers written without one.")] = "MD",
    once: Annotated[bool, Parameter(negative="", help="End after the second sync.")] = False,
    port: Annotated[int, Parameter(help="Port; another if that one is taken.")] = 8000,
) -> int:
    """Start a sandbox, sync a sample roster into it twice, and serve it until Ctrl-C.

    Example: rentix demo --once

    Exit code: 0, rejected rows included; 2 if it could not be shown.
    """
    try:
        source, field_map = open_chosen(roster, map_path)
        with (
            ending_by_signal(),
            tempfile.TemporaryDirectory(prefix="rentix-demo-") as folder,
            serving_portraits() as place,
            start_sandbox(Path(folder), free_port(port), region, place) as sandbox,
        ):
            if roster is None:  # the sample's own pictures are at addresses that don't exist
                source = Portrayed(source, field_map, place)
            return _show(sandbox, source, field_map, place, once=once)
    except (SetupError, OSError) as fault:
        raise Stop(str(fault)) from fault
    except KeyboardInterrupt:
        say("\nStopped. Nothing of the demo is left behind.")
        return 0


def open_chosen(roster: Path | None, map_path: Path | None) -> tuple[Source, FieldMap]:
    """Open the roster that was asked for, or the project's sample with its own map."""
    if roster is not None:
        return open_roster(roster, map_path)
    if not (SAMPLE / "agents.csv").is_file():
        raise SetupError(
            "the sample roster comes with the source tree, not with the installed package; "
            "name a file: rentix demo --roster agents.csv --map MAP.toml"
        )
    return open_roster(SAMPLE / "agents.csv", map_path or SAMPLE / "MAP.toml")


def _show(sandbox: Sandbox, source: Source, field_map: FieldMap, place: str, *, once: bool) -> int:
    tally = _sync(sandbox.url, source, field_map, "First sync")
    print_report(Console(), tally)
    if tally.stopped is None:
        tally = _sync(sandbox.url, source, field_map, "Second sync")
        say(
            f"\nThe second sync found {tally.unchanged:,} unchanged, {tally.created:,} to create "
            f"and {tally.updated:,} to update; {len(tally.rejected):,} rejected as before."
        )
    if tally.stopped is not None:
        say_error(f"the sync did not reach the end: {describe_stop(tally.stopped)}")
        return exit_code(tally)
    if isinstance(source, Portrayed):
        _await_portraits(sandbox.url)
    agents = _find_stored(sandbox.url, source, field_map)
    publish_homes(sandbox.url, place, agents)
    _print_way_in(sandbox.url, agents[0])
    return _end_at_once() if once else _serve(sandbox)


def _sync(url: str, source: Source, field_map: FieldMap, title: str) -> Tally:
    screen = choose_screen(Console(stderr=True))
    with Rentix(SANDBOX_KEY, url, on_wait=screen.wait) as client, screen:
        return sync_roster(source, field_map, client, screen, title)


def _await_portraits(url: str) -> None:
    """Wait for a while until no picture is on its way, and say where one is."""
    deadline = time.monotonic() + _PORTRAITS_S
    with Rentix(SANDBOX_KEY, url) as client:
        while True:
            users = list(client.users.list())
            coming = [user for user in users if _is_coming(user)]
            if not coming or time.monotonic() > deadline:
                break
            time.sleep(_LOOK_S)  # the sandbox imports in its own process
    shown = [user.avatar.variants[-1].url for user in users if user.avatar]
    say(f"\n{len(shown):,} portraits were imported, {len(coming):,} are on their way.")
    if shown:
        say(f"One of them: {shown[0]}")


def _is_coming(user: ProfileShape) -> bool:
    return isinstance(user.avatar_import, AvatarImportShape) and (
        user.avatar_import.status in ("pending", "processing")
        and "//127.0.0.1:" in (user.avatar_import.url or "")
    )


def _print_way_in(url: str, external_id: str) -> None:
    say("\nTry it; the last one says in `contact` whom visitors see on a page, and why:")
    for line in curl_lines(url, external_id):
        say(f"  {line}")
    say(f"\nThe service: {url}")


def curl_lines(url: str, external_id: str) -> list[str]:
    """Return commands to paste: list all users, find one, change that one, read a listing."""
    curl = f"curl -sS -H {shlex.quote(f'Authorization: ApiKey {SANDBOX_KEY}')}"
    change = {"externalId": external_id, "description": "Changed by hand."}
    body = shlex.quote(msgspec.json.encode(change).decode())
    users = f"{url}{PREFIX}/users"
    return [
        f"{curl} {shlex.quote(users)}",
        f"{curl} {shlex.quote(url + PREFIX + external_id_path(external_id))}",
        f"{curl} -X PUT -H 'Content-Type: application/json' -d {body} {shlex.quote(users)}",
        f"{curl} {shlex.quote(f'{url}{PREFIX}/listings/external/{UNNAMED}')}",
    ]


def _find_stored(url: str, source: Source, field_map: FieldMap) -> list[str]:
    """Return the first external ids of the roster that the service knows, one at least."""
    known: list[str] = []
    with Rentix(SANDBOX_KEY, url) as client:
        for row in source.rows():
            record = field_map.read(row) if isinstance(row, Row) else row
            if isinstance(record, Record):
                try:
                    client.users.get(external_id=record.external_id)
                except ApiError:  # it was rejected; the next one may do
                    continue
                known.append(record.external_id)
                if len(known) == _AGENTS:
                    break
    return known or ["crm-1"]  # seeded by the sandbox


def _end_at_once() -> int:
    say("It ends here; without --once it serves until Ctrl-C.")
    return 0


def _serve(sandbox: Sandbox) -> int:
    say("It serves until Ctrl-C.")
    code = sandbox.wait()
    say_error(f"the sandbox ended by itself with exit code {code}")
    return 2
