"""The agency that the key belongs to (contract 8)."""

from __future__ import annotations

import asyncio

from rentix.api.call import Call, Headers, Reply, json_reply
from rentix.api.etags import is_current
from rentix.api.locales import wished_locales
from rentix.api.writing import terms, with_strays, write_one
from rentix.operations import AgencyOutcome
from rentix.rules.agencies import read_put_agency
from rentix.wire.answers import encode
from rentix.wire.decode import parse_object
from rentix.wire.profiles import agency, put_agency_answer

_PRIVATE: Headers = [
    (b"cache-control", b"private, no-cache"),
    (b"vary", b"accept, accept-language, authorization, x-api-key"),
]


async def get_agency(call: Call) -> Reply:
    """The agency that the key belongs to."""
    _, known = call.tenant
    found = await asyncio.to_thread(call.portal.store.agency, known.id) or known
    used = await _used(call)
    shape = agency(found, used, wished_locales(call), call.portal.files_url)
    etag = f"{found.etag}-{used}-{found.monthly_listings}"  # all that the answer shows
    headers = [(b"etag", b'"%s"' % etag.encode()), *_PRIVATE]
    if is_current(etag, call.headers):
        return Reply(304, headers=headers)
    return json_reply(shape, headers=headers)


async def put_agency(call: Call) -> Reply:
    """Change what visitors see of the agency, and how its values are read.

    Its name and phone stand where a listing has no agent to be shown.
    """
    put = with_strays(call, read_put_agency(parse_object(call.body), terms(call)))
    dry_run, receipt = call.query.get("dryRun", False), call.query.get("receipt", False)
    used, locales = await _used(call), wished_locales(call)

    def render(outcome: AgencyOutcome) -> bytes:
        files_url = call.portal.files_url
        return encode(
            put_agency_answer(outcome, used, locales, files_url, dry_run=dry_run, receipt=receipt)
        )

    reply = await write_one(call, put, render)
    call.portal.keys.forget()  # so that the next request is read by what was just said
    return reply


async def _used(call: Call) -> int:
    _, known = call.tenant
    return await asyncio.to_thread(call.portal.store.listings_used, known.id, call.portal.clock())
