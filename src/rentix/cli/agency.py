"""`rentix agency …`."""

from __future__ import annotations

from typing import Annotated, Literal

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
)
from rentix.wiring import now_ms

Budget = Annotated[int, Parameter(help="Requests a minute and key; 0 is no limit.")]


def create(
    name: str,
    *,
    phone: str | None = None,
    region: Region = "MD",
    requests_per_minute: Budget = 300,
    bulk_per_minute: Budget = 30,
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
    if requests_per_minute < 0 or bulk_per_minute < 0:
        raise Stop("a budget is a number of requests a minute, or 0 for none")
    region = check_region(region)
    agency = Agency(
        id=0,
        name=_read_name(name),
        phone=_read_phone(phone, region),
        region=region,
        requests_per_minute=requests_per_minute,
        bulk_per_minute=bulk_per_minute,
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
