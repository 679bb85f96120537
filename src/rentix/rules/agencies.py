"""The body of PUT /agency, checked and normalised (contract 8)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from rentix.errors import Code, invalid
from rentix.operations import AgencyPatch, PutAgency
from rentix.rules.phones import read_phones
from rentix.rules.printed import AGENCY, PICTURE
from rentix.rules.regions import is_region
from rentix.rules.steering import Terms, read_if_match, unknowns
from rentix.rules.submissions import (
    Submission,
    ignore_others,
    note_rest,
    read_description,
    read_name,
)
from rentix.wire.agency_bodies import LogoBody, PutAgencyBody
from rentix.wire.decode import read


def read_put_agency(raw: dict[str, Any], terms: Terms) -> PutAgency:
    """The change that `raw` asks for.

    A region or a locale that it sets is the one that its own phone and description are read by.

    Raises:
        Problem: 400, with every fault.
    """
    body, faults = read(PutAgencyBody, raw)
    assert body is not None  # noqa: S101 - no member of it must be there
    seen = unknowns(PutAgencyBody, raw, terms, AGENCY)
    _read_terms(seen, body)
    if body.name is not UNSET:
        read_name(seen, body.name)
    if body.phone is not UNSET:
        _read_phone(seen, body.phone)
    if body.description is not UNSET:
        read_description(seen, body.description)
    if body.logo is not UNSET:
        _read_logo(seen, body.logo, raw["logo"])
    if_match = read_if_match(seen, body.if_match, terms.if_match)
    faults += seen.faults
    if faults:
        raise invalid(faults)
    return PutAgency(
        patch=AgencyPatch(**seen.patch),
        if_match=if_match,
        forms=seen.forms,
        ignored=seen.ignored,
        notes=tuple(seen.notes),
    )


def _read_terms(seen: Submission, body: PutAgencyBody) -> None:
    if body.region is not UNSET:
        region = body.region.upper()
        if is_region(region):
            seen.take("region", body.region, region)
            seen.region = region
        else:
            reason = "must be a country of ISO 3166 in two letters, such as MD"
            seen.refuse(Code.NOT_ONE_OF, ("region",), reason)
    if body.default_locale is not UNSET:
        seen.patch["locale"] = seen.locale = body.default_locale


def _read_phone(seen: Submission, sent: str | None) -> None:
    if sent is None:
        seen.patch["phone"] = None
        return
    reading = read_phones(sent, seen.region)
    phone = reading.phone
    if phone is None:
        reason = "must be a valid phone number, such as +373 22 123 456"
        seen.refuse(Code.PHONE_INVALID, ("phone",), reason)
        return
    seen.patch["phone"] = phone.e164
    if sent not in (phone.e164, phone.international):
        seen.form("phone", sent, phone.international)
    note_rest(seen, reading)


def _read_logo(seen: Submission, sent: LogoBody | None, raw: Any) -> None:
    if sent is None:
        seen.patch["logo"] = None
        return
    ignore_others(seen, LogoBody, raw, PICTURE, ("logo",))
    seen.patch["logo"] = sent.id
