"""`rentix agency …`."""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass
from typing import Annotated, Final, Literal

from cyclopts import Parameter

from rentix.cli.options import Data, Database, Json, Region, check_region, store_at
from rentix.cli.output import Stop, print_json, say
from rentix.model import SCOPES, Agency
from rentix.rules.phones import read_phones
from rentix.rules.text import clean_line
from rentix.store.agencies import (
    create_agency,
    create_key,
    is_sandbox,
    set_active,
    set_crm,
    set_limits,
)
from rentix.wiring import now_ms

_MOST: Final = 1_000_000_000
_BUDGET: Final = Parameter(help="Requests a minute and key; 0 is no limit.")
_BULK: Final = Parameter(help="Of these on bulk endpoints; 0 is no limit.")
_LISTINGS: Final = Parameter(help="Listings it may create in a calendar month; 0: none at all.")


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a new agency may use."""

    requests_per_minute: Annotated[int, _BUDGET] = 300
    bulk_per_minute: Annotated[int, _BULK] = 30
    monthly_listings: Annotated[int, _LISTINGS] = 1000


_USUAL: Final = Limits()


def create(
    name: str,
    *,
    phone: str | None = None,
    region: Region = "MD",
    limits: Limits = _USUAL,
    data: Data = None,
    database: Database = None,
    json: Json = False,
) -> int:
    """Create an agency and its first API key, which has every scope and is shown once.

    Example: rentix agency create "Casa Nouă" --phone "+373 22 123 456" --region MD

    Parameters
    ----------
    name
        What visitors read.
    phone
        What visitors call when a listing has no agent.
    """
    _check_limits(*astuple(limits))
    region = check_region(region)
    agency = Agency(
        id=0,
        name=_read_name(name),
        phone=_read_phone(phone, region),
        region=region,
        **asdict(limits),
    )
    with store_at(data, database, create=True) as store, store.operate() as hand:
        if is_sandbox(hand):
            raise Stop(
                "the data is a sandbox's, whose key is published; choose another with --data"
            )
        agency_id = create_agency(hand, agency, now_ms())
        key_id, key = create_key(hand, agency_id, frozenset(SCOPES), now_ms())
    if json:
        print_json({"agencyId": agency_id, "keyId": key_id, "apiKey": key})
    else:
        say(f"Agency {agency_id} created: {agency.name}")
        if agency.phone is None:
            say(
                "It has no phone, so a listing that shows the agency gives visitors no way to reach"
            )
            say("anybody; PUT /api/v1/agency gives it one")
        say(f"API key {key_id}, shown this once: {key}")
    return 0


def _read_name(name: str) -> str:
    text = clean_line(name)
    if not 0 < len(text) <= 200:  # noqa: PLR2004 - as a user's name
        raise Stop("the agency's name must be 1 to 200 characters")
    return text


def _read_phone(phone: str | None, region: str) -> str | None:
    if phone is None:
        return None
    reading = read_phones(phone, region)
    if reading.phone is None:
        raise Stop("--phone is not a valid phone number; write it as +373 22 123 456")
    return reading.phone.e164


def _check_limits(*limits: int | None) -> None:
    if not all(0 <= limit <= _MOST for limit in limits if limit is not None):
        raise Stop(f"a limit is a number from 0 to {_MOST}")


def limits(
    agency_id: int,
    *,
    requests_per_minute: Annotated[int | None, _BUDGET] = None,
    bulk_per_minute: Annotated[int | None, _BULK] = None,
    monthly_listings: Annotated[int | None, _LISTINGS] = None,
    data: Data = None,
    database: Database = None,
    json: Json = False,
) -> int:
    """Change an agency's limits, and show them. What is not given stays as it is.

    Example: rentix agency limits 7 --monthly-listings 5000
    """
    _check_limits(requests_per_minute, bulk_per_minute, monthly_listings)
    with store_at(data, database) as store, store.operate() as hand:
        agency = set_limits(hand, agency_id, requests_per_minute, bulk_per_minute, monthly_listings)
    if agency is None:
        raise Stop(f"there is no agency {agency_id}")
    shown = {
        "requestsPerMinute": agency.requests_per_minute,
        "bulkPerMinute": agency.bulk_per_minute,
        "monthlyListings": agency.monthly_listings,
    }
    if json:
        print_json({"agencyId": agency_id, **shown})
        return 0
    say(f"Agency {agency_id}, {agency.name}")
    say(f"  requests a minute and key  {agency.requests_per_minute or 'any number'}")
    say(f"  of these in bulk           {agency.bulk_per_minute or 'any number'}")
    say(f"  new listings a month       {agency.monthly_listings}")
    return 0


def suspend(agency_id: int, *, data: Data = None, database: Database = None) -> int:
    """Refuse an agency's keys (403) until it is resumed. Its data stays.

    Example: rentix agency suspend 7
    """
    return _set_active(agency_id, data, database, active=False)


def resume(agency_id: int, *, data: Data = None, database: Database = None) -> int:
    """Accept a suspended agency's keys again.

    Example: rentix agency resume 7
    """
    return _set_active(agency_id, data, database, active=True)


def _set_active(agency_id: int, data: Data, database: Database, *, active: bool) -> int:
    with store_at(data, database) as store, store.operate() as hand:
        if not set_active(hand, agency_id, active=active):
            raise Stop(f"there is no agency {agency_id}")
    say(f"Agency {agency_id} {'resumed' if active else 'suspended'}")
    return 0


def crm(
    state: Literal["on", "off"], agency_id: int, *, data: Data = None, database: Database = None
) -> int:
    """Switch an agency's CRM access on or off.

    Example: rentix agency crm off 7
    """
    with store_at(data, database) as store, store.operate() as hand:
        if not set_crm(hand, agency_id, enabled=state == "on"):
            raise Stop(f"there is no agency {agency_id}")
    say(f"CRM access of agency {agency_id} is {state}")
    return 0
