"""`rentix user …`."""

from __future__ import annotations

from rentix.cli.options import Data, Database, Json, store_at
from rentix.cli.output import Stop, print_json, say
from rentix.operations import Caller, Outcome, RegisterUser, Request
from rentix.rules.phones import read_phones
from rentix.rules.text import clean_line
from rentix.wiring import now_ms
from rentix.writer import commit


def register(
    agency_id: int,
    *,
    name: str,
    phone: str,
    data: Data = None,
    database: Database = None,
    json: Json = False,
) -> int:
    """Register an agent as if on the portal: no external id, a phone that no CRM can change.

    Example: rentix user register 7 --name "Elena Rusu" --phone "060 123 404"

    Parameters
    ----------
    name
        1 to 200 characters.
    phone
        In any spelling; without a country code it is one of the agency's region.
    """
    with store_at(data, database) as store:
        agency = store.agency(agency_id)
        if agency is None:
            raise Stop(f"there is no agency {agency_id}")
        reading = read_phones(phone, agency.region)
        line = clean_line(name)
        if reading.phone is None:
            raise Stop("--phone is not a valid phone number; write it as +373 22 123 456")
        if not 0 < len(line) <= 200:  # noqa: PLR2004 - contract 5
            raise Stop("--name must be 1 to 200 characters")
        registration = RegisterUser(name=line, phone=reading.phone)
        request = Request(caller=Caller(agency_id), operations=(registration,))
        [answer] = commit(store, [request], now_ms())
    if isinstance(answer, Exception):
        raise Stop(f"not registered: {answer}")
    [outcome] = answer.results
    assert isinstance(outcome, Outcome)  # noqa: S101 - a registration is never refused
    if json:
        print_json({"id": outcome.user.id, "agencyId": agency_id})
    else:
        say(f"User {outcome.user.id} registered in agency {agency_id}")
    return 0
