"""Every endpoint, on one screen. OpenAPI is made from this table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from rentix.api import bulk, files, reading, reference, users
from rentix.api.call import Call, Reply
from rentix.wire import bodies, shapes

BASE = "/api/v1"

Handler = Callable[[Call], Awaitable[Reply]]


class Route(msgspec.Struct, frozen=True):
    """An endpoint. `scope` None asks for no key; `bulk` counts in the bulk budget as well.

    `base` is what its path comes after.
    """

    method: str
    path: str
    handler: Handler
    scope: str | None = None
    query: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    body: type | None = None
    answer: type | None = None
    bulk: bool = False
    base: str = BASE

    @property
    def name(self) -> str:
        """What it is called in logs and metrics."""
        return f"{self.method} {self.path}"


_FILTERS = ("search", "phone", "linked", "status", "updatedSince", "limit", "cursor", "locale")

# fmt: off
ROUTES: tuple[Route, ...] = (
    Route("PUT", "/users", users.put_user, "users:write", ("dryRun", "receipt"),
          body=bodies.PutUserBody, answer=shapes.PutShape),
    Route("GET", "/users", reading.list_users, "users:read", _FILTERS, answer=shapes.UsersShape),
    Route("POST", "/users/bulk", bulk.bulk_users, "users:write", ("dryRun", "receipt"),
          body=bodies.BulkBody, answer=shapes.BulkShape, bulk=True),
    Route("GET", "/users/external/{externalId:path}", reading.get_user_by_external_id,
          "users:read", ("locale",), answer=shapes.ProfileShape),
    Route("GET", "/users/{id}", reading.get_user, "users:read", ("locale",),
          answer=shapes.ProfileShape),
    Route("POST", "/users/{id}/link", users.link_user, "users:write", ("dryRun",),
          body=bodies.LinkBody, answer=shapes.LinkShape),
    Route("DELETE", "/users/{id}/link", users.unlink_user, "users:write", ("dryRun",),
          answer=shapes.LinkShape),
    Route("GET", "/job/status", reading.job_status, "media:read", ("id",), ("id",),
          answer=shapes.JobShape),
    Route("GET", "/agency", reading.get_agency, "agency:read", answer=shapes.AgencyShape),
    Route("GET", "/openapi.json", reference.get_openapi),
    Route("GET", "/docs", reference.get_docs),
)
# Beside the API, and not in its description.
PUBLIC: tuple[Route, ...] = (
    Route("GET", "/media/files/{name}", files.get_file, base=""),
)
# fmt: on
