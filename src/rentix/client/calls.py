"""The API's endpoints as values: what is sent, and how its answer is read. No network here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, Literal, TypeVar
from urllib.parse import quote

import msgspec

from rentix.client.answers import Answer, read, read_bulk
from rentix.wire.listing_shapes import ListingsShape, PutListingShape
from rentix.wire.shapes import AgencyShape, BulkShape, ProfileShape, PutShape, UsersShape

T = TypeVar("T")

Budget = Literal["requests", "bulk"]


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request below `/api/v1`. `budget` names the rate budget it draws on (contract 4).

    `run_id` is what the portal's change log calls the run that a write belongs to.
    """

    method: str
    path: str
    read: Callable[[Answer], T]
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    idempotency_key: str | None = None
    run_id: str | None = None
    budget: Budget = "requests"

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice has the effect of sending it once."""
        return self.method == "GET" or self.idempotency_key is not None


def put_user(fields: Mapping[str, object], idempotency_key: str) -> Call[PutShape]:
    """PUT /users: create or update one profile."""
    return Call(
        "PUT",
        "/users",
        partial(read, shape=PutShape),
        body=msgspec.json.encode(fields),
        idempotency_key=idempotency_key,
    )


def bulk_users(
    operations: Sequence[object], idempotency_key: str, run_id: str | None = None
) -> Call[BulkShape]:
    """POST /users/bulk: 1 to 100 operations, each an object or a `msgspec.Raw`."""
    return Call(
        "POST",
        "/users/bulk",
        read_bulk,
        body=msgspec.json.encode({"operations": operations}),
        idempotency_key=idempotency_key,
        run_id=run_id,
        budget="bulk",
    )


def get_user(user_id: int) -> Call[ProfileShape]:
    """GET /users/:id."""
    return Call("GET", f"/users/{user_id}", partial(read, shape=ProfileShape))


def get_user_by_external_id(external_id: str) -> Call[ProfileShape]:
    """GET /users/external/:externalId."""
    return Call("GET", external_id_path(external_id), partial(read, shape=ProfileShape))


def external_id_path(external_id: str) -> str:
    """Return the path of a user by external id, whatever bytes that has."""
    # A dot needs no escape but for `.` and `..`, which clients and proxies resolve away.
    return f"/users/external/{quote(external_id, safe='').replace('.', '%2E')}"


def list_users(
    filters: Mapping[str, str], limit: int, cursor: str | None = None
) -> Call[UsersShape]:
    """GET /users, one page."""
    page = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
    return Call("GET", "/users", partial(read, shape=UsersShape), query={**filters, **page})


def put_listing(fields: Mapping[str, object], idempotency_key: str) -> Call[PutListingShape]:
    """PUT /listings: create or update one listing."""
    return Call(
        "PUT",
        "/listings",
        partial(read, shape=PutListingShape),
        body=msgspec.json.encode(fields),
        idempotency_key=idempotency_key,
    )


def list_listings(
    filters: Mapping[str, str], limit: int, cursor: str | None = None
) -> Call[ListingsShape]:
    """GET /listings, one page."""
    page = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
    return Call("GET", "/listings", partial(read, shape=ListingsShape), query={**filters, **page})


def agency() -> Call[AgencyShape]:
    """GET /agency."""
    return Call("GET", "/agency", partial(read, shape=AgencyShape))
