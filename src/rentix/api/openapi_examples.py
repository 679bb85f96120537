"""Examples of bodies and answers: invented agents, the sandbox's own where it is asked for them."""

from __future__ import annotations

from typing import Any

import msgspec

from rentix.api.openapi_listing_examples import ANSWERS, BODIES
from rentix.api.routes import Route
from rentix.errors import Code, Fault, Problem
from rentix.rules.references import base_schema
from rentix.wire import bodies, match_shapes, shapes
from rentix.wire.errors import envelope
from rentix.wire.reference_shapes import BaseSchemaShape, CurrenciesShape

Json = dict[str, Any]

_MARIA: Json = {
    "externalId": "crm-42",
    "name": "Maria Ceban",
    "phone": "069 123 456",
    "description": {"ro": "Apartamente în Chișinău.", "ru": "Квартиры в Кишинёве."},
    "instagram": "@maria.ceban",
    "settings": {"contact_viber": False},
}
_ANA: Json = {
    "id": 3,
    "externalId": "crm-1",
    "name": "Ana Munteanu",
    "phone": "+373 691 23 401",
    "description": None,
    "avatar": None,
    "instagram": "https://www.instagram.com/ana.munteanu",
    "youtube": None,
    "tiktok": None,
    "settings": {
        "contact_phone": True,
        "contact_whatsapp": True,
        "contact_viber": True,
        "contact_telegram": True,
        "posting_type": "agent",
    },
    "status": "active",
    "etag": "3",
    "createdAt": "2026-01-31T08:00:00.000Z",
    "updatedAt": "2026-01-31T08:00:00.000Z",
    "lastSyncedAt": "2026-01-31T08:00:00.000Z",
}

_BODIES: dict[type, Json] = {
    bodies.PutUserBody: {
        "create": {"summary": "A new agent, or a known one brought up to date", "value": _MARIA},
        "clear": {
            "summary": "Clear one field, leave all others",
            "value": {"externalId": "crm-1", "instagram": None},
        },
        "precondition": {
            "summary": "By the portal's id, unless the CRM's state is older",
            "value": {
                "id": 3,
                "name": "Ana Munteanu",
                "sourceUpdatedAt": "2026-01-31T10:00:00+02:00",
            },
        },
    },
    match_shapes.MatchBody: {
        "office": {
            "summary": "Agents of an office, told apart from each other as well",
            "value": {
                "agents": [
                    {"externalId": "crm-90", "name": "Rusu Elena", "phone": "060 123 404"},
                    {"externalId": "crm-91", "name": "Ion Popa", "phone": None},
                ]
            },
        }
    },
    bodies.LinkBody: {
        "link": {"summary": "Attach an external id", "value": {"externalId": "crm-77"}}
    },
    bodies.MediaLinkBody: {
        "link": {"summary": "Attach an external id", "value": {"externalId": "photo-77"}}
    },
    bodies.MediaImportBody: {
        "import": {
            "summary": "A picture to import",
            "value": {"url": "https://crm.example/photos/7.jpg", "externalId": "photo-7"},
        }
    },
    bodies.UploadBody: {
        "upload": {
            "summary": "A picture to send",
            "value": {"externalId": "photo-8", "contentType": "image/jpeg"},
        }
    },
    bodies.MediaBulkBody: {
        "import": {
            "summary": "Each picture on its own",
            "value": {
                "operations": [
                    {
                        "op": "upload-from-url",
                        "url": "https://crm.example/photos/9.jpg",
                        "externalId": "photo-9",
                    },
                    {"op": "upload-from-url", "url": "https://crm.example/photos/10.jpg"},
                ]
            },
        }
    },
    bodies.BulkBody: {
        "mixed": {
            "summary": "Each operation on its own",
            "value": {
                "operations": [
                    {
                        "op": "upsert",
                        "externalId": "crm-43",
                        "name": "Андрей Чебан",
                        "phone": "+373 78 123 402",
                    },
                    {"op": "link", "id": 2, "externalId": "crm-88"},
                    {"op": "unlink", "externalId": "crm-88"},
                ]
            },
        },
        "atomic": {
            "summary": "All or none",
            "value": {
                "atomic": True,
                "operations": [{"op": "validate", "externalId": "crm-1", "name": "Ana Munteanu"}],
            },
        },
    },
    **BODIES,
}

_ANSWERS: dict[tuple[str, type], Json] = {
    ("POST", match_shapes.MatchShape): {
        "results": [
            {
                "index": 0,
                "verdict": "auto",
                "userId": 1,
                "score": 100,
                "reasons": [
                    "the same mobile number, and nobody else's",
                    "the same name, spelled or ordered otherwise",
                ],
                "candidates": [
                    {
                        "userId": 1,
                        "name": "Elena Rusu",
                        "phone": "+373 601 23 404",
                        "score": 100,
                        "reasons": [
                            "the same mobile number, and nobody else's",
                            "the same name, spelled or ordered otherwise",
                        ],
                    }
                ],
            },
            {
                "index": 1,
                "verdict": "none",
                "userId": None,
                "score": 0,
                "reasons": ["no user has their number or name"],
                "candidates": [],
            },
        ]
    },
    ("PUT", shapes.PutShape): {
        "id": 6,
        "externalId": "crm-42",
        "created": True,
        "etag": "6",
        "warnings": [
            {
                "field": "phone",
                "code": "normalised",
                "message": "phone is stored as +373 691 23 456",
            }
        ],
    },
    ("GET", shapes.UsersShape): {"items": [_ANA], "nextCursor": None},
    ("GET", shapes.ProfileShape): _ANA,
    ("POST", shapes.BulkShape): {
        "results": [
            {
                "index": 0,
                "op": "upsert",
                "success": True,
                "id": 7,
                "externalId": "crm-43",
                "etag": "7",
                "created": True,
            },
            {
                "index": 1,
                "op": "link",
                "success": True,
                "id": 2,
                "externalId": "crm-88",
                "etag": "8",
                "linked": True,
            },
            {
                "index": 2,
                "op": "unlink",
                "success": True,
                "id": 2,
                "externalId": "crm-88",
                "etag": "9",
                "unlinked": True,
            },
        ],
        "summary": {"total": 3, "succeeded": 3, "failed": 0},
    },
    ("POST", shapes.LinkShape): {"id": 1, "externalId": "crm-77", "linked": True},
    ("DELETE", shapes.LinkShape): {"id": 1, "externalId": "crm-77", "unlinked": True},
    ("POST", shapes.MediaQueuedShape): {
        "mediaId": 3,
        "status": "pending",
        "externalId": "photo-7",
        "jobId": 3,
    },
    ("POST", shapes.MediaBulkShape): {
        "results": [
            {
                "index": 0,
                "op": "upload-from-url",
                "success": True,
                "externalId": "photo-9",
                "mediaId": 4,
                "status": "pending",
                "jobId": 4,
            }
        ],
        "summary": {"total": 1, "succeeded": 1, "failed": 0},
    },
    ("POST", shapes.UploadShape): {
        "uploadUrl": f"http://127.0.0.1:8000/api/v1/media/upload/1.5.1769848200000.{'0' * 64}",
        "expiresAt": "2026-01-31T08:30:00.000Z",
        "mediaId": 5,
        "jobId": 5,
    },
    ("GET", shapes.MediaShape): {
        "id": 2,
        "externalId": "photo-1",
        "use": "photo",
        "size": 48210,
        "contentType": "image/jpeg",
        "optimization": "success",
        "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
        "originalUrl": "https://crm.example/photos/1.jpg",
        "variants": [
            {
                "url": f"http://127.0.0.1:8000/media/files/{'0' * 64}.webp",
                "variantSize": "128",
                "size": 2210,
            }
        ],
    },
    ("DELETE", shapes.DeletedShape): {"deleted": True},
    ("POST", shapes.MediaLinkShape): {"id": 1, "externalId": "photo-77", "linked": True},
    ("DELETE", shapes.MediaLinkShape): {"id": 1, "externalId": "photo-1", "unlinked": True},
    ("GET", shapes.JobShape): {
        "id": 1,
        "type": "avatar_import",
        "status": "pending",
        "queuePosition": 1,
        "createdAt": "2026-01-31T08:00:00.000Z",
    },
    ("GET", BaseSchemaShape): msgspec.to_builtins(base_schema()),
    ("GET", CurrenciesShape): {
        "baseCurrency": "EUR",
        "currencies": [{"code": "EUR", "nominal": 1, "rate": 1.0}],
    },
    **ANSWERS,
}

_REQUEST_ID = "5f0c1d8e9ab24c6d7e8f9a0b"
_REFUSALS: dict[int, Problem] = {
    400: Problem(
        Code.TYPE_INVALID,
        ["name must be a string"],
        (Fault(Code.TYPE_INVALID, "name must be a string", ("name",)),),
    ),
    401: Problem(Code.KEY_REQUIRED, "API key is required"),
    403: Problem(Code.SCOPE_MISSING, "API key lacks the scope users:write"),
    404: Problem(Code.USER_UNKNOWN, "User with id 99 not found"),
    409: Problem(
        Code.ALREADY_LINKED,
        'user 3 is linked to externalId "crm-1" already; free it with DELETE /api/v1/users/3/link',
    ),
    429: Problem(Code.RATE_LIMITED, "rate limit of 300 requests a minute exceeded; wait 17 s"),
}


def body_examples(shape: type) -> Json:
    """The examples of a body, by name; each works in a fresh sandbox."""
    return _BODIES[shape]


def answer_example(route: Route) -> Json:
    """`{"example": …}` of a route's 200."""
    assert route.answer is not None  # noqa: S101 - asked for of routes that have one
    return {"example": _ANSWERS[route.method, route.answer]}


def error_example(status: int) -> Json:
    """`{"example": …}` of a refusal, or nothing where it would say no more than its status."""
    problem = _REFUSALS.get(status)
    if problem is None:
        return {}
    return {"example": msgspec.to_builtins(envelope(problem, _REQUEST_ID))}
