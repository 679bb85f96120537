"""Examples about listings, the agency and who leaves: see `openapi_examples`."""

from __future__ import annotations

from typing import Any

from rentix.wire import shapes
from rentix.wire.agency_bodies import PutAgencyBody
from rentix.wire.bodies import DeactivateBody, ReactivateBody
from rentix.wire.leaver_shapes import DeactivateShape, ReactivateShape
from rentix.wire.listing_bodies import ListingBulkBody, ListingLinkBody, PutListingBody
from rentix.wire.listing_shapes import (
    ListingBulkShape,
    ListingDeletedShape,
    ListingLinkShape,
    ListingShape,
    ListingsShape,
    PutListingShape,
)

Json = dict[str, Any]

_FORM: Json = {
    "announcementType": "sale",
    "propertyType": "residential",
    "propertySecondaryType": "apartment",
    "announcementValue": 65000,
    "announcementCurrency": "EUR",
    "announcementDescription": "Apartament luminos cu două odăi, lângă parcul Valea Morilor.",
    "propertyArea": 54.5,
    "propertyFloorNumber": 3,
    "propertyFloorsTotal": 9,
    "propertyAddress": "Chișinău, str. Alexei Mateevici 60",
}
_LISTING: Json = {
    "id": 1,
    "externalId": "listing-1",
    "publicUrl": "http://127.0.0.1:8000/announcement/1",
    "createdAt": "2026-01-31T08:00:00.000Z",
    "updatedAt": "2026-01-31T08:00:00.000Z",
    "lastSyncedAt": "2026-01-31T08:00:00.000Z",
    "formData": {"id": 1, "announcementStatus": "draft", **_FORM},
    "user": {
        "id": 3,
        "externalId": "crm-1",
        "name": "Ana Munteanu",
        "phone": "+373 69 123 401",
        "role": "agent",
    },
    "files": [],
    "contact": {
        "kind": "agent",
        "reason": "linked",
        "name": "Ana Munteanu",
        "phone": "+373 69 123 401",
        "channels": [{"kind": "phone", "url": "tel:+37369123401"}],
    },
    "etag": "7",
}

BODIES: dict[type, Json] = {
    PutListingBody: {
        "create": {
            "summary": "A new listing of an agent, or a known one brought up to date",
            "value": {"externalId": "listing-1", "externalUserId": "crm-1", **_FORM},
        },
        "price": {
            "summary": "Change one field, leave all others",
            "value": {"externalId": "listing-1", "announcementValue": 62500},
        },
        "publish": {
            "summary": "Show it, with photos that are imported first",
            "value": {
                "externalId": "listing-1",
                "announcementStatus": "active",
                "files": [
                    {"url": "https://crm.example/photos/1.jpg"},
                    {"url": "https://crm.example/photos/2.jpg", "externalFileId": "photo-22"},
                    {"externalFileId": "photo-1"},
                ],
            },
        },
    },
    ListingBulkBody: {
        "mixed": {
            "summary": "Each operation on its own",
            "value": {
                "operations": [
                    {"op": "upsert", "externalId": "listing-2", "announcementType": "rent"},
                    {"op": "unlink", "externalId": "listing-2"},
                    {"op": "validate", "externalId": "listing-3", "announcementStatus": "draft"},
                ]
            },
        }
    },
    ListingLinkBody: {
        "link": {"summary": "Attach an external id", "value": {"externalId": "listing-77"}}
    },
    DeactivateBody: {
        "successor": {
            "summary": "Somebody takes over what they have",
            "value": {"successorUserId": 2},
        }
    },
    ReactivateBody: {"return": {"summary": "They get back what they left", "value": {}}},
    PutAgencyBody: {
        "contact": {
            "summary": "Whom visitors call where there is no agent",
            "value": {"phone": "022 123 456", "description": "Agenție din Chișinău, din 1998."},
        }
    },
}

ANSWERS: dict[tuple[str, type], Json] = {
    ("PUT", PutListingShape): {
        "id": 1,
        "externalId": "listing-1",
        "status": "draft",
        "publicUrl": "http://127.0.0.1:8000/announcement/1",
        "jobId": None,
        "created": True,
        "etag": "7",
    },
    ("GET", ListingsShape): {"items": [_LISTING], "nextCursor": None},
    ("GET", ListingShape): _LISTING,
    ("POST", ListingBulkShape): {
        "results": [
            {
                "index": 0,
                "op": "upsert",
                "success": True,
                "id": 2,
                "externalId": "listing-2",
                "status": "draft",
                "publicUrl": "http://127.0.0.1:8000/announcement/2",
                "jobId": None,
                "etag": "8",
                "created": True,
            },
            {
                "index": 1,
                "op": "unlink",
                "success": True,
                "id": 2,
                "externalId": "listing-2",
                "etag": "9",
                "unlinked": True,
            },
        ],
        "summary": {"total": 2, "succeeded": 2, "failed": 0},
    },
    ("POST", ListingLinkShape): {"id": 2, "externalId": "listing-77", "linked": True},
    ("DELETE", ListingLinkShape): {"id": 2, "externalId": "listing-77", "unlinked": True},
    ("DELETE", ListingDeletedShape): {"id": 1, "externalId": "listing-1", "deleted": True},
    ("POST", DeactivateShape): {"id": 1, "deactivated": True, "movedListings": 3, "etag": "10"},
    ("POST", ReactivateShape): {
        "id": 1,
        "reactivated": True,
        "restoredListings": 2,
        "changedSince": [{"id": 5, "userId": 4}],
        "etag": "11",
    },
    ("PUT", shapes.PutAgencyShape): {
        "id": 1,
        "name": "Sandbox Agency",
        "status": "active",
        "isCrmEnabled": True,
        "limits": {"monthlyListings": {"used": 1, "limit": 1000}},
        "region": "MD",
        "defaultLocale": "ro",
        "phone": "+373 22 123 456",
        "description": "Agenție din Chișinău, din 1998.",
        "logo": None,
        "etag": "12",
        "updated": True,
    },
}
