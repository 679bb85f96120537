"""`rentix db …`."""

from __future__ import annotations

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from rentix import settings
from rentix.cli.options import Data, Database, Json, describe, find_place
from rentix.cli.output import Stop, print_json, say
from rentix.store import StoreError
from rentix.store.look import Look, look_at_address, look_at_directory
from rentix.store.migrate_postgres import migrate_postgres

AdminUrl = Annotated[
    str | None,
    Parameter(help="Address of the database as its administrator; else RENTIX_ADMIN_URL."),
]


def migrate(*, admin_url: AdminUrl = None, json: Json = False) -> int:
    """Make or update the schema and the service's role; print the address to serve with.

    Example: rentix db migrate --admin-url postgresql://postgres@127.0.0.1:5432/rentix --json
    """
    try:
        address = migrate_postgres(read_admin_url(admin_url))
    except StoreError as error:
        raise Stop(f"the database was not changed: {error}") from error
    if json:
        print_json({"databaseUrl": address})
    else:
        say("Schema and role are up to date. Keep this address secret, and serve with it:")
        say(f"export RENTIX_DATABASE={shlex.quote(address)}")
        say("rentix serve --workers 2")
    return 0


def read_admin_url(given: str | None) -> str:
    """The administrator's address.

    Raises:
        Stop: there is none, or it is no address of PostgreSQL's.
    """
    try:
        address = settings.find_admin_url(given)
    except settings.BadPlace as error:
        raise Stop(str(error)) from None
    if address is None:
        raise Stop("say which database: --admin-url postgresql://…, or RENTIX_ADMIN_URL")
    return address


def status(*, data: Data = None, database: Database = None, json: Json = False) -> int:
    """Show whether the database may be served by this program, and if not, why.

    Example: rentix db status --json

    Exit code: 0 it may, 1 it may not (schema, role), 2 it cannot be reached.
    """
    place = find_place(data, database)
    try:
        seen = look_at_directory(place) if isinstance(place, Path) else look_at_address(place)
    except StoreError as error:
        raise Stop(f"{describe(place)} cannot be read: {error}") from error
    if json:
        print_json({"servable": seen.reason is None, **asdict(seen)})
    else:
        _say(seen)
    return 1 if seen.reason else 0


def _say(seen: Look) -> None:
    if seen.reason:
        say(f"It may not be served: {seen.reason}")
        return
    use = {True: "a sandbox", False: "agencies", None: "nothing yet"}[seen.sandbox]
    ahead = " (serving it migrates it)" if seen.schema < seen.known else ""
    say(f"It may be served: {seen.server}, schema {seen.schema}{ahead}, holds {use}")
