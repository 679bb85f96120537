"""What OpenAPI says of parameters: in the path, in the query, and the headers that steer."""

from __future__ import annotations

import re
from typing import Any

from rentix.api.parameters import PARAMETERS, name_of
from rentix.api.routes import Route
from rentix.wire.bodies import MAX_ID
from rentix.wire.listing_shapes import ListingDeletedShape, ListingShape
from rentix.wire.shapes import AgencyShape, DeletedShape, ProfileShape

Json = dict[str, Any]

_ETAG = r'((W/)?"[^"]*"|[^",\s]+)'
_ETAGS = rf"^\s*{_ETAG}(\s*,\s*{_ETAG})*(\s*,)?\s*$"

_IN_PATH: Json = {
    "id": {
        "description": "The portal's own id of the user.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MAX_ID},
        "example": 1,
    },
    "externalId": {
        "description": "The CRM's id of the user, percent-encoded; it may contain `/`.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
        "example": "crm-1",
    },
}
_OF_MEDIA: Json = {
    "id": {"description": "The portal's own id of the picture.", "example": 1},
    "externalId": {
        "description": "The CRM's id of the picture, percent-encoded; it may contain `/`.",
        "example": "photo-1",
    },
}
_OF_LISTINGS: Json = {
    "id": {"description": "The portal's own id of the listing.", "example": 1},
    "externalId": {
        "description": "The CRM's id of the listing, percent-encoded; it may contain `/`.",
        "example": "offer-1",
    },
}
_TOLD = {"listings": _OF_LISTINGS, "media": _OF_MEDIA}
_GUARDED = ("users:write", "listings:write", "agency:write")
_TAGGED = (ProfileShape, ListingShape, AgencyShape)
_IN_QUERY_EXAMPLES = {"search": "ceban", "limit": 10, "id": 1}


def _header(name: str, description: str, **schema: Any) -> Json:
    return {
        "name": name,
        "in": "header",
        "description": description,
        "schema": {"type": "string", **schema},
    }


HEADER_PARAMETERS: Json = {
    "IdempotencyKey": _header(
        "Idempotency-Key",
        "A name for this request. Sent again within 7 days, with the same query and body, it "
        "gets the first answer and does nothing; with others it is 422.",
        minLength=1,
        maxLength=255,
        pattern=r"^\S(.*\S)?$",
    ),
    "IfMatch": _header(
        "If-Match",
        'Write only if the etag is one of these, such as `"7"`; else 412.',
        pattern=_ETAGS,
    ),
    "IfNoneMatch": _header(
        "If-None-Match", "Etags that the client has already; 304 if one is current.", pattern=_ETAGS
    ),
    "AcceptLanguage": _header(
        "Accept-Language", "Languages of `description`, the most wished first (RFC 9110, 12.5.4)."
    ),
    "RunId": _header(
        "X-Run-Id", "Names the sync run in the change log; its first 64 characters are kept."
    ),
}


def parameters(route: Route) -> list[Json]:
    """Every parameter of a route: path, query, headers."""
    names = re.findall(r"{(\w+)", route.path)
    told = _TOLD.get(route.path.split("/")[1], _IN_PATH)
    in_path = [
        {"name": name, "in": "path", "required": True, **_IN_PATH[name], **told[name]}
        for name in names
    ]
    in_query = [_in_query(name, route) for name in route.query]
    headers = [{"$ref": f"#/components/parameters/{name}"} for name in steering_headers(route)]
    return in_path + in_query + headers


def _in_query(name: str, route: Route) -> Json:
    known = PARAMETERS[name]
    said: Json = {
        "name": name_of(name),
        "in": "query",
        "required": name in route.required,
        "description": known.description,
        "schema": known.schema,
    }
    if name in _IN_QUERY_EXAMPLES:
        said["example"] = _IN_QUERY_EXAMPLES[name]
    elif name == "dryRun" and route.answer in (DeletedShape, ListingDeletedShape):
        said["example"] = True  # what is tried from the page leaves the sandbox as it is
    return said


def steering_headers(route: Route) -> list[str]:
    """The headers beside the key that the route looks at, by their name in the components."""
    writes = (route.scope or "").endswith(":write")
    looked_at = {
        "IdempotencyKey": writes and route.method in ("PUT", "POST"),
        "IfMatch": route.scope in _GUARDED and not route.bulk,
        "RunId": writes,
        "IfNoneMatch": route.scope is None or (route.answer in _TAGGED and route.method == "GET"),
        "AcceptLanguage": "locale" in route.query,
    }
    return [name for name, looked in looked_at.items() if looked]
