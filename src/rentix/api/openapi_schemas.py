"""JSON Schemas of the wire types, and the few rules that a type cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from rentix.api.routes import Route
from rentix.wire import bodies, shapes
from rentix.wire.listing_bodies import LISTING_OPERATION_BODIES, ListingBulkBody

Json = dict[str, Any]

_TEMPLATE = "#/components/schemas/{name}"
_ERRORS = (
    shapes.ErrorShape,
    shapes.ProblemShape,
    shapes.BulkErrorShape,
    shapes.BulkProblemShape,
)
_BULKS: dict[type, tuple[str, dict[tuple[str, ...], type]]] = {
    bodies.BulkBody: ("", bodies.OPERATION_BODIES),
    bodies.MediaBulkBody: ("", bodies.MEDIA_OPERATION_BODIES),
    ListingBulkBody: ("listing", LISTING_OPERATION_BODIES),
}
_ONE_OF = {
    "PutUserBody": ("id", "externalId"),
    "UnlinkOperationBody": ("id", "externalId"),
    "DeactivateOperationBody": ("id", "externalId"),
    "AvatarBody": ("url", "id"),
    "PutListingBody": ("id", "externalId"),
    "ListingNameBody": ("id", "externalId"),
}
_OPERATIONS = {
    "upsert": "Create or update one profile, as PUT /users does; `update` is another word for it.",
    "validate": "Decided as `upsert` is, and not stored.",
    "link": "Attach an external id.",
    "unlink": "Detach the external id, by exactly one of `id` and `externalId`.",
    "deactivate": "An agent leaves, by exactly one of `id` and `externalId`.",
    "upload-from-url": "Import a picture, as POST /media/upload-from-url does.",
    "listing upsert": "Create or update one listing, as PUT /listings does; `update` is another "
    "word for it.",
    "listing delete": "Remove a listing, by exactly one of `id` and `externalId`.",
}


def ref(shape: type) -> Json:
    """A reference to the schema of a wire type."""
    return {"$ref": _TEMPLATE.format(name=shape.__name__)}


def schemas(routes: Sequence[Route]) -> Json:
    """The schemas of all bodies and answers of `routes`, and of everything inside them."""
    named = [shape for route in routes for shape in (route.body, route.answer) if shape]
    bulks = {body: known for body, known in _BULKS.items() if body in named}
    parts = [part for _, known in bulks.values() for part in known.values()]
    _, found = msgspec.json.schema_components(
        dict.fromkeys([*named, *parts, *_ERRORS]), ref_template=_TEMPLATE
    )
    for schema in found.values():
        _plain_nulls(schema)
    for name, members in _ONE_OF.items():
        if name in found:
            _exactly_one(found[name], *members)
    for bulk, (subject, known) in bulks.items():
        variants = [_operation(subject, ops, found[body.__name__]) for ops, body in known.items()]
        found[bulk.__name__]["properties"]["operations"] = _operations(variants)
        found |= {variant["title"]: variant for variant in variants}
    for part in {part.__name__ for part in parts if part not in named}:
        del found[part]
    return dict(sorted(found.items()))


def _exactly_one(schema: Json, *names: str) -> None:
    schema["oneOf"] = [{"required": [name]} for name in names]


def _operation(subject: str, ops: tuple[str, ...], body: Json) -> Json:
    """An element of `operations`: `op`, and the members of `body` flat beside it."""
    words = [*subject.split(), *ops[0].split("-")]
    return {
        **body,
        "title": "".join(word.capitalize() for word in words) + "Operation",
        "description": _OPERATIONS.get(f"{subject} {ops[0]}") or _OPERATIONS[ops[0]],
        "properties": {"op": {"type": "string", "enum": [*ops]}, **body["properties"]},
        "required": ["op", *body.get("required", [])],
    }


def _operations(variants: Sequence[Json]) -> Json:
    mapping = {
        op: _TEMPLATE.format(name=variant["title"])
        for variant in variants
        for op in variant["properties"]["op"]["enum"]
    }
    return {
        "description": "Decided in order; a later one sees an earlier one's effect.",
        "type": "array",
        "minItems": 1,
        "maxItems": bodies.MAX_OPERATIONS,
        "items": {
            "oneOf": [{"$ref": reference} for reference in dict.fromkeys(mapping.values())],
            "discriminator": {"propertyName": "op", "mapping": mapping},
        },
    }


def _plain_nulls(schema: Json) -> None:
    """`anyOf: [{type: string}, {type: null}]` as JSON Schema 2020-12 says it: a list of types."""
    for prop in schema.get("properties", {}).values():
        kinds = prop.get("anyOf", [])
        plain = [kind for kind in kinds if kind != {"type": "null"}]
        if len(plain) == 1 and len(kinds) == 2 and isinstance(plain[0].get("type"), str):  # noqa: PLR2004 - a kind, or null
            del prop["anyOf"]
            prop.update(plain[0], type=[plain[0]["type"], "null"])
    if not schema.get("required", True):
        del schema["required"]
