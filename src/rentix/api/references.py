"""What a CRM may look up before it sends listings (contract 6)."""

from __future__ import annotations

from rentix.api.call import Call, Headers, Reply, json_reply
from rentix.rules.references import base_schema, currencies

_PRIVATE: Headers = [
    (b"cache-control", b"private, no-cache"),
    (b"vary", b"accept, authorization, x-api-key"),
]


async def get_base_schema(_call: Call) -> Reply:
    """What the fields of a listing's form may be.

    The words of each, the subtypes of each type, what each status requires, and limits.
    """
    return json_reply(base_schema(), headers=[*_PRIVATE])


async def get_currencies(call: Call) -> Reply:
    """The currencies, and what they are worth.

    `nominal` units of each are worth `rate` of `baseCurrency`.
    """
    return json_reply(currencies(call.portal.rates), headers=[*_PRIVATE])
