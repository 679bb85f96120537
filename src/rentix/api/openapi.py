"""OpenAPI 3.1 of the whole API, made from the routes table and the wire types."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import cleandoc
from typing import Any

from rentix import __version__
from rentix.api.openapi_answers import HEADERS, RESPONSES, responses
from rentix.api.openapi_examples import body_examples
from rentix.api.openapi_parameters import HEADER_PARAMETERS, parameters
from rentix.api.openapi_schemas import ref, schemas
from rentix.api.routes import BASE, Route
from rentix.wire.bodies import DeactivateBody, ReactivateBody

Json = dict[str, Any]

_INFO = """\
Put a CRM's agents onto the portal: each exactly once, with an answer for every field.

Absent keeps, `null` clears, a value sets. Lengths count code points, timestamps are ISO 8601 in
UTC with milliseconds. Success is 200, creation included; every answer carries `X-Request-Id`.
What is unknown in a body is ignored with a warning, never in silence, and so are parameters that a
write doesn't know. Those that a read doesn't know are ignored without a word.
"""

_SECURITY: Json = {
    "ApiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "`X-API-Key: <key>`. Send this header or `Authorization`, not both.",
    },
    "Authorization": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`Authorization: ApiKey <key>`. Send this header or `X-API-Key`, not both.",
    },
}

_TAGS = {
    "Users": "The agency's agents as the portal knows them.",
    "Listings": "The agency's advertisements, and what their fields may be.",
    "Media": "Pictures of the agency: imported or uploaded, made safe, shown in three sizes.",
    "Jobs": "Work in the background, such as importing a picture.",
    "Agency": "Whose key it is, and how its values are read.",
    "Reference": "This description. No key is needed.",
}
_OPTIONAL = (DeactivateBody, ReactivateBody)
_ROOMS = {
    "users": "Users",
    "listings": "Listings",
    "reference": "Listings",
    "media": "Media",
    "job": "Jobs",
    "agency": "Agency",
}


def describe(routes: Sequence[Route]) -> Json:
    """The OpenAPI document of `routes`."""
    paths: Json = {}
    for route in routes:
        paths.setdefault(plain_path(route.path), {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Rentix CRM API", "version": __version__, "description": _INFO},
        "servers": [{"url": BASE}],
        "security": [{name: []} for name in _SECURITY],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {
            "securitySchemes": _SECURITY,
            "parameters": HEADER_PARAMETERS,
            "headers": HEADERS,
            "responses": RESPONSES,
            "schemas": schemas(routes),
        },
    }


def plain_path(path: str) -> str:
    """`/users/external/{externalId:path}` as OpenAPI writes it."""
    return path.replace(":path}", "}")


def _operation(route: Route) -> Json:
    summary, _, rest = cleandoc(route.handler.__doc__ or "").partition("\n\n")
    operation: Json = {
        "operationId": operation_id(route),
        "summary": summary.removesuffix("."),
        "description": _described(rest, route),
        "tags": [_ROOMS.get(route.path.split("/")[1], "Reference")],
        "security": [] if route.scope is None else [{name: []} for name in _SECURITY],
        "parameters": parameters(route),
    }
    if route.body:
        operation["requestBody"] = _body(route.body)
    operation["responses"] = responses(route)
    return operation


def operation_id(route: Route) -> str:
    """`list_users` → `listUsers`."""
    first, *rest = route.handler.__name__.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _described(text: str, route: Route) -> str:
    scope = f"Scope: `{route.scope}`." if route.scope else "No key is needed."
    budget = " Counts in the bulk budget as well." if route.bulk else ""
    return f"{text}\n\n{scope}{budget}".strip()


def _body(shape: type) -> Json:
    content = {"schema": ref(shape), "examples": body_examples(shape)}
    return {"required": shape not in _OPTIONAL, "content": {"application/json": content}}
