"""`rentix db …`."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from rentix import settings
from rentix.cli.options import Data, Database, Json, find_place
from rentix.cli.output import Stop, print_json, say
from rentix.store import StoreError, Unavailable
from rentix.store.migrate_postgres import migrate_postgres
from rentix.wiring import look_at

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
        say(f"RENTIX_DATABASE={address}")
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
        seen = look_at(place)
    except Unavailable as error:
        raise Stop(f"the database cannot be reached: {error}") from error
    except StoreError as error:
        seen = {"servable": False, "reason": str(error)}
    if json:
        print_json(seen)
    else:
        _say(seen)
    return 0 if seen["servable"] else 1


def _say(seen: dict[str, Any]) -> None:
    if not seen["servable"]:
        say(f"It may not be served: {seen['reason']}")
        return
    use = {True: "a sandbox", False: "agencies", None: "nothing yet"}[seen["sandbox"]]
    say(f"It may be served: {seen['kind']}, schema {seen['schema']}, holds {use}")
