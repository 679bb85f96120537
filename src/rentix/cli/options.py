"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from rentix import settings
from rentix.cli.output import Stop
from rentix.rules.regions import is_region
from rentix.settings import Place
from rentix.store import Store, StoreError
from rentix.wiring import open_store

Data = Annotated[
    Path | None,
    Parameter(help="Directory of the data; else RENTIX_DATA, else ./rentix-data."),
]
Database = Annotated[
    str | None,
    Parameter(help="PostgreSQL instead: its address (postgresql://…); else RENTIX_DATABASE."),
]
Json = Annotated[bool, Parameter(negative="", help="Print JSON for a program to read.")]
Region = Annotated[
    str, Parameter(help="Country (ISO 3166) of numbers that are written without one.")
]


def find_place(data: Path | None, database: str | None) -> Place:
    """Where the data is.

    Raises:
        Stop: that is not said clearly.
    """
    try:
        return settings.find_place(data, database)
    except settings.BadPlace as error:
        raise Stop(str(error)) from None


@contextmanager
def store_at(
    data: Path | None, database: str | None = None, *, create: bool = False
) -> Iterator[Store]:
    """The store that `--data` or `--database` names; a directory is made if `create` says so.

    Raises:
        Stop: there is none, or it cannot be opened or written.
    """
    with store_in(find_place(data, database), create=create) as store:
        yield store


@contextmanager
def store_in(place: Place, *, create: bool = False) -> Iterator[Store]:
    """The store at a place, as `store_at`."""
    if isinstance(place, Path) and not create and not (place / "rentix.db").exists():
        raise Stop(f"there is no data in {place}; say where it is with --data")
    try:
        with open_store(place) as store:
            yield store
    except (StoreError, OSError) as error:
        raise Stop(f"{describe(place)} cannot be used: {error}") from error


def describe(place: Place) -> str:
    """A place in words. An address may hold a password and is not shown."""
    return f"the data in {place}" if isinstance(place, Path) else "the database"


def check_region(region: str) -> str:
    """An upper-case region that phone numbers are known for.

    Raises:
        Stop: it is none.
    """
    if not is_region(region.upper()):
        raise Stop(f"--region {region} is not a country code such as MD, RO or UA")
    return region.upper()
