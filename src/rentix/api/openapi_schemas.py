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


def ref(shape: type) -> Json:
    """A reference to the schema of a wire type."""
    return {"$ref": _TEMPLATE.format(name=shape.__name__)}


def schemas(routes: Sequence[Route]) -> Json:
    """The schemas of all bodies and answers of `routes`, and of everything inside them."""
    named = [shape for route in routes for shape in (route.body, route.answer) if shape]
    named += [*bodies.OPERATION_BODIES.values(), *_ERRORS]
    _, found = msgspec.json.schema_components(dict.fromkeys(named), ref_template=_TEMPLATE)
    for schema in found.values():
        _plain_nulls(schema)
    for shape in (bodies.PutUserBody, bodies.UpsertOperationBody, bodies.ValidateOperationBody):
        _exactly_one(found[shape.__name__], "id", "externalId")
    _exactly_one(found["UnlinkOperationBody"], "id", "externalId")
    _exactly_one(found["AvatarBody"], "url", "id")
    found["BulkBody"]["properties"]["operations"] = _operations()
    return dict(sorted(found.items()))


def _exactly_one(schema: Json, *names: str) -> None:
    schema["oneOf"] = [{"required": [name]} for name in names]


def _operations() -> Json:
    ops = {op: ref(shape) for op, shape in bodies.OPERATION_BODIES.items()}
    variants = list({variant["$ref"]: variant for variant in ops.values()}.values())
    mapping = {op: variant["$ref"] for op, variant in ops.items()}
    return {
        "description": "Decided in order; a later one sees an earlier one's effect.",
        "type": "array",
        "minItems": 1,
        "maxItems": bodies.MAX_OPERATIONS,
        "items": {
            "oneOf": variants,
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
