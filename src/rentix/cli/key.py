"""`rentix key …`."""

from __future__ import annotations

from typing import Annotated, Any

from cyclopts import Parameter

from rentix.cli.options import Data, Database, Json, store_at
from rentix.cli.output import Stop, print_json, say
from rentix.model import SCOPES, ApiKey
from rentix.store.agencies import create_key, revoke_key
from rentix.store.agencies import list_keys as stored_keys
from rentix.wire.times import print_time
from rentix.wiring import now_ms

Scopes = Annotated[
    list[str] | None,
    Parameter(consume_multiple=True, help=f"Rights of the key, else all: {' '.join(SCOPES)}."),
]


def create(
    agency_id: int,
    *,
    scope: Scopes = None,
    data: Data = None,
    database: Database = None,
    json: Json = False,
) -> int:
    """Create an API key for an agency. It is shown once.

    Example: rentix key create 7 --scope users:read users:write
    """
    scopes = frozenset(scope or SCOPES)
    unknown = ", ".join(sorted(scopes - set(SCOPES)))
    if unknown:
        raise Stop(f"--scope {unknown} is not one of: {', '.join(SCOPES)}")
    with store_at(data, database) as store, store.operate() as hand:
        if not hand.run("agency", agency_id):
            raise Stop(f"there is no agency {agency_id}")
        key_id, key = create_key(hand, agency_id, scopes, now_ms())
    if json:
        print_json({"agencyId": agency_id, "keyId": key_id, "apiKey": key})
    else:
        say(f"API key {key_id} of agency {agency_id}, shown this once: {key}")
    return 0


def list_keys(*, data: Data = None, database: Database = None, json: Json = False) -> int:
    """List the keys: ids, agencies, rights, and whether they are revoked. Never the keys.

    Example: rentix key list --json
    """
    with store_at(data, database) as store, store.operate() as hand:
        keys = [_shown(key) for key in stored_keys(hand)]
    if json:
        print_json({"keys": keys})
        return 0
    for key in keys:
        state = f"revoked {key['revokedAt']}" if key["revokedAt"] else "valid"
        say(f"{key['keyId']}  agency {key['agencyId']}  {state}  {' '.join(key['scopes'])}")
    return 0


def _shown(key: ApiKey) -> dict[str, Any]:
    return {
        "keyId": key.id,
        "agencyId": key.agency_id,
        "scopes": [scope for scope in SCOPES if scope in key.scopes],
        "createdAt": print_time(key.created_ms),
        "revokedAt": None if key.revoked_ms is None else print_time(key.revoked_ms),
    }


def revoke(key_id: int, *, data: Data = None, database: Database = None) -> int:
    """Revoke a key for good; running services refuse it within a second.

    Example: rentix key revoke 12
    """
    with store_at(data, database) as store, store.operate() as hand:
        if not revoke_key(hand, key_id, now_ms()):
            raise Stop(f"there is no key {key_id}; rentix key list shows them")
    say(f"API key {key_id} is revoked")
    return 0
