"""A listing, agents and photos, and what comes of a PUT, without a store."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any, get_args

from msgspec.structs import replace

from rentix.decide.batch import decide
from rentix.decide.hands import Left, LoadedHands
from rentix.decide.listing_set import ListingSet, LoadedListings
from rentix.decide.media_set import MediaSet
from rentix.decide.working_set import WorkingSet
from rentix.errors import Problem
from rentix.model import (
    Agency,
    Listing,
    ListingStatus,
    Media,
    Optimization,
    Picture,
    User,
    Variant,
)
from rentix.operations import (
    Caller,
    ListingPatch,
    Operation,
    PutListing,
    Request,
)
from rentix.rules.phones import read_phones

[PHONE] = [phone for phone in [read_phones("+37369123456", "MD").phone] if phone]
STATUSES: tuple[ListingStatus, ...] = get_args(ListingStatus)
PICTURE = Picture("image/webp", 9, (Variant("a.webp", "128", 9),))
FORM = {
    "announcementType": "sale",
    "propertyType": "residential",
    "propertySecondaryType": "apartment",
    "announcementValue": 55_000,
    "announcementCurrency": "EUR",
    "propertyAddress": "Chișinău",
}
FLAT = Listing(
    id=1,
    agency_id=1,
    external_id="flat",
    form=FORM,
    files=(11, 12, 13),
    agent_version=5,
    version=5,
    created_ms=0,
    updated_ms=0,
)
WAITING = replace(FLAT, external_user_id="leo")
OF_ANA = replace(FLAT, user_id=21, external_user_id="ana")
PASSED_ON = replace(OF_ANA, user_id=22, agent_version=7, moved_version=7)
PASSED_TO_NOBODY = replace(OF_ANA, user_id=None, agent_version=7, moved_version=7)
UNLINKED = replace(FLAT, user_id=21, external_user_id="former")

ANA, ION, GONE = (
    User(id=n, agency_id=1, external_id=name, name=name, phone=PHONE, created_ms=0, updated_ms=0)
    for n, name in ((21, "ana"), (22, "ion"), (23, "gone"))
)
LEFT = replace(GONE, status="inactive")


def media(number: int, status: Optimization = "success", **fields: Any) -> Media:
    picture = PICTURE if status == "success" else None
    error = "no picture" if status == "failed" else None
    values = {"url": f"https://crm.example/{number}.jpg", **fields}
    return Media(id=number, agency_id=1, status=status, picture=picture, error=error, **values)


PHOTOS = (media(11), media(12), media(13))


def working_set(
    *listings: Listing, photos: Iterable[Media] = PHOTOS, monthly: int = 1000
) -> WorkingSet:
    left = tuple(Left(one.id, 7, 5, 0) for one in listings if one.agent_version == 7)
    hands = LoadedHands(left={(1, LEFT.id): left})
    ids = {"user": count(101), "media": count(201), "listing": count(301)}
    return WorkingSet(
        users=(ANA, ION, LEFT),
        media=MediaSet(photos),
        listings=ListingSet(LoadedListings(listings=listings, hands=hands)),
        agencies={1: Agency(id=1, name="Casa", monthly_listings=monthly)},
        last_seq={1: 10},
        new_id=lambda kind: next(ids[kind]),
    )


def results(working: WorkingSet, *operations: Operation) -> tuple[Any, ...]:
    request = Request(caller=Caller(1, 1), operations=operations)
    return decide(working, request, 1000).results


def put(listing: Listing | None = FLAT, mode: Any = "upsert", **patch: Any) -> Any:
    """Decide one PUT on a listing, or one that creates it."""
    working = working_set(*([listing] if listing else []))
    [result] = results(working, putting(mode, **patch))
    return result


def putting(mode: Any = "upsert", **patch: Any) -> PutListing:
    return PutListing(external_id="flat", patch=ListingPatch(**patch), mode=mode)


def codes(result: Any) -> list[str]:
    assert isinstance(result, Problem), result
    return [str(fault.code) for fault in result.faults]


def told(result: Any) -> list[tuple[str, str]]:
    return [(note.field, note.code) for note in result.warnings]
