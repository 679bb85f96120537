"""The environment's say. Nothing else reads it, but for the key that `--key-env` names."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from rentix.media.blobs import S3Access

DATA_VARIABLE = "RENTIX_DATA"
DATABASE_VARIABLE = "RENTIX_DATABASE"
ADMIN_VARIABLE = "RENTIX_ADMIN_URL"
ALLOW_VARIABLE = "RENTIX_FETCH_ALLOW"
PUBLIC_URL_VARIABLE = "RENTIX_PUBLIC_URL"
BLOBS_VARIABLE = "RENTIX_BLOBS"
RATES_VARIABLE = "RENTIX_RATES"
VISITS_VARIABLE = "RENTIX_VISITS_PER_MINUTE"
DEFAULT_VISITS = 600
DEFAULT_DATA = Path("rentix-data")

_HOST = r"(?:\[[\w:.%]+\]|[^@:/?#,\[\]]*)(?::\d*)?"
_ADDRESS = re.compile(rf"postgres(?:ql)?://(?:[^@/?#]*@)?{_HOST}(?:,{_HOST})*(?:[/?][^@#]*)?")

Place = Path | str
"""Where the data is: a directory, or the address of a PostgreSQL database."""


class BadPlace(Exception):
    """It is not said clearly where the data is."""


def find_place(data: Path | None, database: str | None) -> Place:
    """Where the data is: what is given, else RENTIX_DATABASE, RENTIX_DATA, ./rentix-data.

    Raises:
        BadPlace: both are given, or the address is none of PostgreSQL's.
    """
    if data is not None and database is not None:
        raise BadPlace("the data is in one place: give either --data or --database")
    if data is not None:
        return data
    address = database or os.environ.get(DATABASE_VARIABLE)
    if address:
        return check_address(address, "--database" if database else DATABASE_VARIABLE)
    return Path(os.environ.get(DATA_VARIABLE) or DEFAULT_DATA)


def find_admin_url(given: str | None) -> str | None:
    """The administrator's address: `--admin-url`, else RENTIX_ADMIN_URL.

    Raises:
        BadPlace: it is none of PostgreSQL's.
    """
    address = given or os.environ.get(ADMIN_VARIABLE)
    return check_address(address, "--admin-url" if given else ADMIN_VARIABLE) if address else None


def check_address(address: str, name: str) -> str:
    """The address, which may hold a password and so is never repeated.

    A password that is not percent-encoded would be taken for a host, and shown in an error.

    Raises:
        BadPlace: it is none of PostgreSQL's.
    """
    if not _ADDRESS.fullmatch(address):
        message = f"{name} must be like postgresql://user:password@host:5432/database"
        raise BadPlace(f"{message}; in user and password write @ as %40, / as %2F, % as %25")
    return address


def find_blobs(given: str | None, place: Place) -> str | None:
    """Where pictures lie: what is given, else RENTIX_BLOBS, else in the directory of the data.

    With a database's address, and nothing said, nowhere.
    """
    beside = str(place / "blobs") if isinstance(place, Path) else None
    return given or os.environ.get(BLOBS_VARIABLE) or beside


def find_allowed(given: Sequence[str]) -> list[str]:
    """HOST:PORTs that pictures may come from though they are not public.

    What is given, and what is in RENTIX_FETCH_ALLOW, separated by spaces.
    """
    return [*given, *os.environ.get(ALLOW_VARIABLE, "").split()]


def find_public_url(given: str | None) -> str | None:
    """What addresses begin with, as clients see them: what is given, else RENTIX_PUBLIC_URL.

    Raises:
        BadPlace: it is not the beginning of an address.
    """
    url = given or os.environ.get(PUBLIC_URL_VARIABLE)
    if url and not re.fullmatch(r"https?://[^/?#\s@]+(/[^?#\s]*)?", url):
        name = "--public-url" if given else PUBLIC_URL_VARIABLE
        raise BadPlace(f"{name} must be like https://portal.example")
    return url.rstrip("/") if url else None


def find_rates() -> dict[str, float]:
    """Euros for one unit of each currency: RENTIX_RATES, such as `USD=0.92 MDL=0.0516`.

    Raises:
        BadPlace: it is not like that.
    """
    rates = {}
    for pair in os.environ.get(RATES_VARIABLE, "").split():
        found = re.fullmatch(r"([A-Z]{3})=(\d{1,9}(?:\.\d{1,9})?)", pair)
        if not found or not float(found[2]):
            message = f"{RATES_VARIABLE} must be euros for one unit each, like USD=0.92 MDL=0.0516"
            raise BadPlace(message)
        rates[found[1]] = float(found[2])
    return rates


def find_visits_per_minute() -> int:
    """How many pages an address may ask for, 0 for any number: RENTIX_VISITS_PER_MINUTE, else 600.

    Raises:
        BadPlace: it is no such number.
    """
    text = os.environ.get(VISITS_VARIABLE) or str(DEFAULT_VISITS)
    if not re.fullmatch(r"\d{1,9}", text):
        raise BadPlace(f"{VISITS_VARIABLE} must be a number of pages a minute, or 0 for no limit")
    return int(text)


def find_s3_access() -> S3Access | None:
    """The way into S3 as Amazon's own tools are told it: AWS_…; None without a key."""
    key_id, secret = _first("AWS_ACCESS_KEY_ID"), _first("AWS_SECRET_ACCESS_KEY")
    if key_id is None or secret is None:
        return None
    return S3Access(
        key_id,
        secret,
        region=_first("AWS_REGION", "AWS_DEFAULT_REGION") or "us-east-1",
        endpoint=_first("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"),
        session_token=_first("AWS_SESSION_TOKEN"),
    )


def _first(*names: str) -> str | None:
    return next((value for name in names if (value := os.environ.get(name))), None)
