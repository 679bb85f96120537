"""Examples of bodies and answers about listings, the agency, and agents who leave and return."""

from __future__ import annotations

from typing import Any

from rentix.wire import agency_bodies, bodies, leaver_shapes, listing_bodies, listing_shapes, shapes

Json = dict[str, Any]

_PAGE = "http://127.0.0.1:8000/announcement/"
_FLAT: Json = {
    "externalId": "offer-42",
    "announcementType": "sale",
    "propertyType": "residential",
    "propertySecondaryType": "apartment",
    "announcementValue": 89500,
    "announcementCurrency": "EUR",
    "announcementDescription": "Apartament luminos cu două camere, lângă parc și școală.",
    "propertyArea": 58.5,
    "propertyAddress": "Chișinău, str. Ismail 12",
    "externalUserId": "crm-1",
}
_LISTING: Json = {
    "id": 2,
    "externalId": "offer-1",
    "publicUrl": f"{_PAGE}2",
    "createdAt": "2026-01-31T08:00:00.000Z",
    "updatedAt": "2026-01-31T08:00:00.000Z",
    "lastSyncedAt": "2026-01-31T08:00:00.000Z",
    "formData": {
        "id": 2,
        "announcementStatus": "completed",
        "announcementType": "sale",
        "propertyType": "residential",
        "announcementValue": 74000,
        "announcementCurrency": "EUR",
        "propertyAddress": "Chișinău, str. Ismail 12",
    },
    "user": {
        "id": 3,
        "externalId": "crm-1",
        "name": "Ana Munteanu",
        "phone": "+373 691 23 401",
        "role": "agent",
    },
    "files": [],
    "contact": {
        "kind": "agent",
        "reason": "linked",
        "name": "Ana Munteanu",
        "phone": "+373 691 23 401",
        "channels": [
            {"kind": "phone", "url": "tel:+37369123401"},
            {"kind": "whatsapp", "url": "https://wa.me/37369123401"},
            {"kind": "viber", "url": "viber://chat?number=%2B37369123401"},
            {"kind": "telegram", "url": "https://t.me/+37369123401"},
        ],
    },
    "etag": "7",
}
_AGENCY: Json = {
    "id": 1,
    "name": "Sandbox Agency",
    "status": "active",
    "isCrmEnabled": True,
    "limits": {"monthlyListings": {"used": 2, "limit": 1000}},
    "region": "MD",
    "defaultLocale": "ro",
    "phone": None,
    "description": None,
    "logo": None,
    "etag": "0",
}

BODIES: dict[type, Json] = {
    listing_bodies.PutListingBody: {
        "create": {"summary": "A new listing, or a known one brought up to date", "value": _FLAT},
        "publish": {
            "summary": "Photos, and on to the public pages as soon as they are ready",
            "value": _FLAT
            | {
                "announcementStatus": "active",
                "files": [
                    {"url": "https://crm.example/photos/42-1.jpg", "externalFileId": "photo-42-1"},
                    {"url": "https://crm.example/photos/42-2.jpg"},
                    {"externalFileId": "photo-1"},
                ],
            },
        },
        "agency": {
            "summary": "Show the agency instead of an agent",
            "value": {"id": 2, "userId": None},
        },
    },
    listing_bodies.ListingLinkBody: {
        "link": {"summary": "Attach an external id", "value": {"externalId": "offer-77"}}
    },
    listing_bodies.ListingBulkBody: {
        "mixed": {
            "summary": "Each operation on its own",
            "value": {
                "operations": [
                    {"op": "upsert", "externalId": "offer-43", "propertyType": "commercial"},
                    {"op": "unlink", "externalId": "offer-43"},
                    {"op": "validate", "externalId": "offer-1", "announcementValue": 72500},
                ]
            },
        },
        "atomic": {
            "summary": "All or none",
            "value": {
                "atomic": True,
                "operations": [
                    {"op": "upsert", "externalId": "offer-44"},
                    {"op": "delete", "externalId": "offer-44"},
                ],
            },
        },
    },
    bodies.DeactivateBody: {
        "successor": {
            "summary": "Somebody takes over the listings",
            "value": {"successorExternalId": "crm-2"},
        },
        "agency": {
            "summary": "The agency is shown, and a return within a week brings the listings back",
            "value": {"undoDays": 7},
        },
    },
    bodies.ReactivateBody: {"return": {"summary": "An agent returns", "value": {}}},
    agency_bodies.PutAgencyBody: {
        "card": {
            "summary": "What visitors see where there is no agent",
            "value": {
                "phone": "022 123 400",
                "description": {"ro": "Case și apartamente în Chișinău."},
            },
        }
    },
}

ANSWERS: dict[tuple[str, type], Json] = {
    ("PUT", listing_shapes.PutListingShape): {
        "id": 3,
        "externalId": "offer-42",
        "status": "draft",
        "publicUrl": f"{_PAGE}3",
        "created": True,
        "jobId": None,
        "etag": "8",
    },
    ("GET", listing_shapes.ListingsShape): {"items": [_LISTING], "nextCursor": None},
    ("GET", listing_shapes.ListingShape): _LISTING,
    ("POST", listing_shapes.ListingBulkShape): {
        "results": [
            {
                "index": 0,
                "op": "upsert",
                "success": True,
                "id": 4,
                "externalId": "offer-43",
                "status": "draft",
                "publicUrl": f"{_PAGE}4",
                "jobId": None,
                "etag": "9",
                "created": True,
            },
            {
                "index": 1,
                "op": "unlink",
                "success": True,
                "id": 4,
                "externalId": "offer-43",
                "etag": "10",
                "unlinked": True,
            },
        ],
        "summary": {"total": 2, "succeeded": 2, "failed": 0},
    },
    ("POST", listing_shapes.ListingLinkShape): {"id": 1, "externalId": "offer-77", "linked": True},
    ("DELETE", listing_shapes.ListingLinkShape): {
        "id": 1,
        "externalId": "offer-77",
        "unlinked": True,
    },
    ("DELETE", listing_shapes.ListingDeletedShape): {
        "id": 1,
        "externalId": None,
        "deleted": True,
    },
    ("POST", leaver_shapes.DeactivateShape): {
        "id": 1,
        "deactivated": True,
        "movedListings": 12,
        "etag": "11",
    },
    ("POST", leaver_shapes.ReactivateShape): {
        "id": 1,
        "reactivated": True,
        "restoredListings": 11,
        "changedSince": [{"id": 2, "userId": 3}],
        "etag": "12",
    },
    ("GET", shapes.AgencyShape): _AGENCY,
    ("PUT", shapes.PutAgencyShape): _AGENCY
    | {
        "phone": "+373 22 123 400",
        "description": "Case și apartamente în Chișinău.",
        "etag": "13",
        "updated": True,
    },
}
