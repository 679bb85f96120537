"""The keys that a batch names, collected before any of it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from rentix.decide.media_set import ExternalKey, Key
from rentix.operations import (
    AwaitMedia,
    BindListings,
    DeactivateUser,
    DeleteListing,
    DeleteMedia,
    FinishAvatar,
    ImportMedia,
    LinkListing,
    LinkMedia,
    LinkUser,
    ListingOperation,
    Operation,
    PutAgency,
    PutListing,
    PutUser,
    ReactivateUser,
    ReceiveMedia,
    Request,
    TellListings,
    UnlinkListing,
    UnlinkMedia,
    UnlinkUser,
)


class Lookup(msgspec.Struct):
    """What a batch must load: users by id and by external id, answers by scope, and sequences.

    `imports` are those that end in it. `media` and `media_external_ids` are those that it names;
    of `shown` the users and listings are wanted as well that show them or wait for them; of
    `telling` the listings alone, with ids above a number.

    `creating` are those external ids that a new user gets when nobody has them, `linking` those
    that a user gets; `pictures` is how many imports there may be. `leaving` are users by either
    key who may leave or return: of those the listings are wanted. `binding` are external ids that
    listings wait for. Of the listings in `looked_into` the photos are wanted. `new_listings` are
    external ids that a new listing gets when nobody has them, `freeing` agencies of which one may
    be given up in the batch; of `tenants` all is wanted that there is to know.
    """

    ids: set[Key] = set()
    external_ids: set[ExternalKey] = set()
    creating: set[ExternalKey] = set()
    linking: set[ExternalKey] = set()
    leaving: set[tuple[int, int | str]] = set()
    scopes: set[tuple[int, str]] = set()
    agencies: set[int] = set()
    imports: set[Key] = set()
    media: set[Key] = set()
    media_external_ids: set[ExternalKey] = set()
    shown: set[Key] = set()
    shown_external_ids: set[ExternalKey] = set()
    telling: set[tuple[int, int, int]] = set()
    pictures: int = 0
    listings: set[Key] = set()
    listing_external_ids: set[ExternalKey] = set()
    looked_into: set[tuple[int, int | str]] = set()
    new_listings: set[ExternalKey] = set()
    freeing: set[int] = set()
    tenants: set[int] = set()
    binding: set[tuple[int, str, int]] = set()

    @property
    def named_media(self) -> tuple[tuple[int, int | str], ...]:
        """The media that are named, by agency and either id."""
        return (*self.imports, *self.media, *self.media_external_ids)


def lookup(requests: Sequence[Request]) -> Lookup:
    """Collect the keys that `requests` name."""
    wanted = Lookup()
    for request in requests:
        agency_id = request.caller.agency_id
        wanted.agencies.add(agency_id)
        if request.idempotency:
            wanted.scopes.add((agency_id, request.idempotency.scope))
        for operation in request.operations:
            _collect(wanted, agency_id, operation)
    for request in requests:
        for operation in request.operations:
            _follow(wanted, request.caller.agency_id, operation)
    return wanted


def _follow(wanted: Lookup, agency_id: int, operation: Operation | Exception) -> None:
    """What gets an external id may be named by it from then on."""
    if isinstance(operation, LinkUser):
        named: set[Any] = wanted.leaving
    elif isinstance(operation, LinkListing):
        named = wanted.looked_into
    elif isinstance(operation, LinkMedia):
        if (agency_id, operation.external_id) in wanted.shown_external_ids:
            wanted.shown.add((agency_id, operation.id))
        return
    else:
        return
    if (agency_id, operation.external_id) in named:
        named.add((agency_id, operation.id))


def _collect(wanted: Lookup, agency_id: int, operation: Operation | Exception) -> None:
    if isinstance(operation, PutUser | LinkUser | UnlinkUser):
        _collect_user(wanted, agency_id, operation)
    elif isinstance(operation, DeactivateUser | ReactivateUser):
        _collect_leaver(wanted, agency_id, operation)
    elif isinstance(operation, ListingOperation):
        _collect_listing(wanted, agency_id, operation)
    elif isinstance(operation, BindListings):
        wanted.ids.add((agency_id, operation.user_id))
        wanted.binding.add((agency_id, operation.external_id, operation.version))
    elif isinstance(operation, PutAgency):
        wanted.tenants.add(agency_id)
        if isinstance(operation.patch.logo, int):
            wanted.media.add((agency_id, operation.patch.logo))
    else:
        _collect_media(wanted, agency_id, operation)


def _collect_user(
    wanted: Lookup, agency_id: int, operation: PutUser | LinkUser | UnlinkUser
) -> None:
    if isinstance(operation, PutUser):
        avatar = operation.patch.avatar
        if isinstance(avatar, str):
            wanted.pictures += 1
        elif isinstance(avatar, int):
            wanted.media.add((agency_id, avatar))
    if operation.id is not None:
        wanted.ids.add((agency_id, operation.id))
    if operation.external_id is not None:
        wanted.external_ids.add((agency_id, operation.external_id))
        if isinstance(operation, PutUser) and operation.mode != "update":
            wanted.creating.add((agency_id, operation.external_id))
        elif isinstance(operation, LinkUser):
            wanted.linking.add((agency_id, operation.external_id))


def _collect_leaver(
    wanted: Lookup, agency_id: int, operation: DeactivateUser | ReactivateUser
) -> None:
    if operation.id is not None:
        wanted.ids.add((agency_id, operation.id))
        wanted.leaving.add((agency_id, operation.id))
    if isinstance(operation, ReactivateUser):
        return
    if operation.successor_id is not None:
        wanted.ids.add((agency_id, operation.successor_id))
    if operation.external_id is not None:
        wanted.external_ids.add((agency_id, operation.external_id))
        wanted.leaving.add((agency_id, operation.external_id))
    if operation.successor_external_id is not None:
        wanted.external_ids.add((agency_id, operation.successor_external_id))


def _collect_listing(wanted: Lookup, agency_id: int, operation: ListingOperation) -> None:
    if operation.id is not None:
        wanted.listings.add((agency_id, operation.id))
    if operation.external_id is not None:
        wanted.listing_external_ids.add((agency_id, operation.external_id))
    if isinstance(operation, PutListing):
        _collect_put_listing(wanted, agency_id, operation)
    elif isinstance(operation, UnlinkListing | DeleteListing):
        wanted.freeing.add(agency_id)


def _collect_put_listing(wanted: Lookup, agency_id: int, operation: PutListing) -> None:
    if operation.external_id is not None and operation.mode != "update":
        wanted.new_listings.add((agency_id, operation.external_id))
    patch = operation.patch
    if patch.files is not UNSET or patch.status is not UNSET:
        wanted.looked_into.add((agency_id, operation.id or operation.external_id or ""))
    if isinstance(patch.user_id, int):
        wanted.ids.add((agency_id, patch.user_id))
    if isinstance(patch.external_user_id, str):
        wanted.external_ids.add((agency_id, patch.external_user_id))
    for file in patch.files or ():
        if file.id is not None:
            wanted.media.add((agency_id, file.id))
        if file.external_id is not None:
            wanted.media_external_ids.add((agency_id, file.external_id))
        wanted.pictures += file.url is not None


def _collect_media(wanted: Lookup, agency_id: int, operation: Operation | Exception) -> None:
    if isinstance(operation, FinishAvatar):
        key = (agency_id, operation.media_id)
        for keys in (wanted.imports, wanted.media, wanted.shown):
            keys.add(key)
    elif isinstance(operation, ImportMedia | AwaitMedia):
        wanted.pictures += 1
        if operation.external_id is not None:
            wanted.media_external_ids.add((agency_id, operation.external_id))
    elif isinstance(operation, LinkMedia):
        wanted.media.add((agency_id, operation.id))
        wanted.media_external_ids.add((agency_id, operation.external_id))
    elif isinstance(operation, UnlinkMedia | ReceiveMedia):
        wanted.media.add((agency_id, operation.id))
    elif isinstance(operation, TellListings):
        wanted.media.add((agency_id, operation.media_id))
        wanted.telling.add((agency_id, operation.media_id, operation.after))
    elif isinstance(operation, DeleteMedia):
        _collect_deletion(wanted, agency_id, operation)


def _collect_deletion(wanted: Lookup, agency_id: int, operation: DeleteMedia) -> None:
    wanted.tenants.add(agency_id)
    if operation.id is not None:
        wanted.media.add((agency_id, operation.id))
        wanted.shown.add((agency_id, operation.id))
    if operation.external_id is not None:
        wanted.media_external_ids.add((agency_id, operation.external_id))
        wanted.shown_external_ids.add((agency_id, operation.external_id))
