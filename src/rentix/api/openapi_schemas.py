"""JSON Schemas of the wire types, and the few rules that a type cannot say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from rentix.api.routes import Route
from rentix.wire import bodies, shapes

Json = dict[str, Any]

_TEMPLATE = "#/components/schemas/{name}"
_ERRORS = (
    shapes.ErrorShape,
    shapes.ProblemShape,
    shapes.BulkErrorShape,
    shapes.BulkProblemShape,
)
_OPERATIONS = {
    "upsert": "Create or update one profile, as PUT /users does; `update` is another word for it.",
    "validate": "Decided as `upsert` is, and not stored.",
    "link": "Attach an external id.",
    "unlink": "Detach the external id, by exactly one of `id` and `externalId`.",
    "upload-from-url": "Import a picture, as POST /media/upload-from-url does.",
}


def ref(shape: type) -> Json:
    """A reference to the schema of a wire type."""
    return {"$ref": _TEMPLATE.format(name=shape.__name__)}


def schemas(routes: Sequence[Route]) -> Json:
    """The schemas of all bodies and answers of `routes`, and of everything inside them."""
    named = [shape for route in routes for shape in (route.body, route.answer) if shape]
    named += [*bodies.OPERATION_BODIES.values(), *bodies.MEDIA_OPERATION_BODIES.values(), *_ERRORS]
    _, found = msgspec.json.schema_components(dict.fromkeys(named), ref_template=_TEMPLATE)
    for schema in found.values():
        _plain_nulls(schema)
    _exactly_one(found["PutUserBody"], "id", "externalId")
    _exactly_one(found["UnlinkOperationBody"], "id", "externalId")
    _exactly_one(found["AvatarBody"], "url", "id")
    for bulk, known in (
        ("BulkBody", bodies.OPERATION_BODIES),
        ("MediaBulkBody", bodies.MEDIA_OPERATION_BODIES),
    ):
        variants = [_operation(ops, found[body.__name__]) for ops, body in known.items()]
        found[bulk]["properties"]["operations"] = _operations(variants)
        found |= {variant["title"]: variant for variant in variants}
    for body in (bodies.LinkOperationBody, bodies.UnlinkOperationBody):
        del found[body.__name__]
    return dict(sorted(found.items()))


def _exactly_one(schema: Json, *names: str) -> None:
    schema["oneOf"] = [{"required": [name]} for name in names]


def _operation(ops: tuple[str, ...], body: Json) -> Json:
    """An element of `operations`: `op`, and the members of `body` flat beside it."""
    return {
        **body,
        "title": "".join(word.capitalize() for word in ops[0].split("-")) + "Operation",
        "description": _OPERATIONS[ops[0]],
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
