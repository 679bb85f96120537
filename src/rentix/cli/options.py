"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from rentix.cli.output import Stop
from rentix.rules.regions import is_region
from rentix.settings import data_directory
from rentix.store import StoreError
from rentix.store.sqlite import SqliteStore
from rentix.wiring import open_store

Data = Annotated[
    Path | None,
    Parameter(help="Directory of the data; else RENTIX_DATA, else ./rentix-data."),
]
Json = Annotated[bool, Parameter(negative="", help="Print JSON for a program to read.")]
Region = Annotated[
    str, Parameter(help="Country (ISO 3166) of numbers that are written without one.")
]


@contextmanager
def store_at(data: Path | None, *, create: bool = False) -> Iterator[SqliteStore]:
    """The store that `--data` names, made if `create` says so.

    Raises:
        Stop: there is none, or it cannot be opened or written.
    """
    directory = data_directory(data)
    if not create and not (directory / "rentix.db").exists():
        raise Stop(f"there is no data in {directory}; say where it is with --data")
    try:
        with open_store(directory) as store:
            yield store
    except (StoreError, OSError) as error:
        raise Stop(f"the data in {directory} cannot be used: {error}") from error


def check_region(region: str) -> str:
    """An upper-case region that phone numbers are known for.

    Raises:
        Stop: it is none.
    """
    if not is_region(region.upper()):
        raise Stop(f"--region {region} is not a country code such as MD, RO or UA")
    return region.upper()
