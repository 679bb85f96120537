"""One request of a bulk: 1 to 100 operations (contract 5, 6 and 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from rentix.client.answers import BulkAnswer, read_bulk
from rentix.client.calls.call import Call, write

Resource = Literal["users", "listings", "media"]


def bulk(
    resource: Resource,
    operations: Sequence[object],
    *,
    atomic: bool = False,
    options: Mapping[str, object],
) -> Call[BulkAnswer]:
    """POST /users/bulk, or another resource's: operations are objects or `msgspec.Raw`."""
    body = {"operations": operations} | ({"atomic": True} if atomic else {})
    call = write("POST", f"/{resource}/bulk", BulkAnswer, body, options=options)
    return replace(call, read=read_bulk, budget="bulk")


def bulk_users(
    operations: Sequence[object], idempotency_key: str | None = None, run_id: str | None = None
) -> Call[BulkAnswer]:
    """POST /users/bulk: its results come back even if every one failed."""
    return bulk("users", operations, options={"idempotency_key": idempotency_key, "run_id": run_id})
