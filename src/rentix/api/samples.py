"""How to make a call, in four languages. The sandbox on its own port answers every sample."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from rentix.model import SANDBOX_KEY

Json = dict[str, Any]

_LINE_MAX = 56

SANDBOX_URL = "http://127.0.0.1:8000"


class Example(msgspec.Struct, frozen=True):
    """A call to show: `body` is None for one without, `is_json` says what the answer is."""

    method: str
    url: str
    headers: dict[str, str]
    body: Json | None
    is_json: bool


def example_of(document: Json, path: str, method: str) -> Example:
    """The call that the document's own examples make of an operation."""
    operation = document["paths"][path][method]
    given = [p for p in operation["parameters"] if "example" in p]
    for parameter in given:
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(str(parameter["example"]), ""))
    query = {p["name"]: _spelled(p["example"]) for p in given if p["in"] == "query"}
    url = SANDBOX_URL + document["servers"][0]["url"] + path
    body = _body(operation)
    return Example(
        method=method.upper(),
        url=f"{url}?{urlencode(query)}" if query else url,
        headers=({"X-API-Key": SANDBOX_KEY} if operation["security"] else {})
        | ({"Content-Type": "application/json"} if body else {}),
        body=body,
        is_json="application/json" in operation["responses"]["200"]["content"],
    )


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _body(operation: Json) -> Json | None:
    if "requestBody" not in operation:
        return None
    examples = operation["requestBody"]["content"]["application/json"]["examples"]
    body: Json = next(iter(examples.values()))["value"]
    return body


def _curl(example: Example) -> str:
    method = "" if example.method == "GET" else f"-X {example.method} "
    lines = [f"curl {method}'{example.url}'"]
    lines += [f"  -H '{name}: {value}'" for name, value in example.headers.items()]
    if example.body:
        lines.append(f"  -d '{json.dumps(example.body, indent=2, ensure_ascii=False)}'")
    return " \\\n".join(lines)


def _python(example: Example) -> str:
    arguments = [f'"{example.url}"']
    if example.method != "GET":
        arguments.append(f'method="{example.method}"')
    if example.headers:
        arguments.append(f"headers={_indented(_literal(example.headers, _PYTHON), 4)}")
    if example.body:
        arguments.append(
            f"data=json.dumps({_indented(_literal(example.body, _PYTHON), 4)}).encode()"
        )
    called = ",\n    ".join(arguments)
    shown = "json.load(answer)" if example.is_json else "answer.read().decode()"
    needs_json = "import json\n" if "json." in called + shown else ""
    return (
        f"{needs_json}from urllib.request import Request, urlopen\n\n"
        f"request = Request(\n    {called},\n)\n"
        f"with urlopen(request) as answer:\n    print({shown})"
    )


def _node(example: Example) -> str:
    options: list[str] = []
    if example.method != "GET":
        options.append(f'method: "{example.method}"')
    if example.headers:
        options.append(f"headers: {_indented(_json(example.headers), 2)}")
    if example.body:
        options.append(f"body: JSON.stringify({_indented(_json(example.body), 2)})")
    called = ",\n  ".join(options)
    rest = f", {{\n  {called},\n}}" if options else ""
    shown = "json" if example.is_json else "text"
    return (
        f'const answer = await fetch("{example.url}"{rest});\n'
        f"console.log(answer.status, await answer.{shown}());"
    )


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _php(example: Example) -> str:
    options = [f"'method' => '{example.method}'"]
    if example.headers:
        headers = [f"{name}: {value}" for name, value in example.headers.items()]
        options.append(f"'header' => {_indented(_literal(headers, _PHP), 4)}")
    if example.body:
        options.append(f"'content' => json_encode({_indented(_literal(example.body, _PHP), 4)})")
    options.append("'ignore_errors' => true")
    called = ",\n    ".join(options)
    shown = "print_r(json_decode($answer, true));" if example.is_json else "echo $answer;"
    return (
        f"<?php\n$context = stream_context_create(['http' => [\n    {called},\n]]);\n"
        f"$answer = file_get_contents('{example.url}', false, $context);\n{shown}"
    )


class Grammar(msgspec.Struct, frozen=True):
    """How a language writes a mapping, a text, and JSON's three words."""

    brackets: str
    arrow: str
    quote: str
    words: dict[object, str]


_PYTHON = Grammar("{}", ": ", '"', {None: "None", True: "True", False: "False"})
_PHP = Grammar("[]", " => ", "'", {None: "null", True: "true", False: "false"})


def _literal(value: object, grammar: Grammar) -> str:
    if isinstance(value, dict):
        items = [
            f"{_literal(name, grammar)}{grammar.arrow}{_literal(child, grammar)}"
            for name, child in value.items()
        ]
        return _bracketed(items, *grammar.brackets)
    if isinstance(value, list):
        return _bracketed([_literal(child, grammar) for child in value], "[", "]")
    if isinstance(value, str):
        return f"{grammar.quote}{value}{grammar.quote}"  # no example holds a quotation mark
    return (
        str(value)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else grammar.words[value]
    )


def _bracketed(items: list[str], left: str, right: str) -> str:
    line = f"{left}{', '.join(items)}{right}"
    if len(line) <= _LINE_MAX and "\n" not in line:
        return line
    rest = "".join(f"\n    {_indented(item, 4)}," for item in items)
    return f"{left}{rest}\n{right}"


def _indented(text: str, spaces: int) -> str:
    return text.replace("\n", "\n" + " " * spaces)


class Language(msgspec.Struct, frozen=True):
    """A language of samples: its name, and how a call is written in it."""

    name: str
    write: Callable[[Example], str]


LANGUAGES: dict[str, Language] = {
    "curl": Language("curl", _curl),
    "python": Language("Python", _python),
    "node": Language("Node", _node),
    "php": Language("PHP", _php),
}
