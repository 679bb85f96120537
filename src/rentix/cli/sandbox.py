"""`rentix sandbox`: a service to try things on, with a published key."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from rentix.cli.homes import FLAT, photos
from rentix.cli.options import Data, Database, check_region, describe, find_place, store_in
from rentix.cli.output import Stop, say
from rentix.cli.pictures import choose_pictures
from rentix.cli.portraits import serving_portraits
from rentix.cli.serve import MetricsPort, Port, serve_place
from rentix.cli.signals import ending_by_signal
from rentix.model import SANDBOX_KEY, SCOPES, Agency
from rentix.operations import (
    Caller,
    ImportMedia,
    Operation,
    RegisterUser,
    Request,
    UnlinkListing,
)
from rentix.rules.listings import read_put_listing
from rentix.rules.phones import read_phones
from rentix.rules.puts import read_put
from rentix.rules.steering import Terms
from rentix.settings import Place
from rentix.store import Store, StoreError
from rentix.store.agencies import create_agency, create_key, is_sandbox
from rentix.store.cluster import create_database, drop_database, running_cluster
from rentix.store.migrate_postgres import migrate_postgres
from rentix.wiring import InUse, claimed, now_ms
from rentix.writer import commit

_DATABASE = "rentix"
_PHONE = "+37322000100"  # of nobody
_FROM_CRM: list[dict[str, Any]] = [
    {"externalId": "crm-1", "name": "Ana Munteanu", "phone": "+373 69 123 401"},
    {"externalId": "crm-2", "name": "Андрей Чебан", "phone": "+373 78 123 402"},
    {"externalId": "crm-3", "name": "Ștefan Țurcanu", "phone": "+373 22 123 456"},
]
_OFFICE: dict[str, Any] = {
    "externalId": "offer-0",
    "announcementType": "rent",
    "propertyType": "commercial",
    "propertySecondaryType": "office",
}
_SCENES = ("block", "room", "kitchen", "bedroom")
_REGISTERED = [("Elena Rusu", "+373 60 123 404"), ("Ion Croitoru", "+373 79 123 405")]


def sandbox(
    *,
    data: Data = None,
    database: Database = None,
    port: Port = 8000,
    region: Annotated[str | None, Parameter(help="Country of the agency, else MD.")] = None,
    reset: Annotated[bool, Parameter(negative="", help="Begin with fresh data.")] = False,
    metrics_port: MetricsPort = None,
    postgres: Annotated[
        bool, Parameter(negative="", help="On a PostgreSQL of its own, with its files in --data.")
    ] = False,
) -> int:
    """Serve a sandbox: loopback only, one agency, a few agents, a published key, no rate budget.

    Example: rentix sandbox --data ./sandbox-data --port 8000
    """
    place = find_place(data, database)
    if not postgres:
        _serve_sandbox(place, port, region, metrics_port, reset=reset)
        return 0
    if not isinstance(place, Path):
        raise Stop("--postgres starts a PostgreSQL of its own; leave --database out")
    try:
        with ending_by_signal(), running_cluster(place / "postgres") as cluster:
            say(f"PostgreSQL's files are in {cluster.directory}")
            address = migrate_postgres(_prepare(cluster.admin_url, reset=reset))
            blobs = place / "blobs"
            if reset:
                _remove_pictures(blobs)
            _serve_sandbox(address, port, region, metrics_port, reset=False, blobs=blobs)
    except StoreError as error:
        raise Stop(f"PostgreSQL cannot be used: {error}") from error
    except KeyboardInterrupt:
        say("Stopped before it served.")
    return 0


def _prepare(admin_url: str, *, reset: bool) -> str:
    if reset:
        drop_database(admin_url, _DATABASE)
    return create_database(admin_url, _DATABASE)


def _serve_sandbox(
    place: Place,
    port: int,
    region: str | None,
    metrics_port: int | None,
    *,
    reset: bool,
    blobs: Path | None = None,
) -> None:
    with serving_portraits() as portraits:
        _prepare_sandbox(place, region, portraits, reset=reset)
        say(f"Sandbox key: {SANDBOX_KEY}")
        say(f"Pictures to try: http://{portraits}/AB.png, with any two letters")
        say("Pages to look at: /announcement/2 (when its photos are there) and /agents/3")
        pictures = choose_pictures(place, str(blobs) if blobs else None, fetch_allow=[portraits])
        serve_place(place, "127.0.0.1", port, metrics_port, sandbox=True, pictures=pictures)


def _prepare_sandbox(place: Place, region: str | None, portraits: str, *, reset: bool) -> None:
    wanted = check_region(region) if region else None
    found = _find_sandbox(place)
    if found and wanted not in (None, found.region) and not reset:
        raise Stop(f"the sandbox there is of region {found.region}; add --reset")
    if reset:
        _clear(place)
    if reset or found is None:
        with store_in(place, create=True) as store:
            _seed(store, wanted or "MD", portraits)


def _find_sandbox(place: Place) -> Agency | None:
    with store_in(place, create=True) as store:
        with store.operate() as hand:
            kind = is_sandbox(hand)
        if kind is False:
            raise Stop(
                f"{describe(place)} holds real agencies; choose another with --data or --database"
            )
        return store.agency(1) if kind else None


def _clear(place: Place) -> None:
    if not isinstance(place, Path):
        raise Stop("--reset is for a directory; give a fresh database instead")
    try:
        with claimed(place):
            for name in ("rentix.db", "rentix.db-wal", "rentix.db-shm"):
                (place / name).unlink(missing_ok=True)
            _remove_pictures(place / "blobs")
    except InUse as error:
        raise Stop(str(error)) from error


def _remove_pictures(blobs: Path) -> None:
    # They are the old database's: the new one would not be let in there.
    if blobs.exists():
        shutil.rmtree(blobs)


def _seed(store: Store, region: str, portraits: str) -> None:
    agency = Agency(
        id=0,
        name="Sandbox Agency",
        phone=_PHONE,
        region=region,
        requests_per_minute=0,
        bulk_per_minute=0,
    )
    every = frozenset(SCOPES)
    with store.operate() as hand:
        agency_id = create_agency(hand, agency, now_ms(), sandbox=True)
        key_id, _ = create_key(hand, agency_id, every, now_ms(), published=SANDBOX_KEY)
        if (agency_id, key_id) != (1, 1):  # the published key names them
            raise Stop(
                "a sandbox needs a fresh database, and this one has given out ids before; make a "
                "new one, or add --reset to --postgres"
            )
    registrations = [
        RegisterUser(name=name, phone=phone)
        for name, number in _REGISTERED
        if (phone := read_phones(number, region).phone)
    ]
    pictured = {"avatar": {"url": f"http://{portraits}/AM.png"}}  # so that there is a job to see
    agents = [_FROM_CRM[0] | pictured, *_FROM_CRM[1:]]
    puts = [read_put(raw, Terms(region, "ro")) for raw in agents]
    _commit(store, Caller(agency_id), registrations)
    photo = ImportMedia(url=f"http://{portraits}/RX.png", external_id="photo-1")
    shown = {
        **FLAT,
        "externalId": "offer-1",
        "announcementStatus": "active",
        "externalUserId": "crm-1",
        "files": photos(portraits, _SCENES, 3, "offer-1"),
    }
    offers = [read_put_listing(raw, Terms(region, "ro")) for raw in (_OFFICE, shown)]
    unlink = UnlinkListing(external_id="offer-0")  # so that there is one to link
    _commit(store, Caller(agency_id, key_id), [*puts, photo, *offers, unlink])


def _commit(store: Store, caller: Caller, operations: Sequence[Operation]) -> None:
    commit(store, [Request(caller=caller, operations=tuple(operations))], now_ms())
