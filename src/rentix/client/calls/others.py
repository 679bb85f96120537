"""The endpoints of jobs, the agency, and reference data (contract 6 to 8)."""

from __future__ import annotations

from typing import Unpack

from rentix.client.calls.call import Call, get, get_if_changed, shaped, split_options, write
from rentix.client.fields import AgencyPut, Locale
from rentix.client.results import Seen
from rentix.wire.agency_bodies import PutAgencyBody
from rentix.wire.reference_shapes import BaseSchemaShape, CurrenciesShape
from rentix.wire.shapes import AgencyShape, JobShape, PutAgencyShape


def get_job(id: int) -> Call[JobShape]:  # noqa: A002 - as the contract calls it
    """Return how far an import is."""
    return get("/job/status", JobShape, {"id": id})


def get_agency(*, locale: Locale | None = None) -> Call[AgencyShape]:
    """Return the agency that the key belongs to."""
    return get("/agency", AgencyShape, {"locale": locale})


def get_agency_if_changed(
    *, etag: str | None = None, locale: Locale | None = None
) -> Call[Seen[AgencyShape] | None]:
    """Return the agency with its etag, or None if `etag` is still the current one."""
    return get_if_changed("/agency", AgencyShape, etag, {"locale": locale})


def put_agency(**fields: Unpack[AgencyPut]) -> Call[PutAgencyShape]:
    """Change what visitors see of the agency. What is left out is kept, None clears."""
    options, body = split_options(fields)
    return write("PUT", "/agency", PutAgencyShape, shaped(PutAgencyBody, body), options=options)


def get_base_schema() -> Call[BaseSchemaShape]:
    """Return the words, required fields and limits that a listing's form is checked by."""
    return get("/reference/schema/base", BaseSchemaShape)


def get_currencies() -> Call[CurrenciesShape]:
    """Return the currencies whose rates the portal knows."""
    return get("/reference/currencies", CurrenciesShape)
