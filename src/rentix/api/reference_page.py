"""GET /docs: the OpenAPI document as one page for people. No script, no request to anywhere."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from rentix.api.reference_parts import (
    answer_part,
    body_part,
    errors_part,
    parameters_part,
    prose,
    sample_panel,
    text_panel,
)
from rentix.api.samples import LANGUAGES, example_of
from rentix.model import SANDBOX_KEY

Json = dict[str, Any]


@cache
def _style() -> str:
    return files(__package__).joinpath("reference.css").read_text(encoding="utf-8")


def content_security() -> str:
    """The page's Content-Security-Policy: its own style, and nothing else."""
    digest = b64encode(sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def render_page(document: Json) -> str:
    """The whole page."""
    title = escape(document["info"]["title"])
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{title}</title>\n<link rel="icon" href="data:,">\n'
        f"<style>{_style()}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#content">Skip to the content</a>\n'
        f'{_contents(document)}\n<main id="content">\n{_intro(document)}\n'
        f"{''.join(_room(document, tag) for tag in document['tags'])}"
        f"{_errors(document)}\n</main>\n</body>\n</html>\n"
    )


def _operations(document: Json, tag: str) -> list[tuple[str, str, Json]]:
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if tag in operation["tags"]
    ]


def _badge(method: str) -> str:
    return f'<span class="method {method}">{method.upper()}</span>'


def _contents(document: Json) -> str:
    groups = []
    for tag in document["tags"]:
        links = [
            f'<li><a href="#{operation["operationId"]}">{_badge(method)}'
            f"<span>{escape(operation['summary'])}</span></a></li>"
            for _, method, operation in _operations(document, tag["name"])
        ]
        groups.append(f'<p class="group">{escape(tag["name"])}</p><ul>{"".join(links)}</ul>')
    groups.append('<p class="group">Everywhere</p><ul><li><a href="#errors">Errors</a></li></ul>')
    title = escape(document["info"]["title"])
    return (
        f'<nav aria-label="Contents"><strong>{title}</strong>'
        f"<details><summary>Contents</summary>{''.join(groups)}</details></nav>"
    )


def _intro(document: Json) -> str:
    lead, *rest = document["info"]["description"].strip().split("\n\n")
    schemes = document["components"]["securitySchemes"].values()
    ways = "".join(f"<p>{prose(scheme['description'])}</p>" for scheme in schemes)
    choices = "".join(
        f'<label for="in-{word}"><input type="radio" name="language" id="in-{word}"'
        f"{' checked' if word == 'curl' else ''}>{language.name}</label>"
        for word, language in LANGUAGES.items()
    )
    version = escape(document["info"]["version"])
    start = f"rentix sandbox --data ./sandbox-data --port 8000\n\n# its key\n{SANDBOX_KEY}"
    return (
        f'<div class="intro"><div><h1>{escape(document["info"]["title"])}</h1>'
        f'<p class="kind">Version {version} · <a href="openapi.json">OpenAPI 3.1</a></p>'
        f'<p class="lead">{prose(lead)}</p>{"".join(f"<p>{prose(text)}</p>" for text in rest)}'
        f"<h4>Your key</h4>{ways}"
        f'<fieldset class="languages"><legend>Samples in</legend>{choices}</fieldset></div>'
        f'<div class="shown">{text_panel("A sandbox, where every sample works", start)}</div></div>'
    )


def _room(document: Json, tag: Json) -> str:
    articles = "".join(
        _article(document, path, method, operation)
        for path, method, operation in _operations(document, tag["name"])
    )
    return (
        f"<section><h2>{escape(tag['name'])}</h2><p>{prose(tag['description'])}</p>"
        f"{articles}</section>"
    )


def _article(document: Json, path: str, method: str, operation: Json) -> str:
    where = escape(document["servers"][0]["url"] + path)
    texts = "".join(f"<p>{prose(text)}</p>" for text in operation["description"].split("\n\n"))
    told = (
        f"<div><h3>{escape(operation['summary'])}</h3>"
        f'<p class="address">{_badge(method)}<span>{where}</span></p>{texts}'
        f"{parameters_part(document, operation)}{body_part(document, operation)}"
        f"{answer_part(document, operation)}{errors_part(operation)}</div>"
    )
    shown = sample_panel(example_of(document, path, method)) + _shown_answer(operation)
    return (
        f'<article id="{operation["operationId"]}">{told}<div class="shown">{shown}</div></article>'
    )


def _shown_answer(operation: Json) -> str:
    [content] = operation["responses"]["200"]["content"].values()
    return text_panel("200", content["example"]) if "example" in content else ""


def _errors(document: Json) -> str:
    articles = "".join(
        f'<div id="{escape(name)}"><dt><code>{refusal["description"].split(".")[0]}</code></dt>'
        f"<dd>{prose(refusal['description'].partition('. ')[2])}</dd></div>"
        for name, refusal in document["components"]["responses"].items()
    )
    sample = document["components"]["responses"]["BadRequest"]["content"]["application/json"]
    return (
        '<section id="errors"><h2>Errors</h2><p>One form for all of them. With <code>Accept: '
        "application/problem+json</code> the same content comes as RFC 9457 has it.</p>"
        f'<article><dl>{articles}</dl><div class="shown">'
        f"{text_panel('400', sample['example'])}</div></article></section>"
    )
