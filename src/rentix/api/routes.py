"""Every endpoint, on one screen. OpenAPI is made from this table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from rentix.api import (
    agency,
    bulk,
    files,
    listings,
    matching,
    media,
    reading,
    reference,
    references,
    uploads,
    users,
    visiting,
)
from rentix.api.call import Call, Reply
from rentix.wire import (
    agency_bodies,
    bodies,
    leaver_shapes,
    listing_bodies,
    listing_shapes,
    match_shapes,
    shapes,
)
from rentix.wire.reference_shapes import BaseSchemaShape, CurrenciesShape

BASE = "/api/v1"

Handler = Callable[[Call], Awaitable[Reply]]


class Route(msgspec.Struct, frozen=True):
    """An endpoint. `scope` None asks for no key; `bulk` counts in the bulk budget as well.

    `base` is what its path comes after; `raw` says that its handler reads the body, of any kind.
    `visit` counts in what its visitor's address may ask for. `extra` are lines of headers that all
    its answers have, refusals too.
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
    raw: bool = False
    visit: bool = False
    extra: bytes = b""

    @property
    def name(self) -> str:
        """What it is called in logs and metrics."""
        return f"{self.method} {self.path}"


_FILTERS = (
    "search",
    "phone",
    "linked",
    "status",
    "updatedSince",
    "limit",
    "cursor",
    "locale",
    "stored",
)

# fmt: off
ROUTES: tuple[Route, ...] = (
    Route("PUT", "/users", users.put_user, "users:write", ("dryRun", "receipt"),
          body=bodies.PutUserBody, answer=shapes.PutShape),
    Route("GET", "/users", reading.list_users, "users:read", _FILTERS, answer=shapes.UsersShape),
    Route("POST", "/users/bulk", bulk.bulk_users, "users:write", ("dryRun", "receipt"),
          body=bodies.BulkBody, answer=shapes.BulkShape, bulk=True),
    Route("POST", "/users/match", matching.match_users, "users:read",
          body=match_shapes.MatchBody, answer=match_shapes.MatchShape, bulk=True),
    Route("GET", "/users/external/{externalId:path}", reading.get_user_by_external_id,
          "users:read", ("locale", "stored"), answer=shapes.ProfileShape),
    Route("GET", "/users/{id}", reading.get_user, "users:read", ("locale", "stored"),
          answer=shapes.ProfileShape),
    Route("POST", "/users/{id}/link", users.link_user, "users:write", ("dryRun",),
          body=bodies.LinkBody, answer=shapes.LinkShape),
    Route("DELETE", "/users/{id}/link", users.unlink_user, "users:write", ("dryRun",),
          answer=shapes.LinkShape),
    Route("POST", "/users/{id}/deactivate", users.deactivate_user, "users:write", ("dryRun",),
          body=bodies.DeactivateBody, answer=leaver_shapes.DeactivateShape),
    Route("POST", "/users/{id}/reactivate", users.reactivate_user, "users:write", ("dryRun",),
          body=bodies.ReactivateBody, answer=leaver_shapes.ReactivateShape),
    Route("PUT", "/listings", listings.put_listing, "listings:write", ("dryRun", "receipt"),
          body=listing_bodies.PutListingBody, answer=listing_shapes.PutListingShape),
    Route("GET", "/listings", listings.list_listings, "listings:read",
          ("userId", "listings.status", "limit", "cursor"), answer=listing_shapes.ListingsShape),
    Route("POST", "/listings/bulk", listings.bulk_listings, "listings:write",
          ("dryRun", "receipt"), body=listing_bodies.ListingBulkBody,
          answer=listing_shapes.ListingBulkShape, bulk=True),
    Route("GET", "/listings/external/{externalId:path}", listings.get_listing_by_external_id,
          "listings:read", answer=listing_shapes.ListingShape),
    Route("DELETE", "/listings/external/{externalId:path}",
          listings.delete_listing_by_external_id, "listings:write", ("dryRun",),
          answer=listing_shapes.ListingDeletedShape),
    Route("GET", "/listings/{id}", listings.get_listing, "listings:read",
          answer=listing_shapes.ListingShape),
    Route("DELETE", "/listings/{id}", listings.delete_listing, "listings:write", ("dryRun",),
          answer=listing_shapes.ListingDeletedShape),
    Route("POST", "/listings/{id}/link", listings.link_listing, "listings:write", ("dryRun",),
          body=listing_bodies.ListingLinkBody, answer=listing_shapes.ListingLinkShape),
    Route("DELETE", "/listings/{id}/link", listings.unlink_listing, "listings:write", ("dryRun",),
          answer=listing_shapes.ListingLinkShape),
    Route("POST", "/media/upload-from-url", media.import_media, "media:write", ("dryRun",),
          body=bodies.MediaImportBody, answer=shapes.MediaQueuedShape),
    Route("POST", "/media/bulk", media.bulk_media, "media:write", ("dryRun",),
          body=bodies.MediaBulkBody, answer=shapes.MediaBulkShape, bulk=True),
    Route("POST", "/media/upload", media.begin_upload, "media:write", ("dryRun",),
          body=bodies.UploadBody, answer=shapes.UploadShape),
    Route("GET", "/media/external/{externalId:path}", media.get_media_by_external_id,
          "media:read", answer=shapes.MediaShape),
    Route("DELETE", "/media/external/{externalId:path}", media.delete_media_by_external_id,
          "media:write", ("dryRun",), answer=shapes.DeletedShape),
    Route("GET", "/media/{id}", media.get_media, "media:read", answer=shapes.MediaShape),
    Route("DELETE", "/media/{id}", media.delete_media, "media:write", ("dryRun",),
          answer=shapes.DeletedShape),
    Route("POST", "/media/{id}/link", media.link_media, "media:write", ("dryRun",),
          body=bodies.MediaLinkBody, answer=shapes.MediaLinkShape),
    Route("DELETE", "/media/{id}/link", media.unlink_media, "media:write", ("dryRun",),
          answer=shapes.MediaLinkShape),
    Route("GET", "/job/status", reading.job_status, "media:read", ("id",), ("id",),
          answer=shapes.JobShape),
    Route("GET", "/agency", agency.get_agency, "agency:read", ("locale",),
          answer=shapes.AgencyShape),
    Route("PUT", "/agency", agency.put_agency, "agency:write", ("dryRun", "receipt", "locale"),
          body=agency_bodies.PutAgencyBody, answer=shapes.PutAgencyShape),
    Route("GET", "/reference/schema/base", references.get_base_schema, "listings:read",
          answer=BaseSchemaShape),
    Route("GET", "/reference/currencies", references.get_currencies, "listings:read",
          answer=CurrenciesShape),
    Route("GET", "/openapi.json", reference.get_openapi),
    Route("GET", "/docs", reference.get_docs),
)
# Beside the API, and not in its description.
PUBLIC: tuple[Route, ...] = (
    Route("GET", "/", reference.lead_to_docs, base=""),
    Route("GET", "/media/files/{name}", files.get_file, base=""),
    Route("PUT", "/media/upload/{ticket}", uploads.put_bytes, raw=True, extra=uploads.ANY_ORIGIN),
    Route("OPTIONS", "/media/upload/{ticket}", uploads.allow_put, extra=uploads.ANY_ORIGIN),
    Route("GET", "/announcement/{id}", visiting.show_listing, base="", visit=True),
    Route("GET", "/agents/{id}.vcf", visiting.show_vcard, base="", visit=True),
    Route("GET", "/agents/{id}", visiting.show_agent, base="", visit=True),
    Route("GET", "/assets/{name}", visiting.get_style, base=""),
)
# fmt: on
