"""Parts of the reference page: parameters, fields, answers, errors, samples."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

from rentix.api.samples import LANGUAGES, Example

Json = dict[str, Any]

_DEPTH_MAX = 3


def prose(text: str) -> str:
    """Text with its `code` marked up."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))


def resolve(document: Json, node: Json) -> Json:
    """What a node refers to, or the node itself."""
    while "$ref" in node:
        reference = node["$ref"]
        node = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
    return node


def parameters_part(document: Json, operation: Json) -> str:
    """Path, query and headers of an operation."""
    rows = []
    for parameter in (resolve(document, node) for node in operation["parameters"]):
        place = {"path": "in the path", "query": "in the query", "header": "header"}
        kind = f"{place[parameter['in']]}, {kind_of(document, parameter['schema'])}"
        rows.append(_row(parameter["name"], kind, parameter["description"], parameter))
    return f"<h4>Parameters</h4><dl>{''.join(rows)}</dl>" if rows else ""


def _row(name: str, kind: str, description: str, said: Json) -> str:
    must = '<span class="must">required</span>' if said.get("required") is True else ""
    more = f"<dd>{prose(description)}</dd>" if description else ""
    return (
        f'<div><dt><code>{escape(name)}</code><span class="kind">{escape(kind)}</span>{must}</dt>'
        f"{more}</div>"
    )


def kind_of(document: Json, schema: Json) -> str:
    """`string, 1 to 255 characters`; `integer or null`; `one of: ro, ru, en`."""
    schema = resolve(document, schema)
    if "enum" in schema:
        return "one of: " + ", ".join(str(value) for value in schema["enum"])
    if "anyOf" in schema:
        # A constraint is said of integers and of numbers, which to a reader are numbers.
        numbers = [kind for kind in schema["anyOf"] if kind.get("type") == "number"]
        told = [
            kind
            for kind in schema["anyOf"]
            if kind.get("type") != "integer" or {**kind, "type": "number"} not in numbers
        ]
        return " or ".join(dict.fromkeys(kind_of(document, kind) for kind in told))
    kinds = schema.get("type", "anything")
    kind = " or ".join(kinds) if isinstance(kinds, list) else str(kinds)
    if schema.get("format") == "date-time":
        return kind.replace("string", "time")
    if kind == "array" and "items" in schema and "oneOf" not in schema["items"]:
        return f"array of {kind_of(document, schema['items'])}s"
    return kind + _bounds(schema)


def _bounds(schema: Json) -> str:
    if "maxLength" in schema:
        return f", {schema.get('minLength', 0)} to {schema['maxLength']:,} characters"
    if "maxItems" in schema:
        return f", {schema.get('minItems', 0)} to {schema['maxItems']} elements"
    if "maximum" in schema and schema["maximum"] < 2**32:
        least = f"over {schema['exclusiveMinimum']}, up" if "exclusiveMinimum" in schema else None
        return f", {least or schema['minimum']} to {schema['maximum']:,}"
    return ""


def body_part(document: Json, operation: Json) -> str:
    """The fields of the request's body."""
    if "requestBody" not in operation:
        return ""
    schema = resolve(document, operation["requestBody"]["content"]["application/json"]["schema"])
    return f"<h4>Body</h4><p>{prose(schema['description'])}</p><dl>{_fields(document, schema)}</dl>"


def _fields(document: Json, schema: Json, depth: int = 0) -> str:
    required = schema.get("required", [])
    rows = []
    for name, node in schema.get("properties", {}).items():
        field = resolve(document, node)
        description = node.get("description") or field.get("description", "")
        row = _row(name, kind_of(document, node), description, {"required": name in required})
        inner = _inner(document, node) if depth < _DEPTH_MAX else []
        more = "".join(_folded(document, each, depth) for each in inner)
        rows.append(row.removesuffix("</div>") + (f"<dd>{more}</dd>" if more else "") + "</div>")
    return "".join(rows)


def _inner(document: Json, node: Json) -> list[Json]:
    """The objects inside a field: its own members, an array's elements, a map's values."""
    schema = resolve(document, node)
    if "properties" in schema:
        return [schema]
    parts = [*schema.get("anyOf", []), *schema.get("oneOf", [])]
    parts += [schema[key] for key in ("items", "additionalProperties") if schema.get(key)]
    return [found for part in parts if isinstance(part, dict) for found in _inner(document, part)]


def _folded(document: Json, schema: Json, depth: int) -> str:
    ops = schema["properties"].get("op", {}).get("enum", [])
    title = " or ".join(f"op: {op}" for op in ops) if depth == 0 and ops else "Members"
    said = schema.get("description", "")
    about = f"<p>{prose(said)}</p>" if ops else ""
    fields = _fields(document, schema, depth + 1)
    return f"<details><summary>{escape(title)}</summary>{about}<dl>{fields}</dl></details>"


def answer_part(document: Json, operation: Json) -> str:
    """What comes back when all is well: fields and headers."""
    found = operation["responses"]["200"]
    [(kind, content)] = found["content"].items()
    schema = resolve(document, content["schema"])
    fields = _fields(document, schema)
    more = f"<details><summary>Fields</summary><dl>{fields}</dl></details>" if fields else ""
    headers = ", ".join(f"<code>{escape(name)}</code>" for name in found["headers"])
    unchanged = operation["responses"].get("304")
    also = f"<p><code>304</code> {prose(unchanged['description'])}</p>" if unchanged else ""
    return (
        f"<h4>Answer</h4><p><code>200</code> {prose(found['description'])} "
        f'<span class="kind">{escape(kind)}</span></p>{more}{also}<p>Headers: {headers}</p>'
    )


def errors_part(operation: Json) -> str:
    """The statuses of an operation's refusals, each leading to what it means."""
    links = []
    for status, found in operation["responses"].items():
        if status >= "400":
            own = "$ref" not in found
            anchor = "UnprocessableEntity" if own else found["$ref"].rsplit("/", 1)[1]
            links.append(f'<li><a href="#{anchor}">{status}</a></li>')
    own = operation["responses"].get("422", {}).get("description")
    said = f"<p><code>422</code> {prose(own.partition('. ')[2])}</p>" if own else ""
    return f'<h4>Errors</h4><ul class="errors">{"".join(links)}</ul>{said}'


def sample_panel(example: Example) -> str:
    """The same call in every language; the page's choice of language shows one of them."""
    labels = "".join(
        f'<label for="in-{word}">{language.name}</label>' for word, language in LANGUAGES.items()
    )
    samples = "".join(
        f'<pre class="sample {word}" tabindex="0">'
        f"<code>{escape(language.write(example))}</code></pre>"
        for word, language in LANGUAGES.items()
    )
    return f'<div class="panel"><header>{labels}</header>{samples}</div>'


def text_panel(title: str, content: object) -> str:
    """A panel with text, or with a value as JSON."""
    text = content if isinstance(content, str) else _printed(content)
    return (
        f'<div class="panel"><header><span>{escape(title)}</span></header>'
        f'<pre tabindex="0"><code>{escape(text)}</code></pre></div>'
    )


def _printed(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
