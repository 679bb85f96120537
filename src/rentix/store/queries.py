"""The named queries of `sql/*.sql` and, for one database only, of `sql/<database>/*.sql`.

A file holds `-- name: x` and then the statement; `-- fragment: y` names a piece that statements
include as `{y}`, and so may other fragments.
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Literal

Database = Literal["sqlite", "postgres"]

_HEAD = re.compile(r"^-- (name|fragment): (\w+)\n", re.MULTILINE)
_INCLUDE = re.compile(r"\{(\w+)\}")
_PARAMETER = re.compile(r"(?<!:):(\w+)")  # two colons are a cast


def load_queries(database: Database) -> dict[str, str]:
    """Every query for `database`, by its name, with the parameters written as its driver does."""
    folder = files(__package__).joinpath("sql")
    texts = [
        file.read_text("utf-8")
        for place in (folder, folder.joinpath(database))
        for file in sorted(place.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".sql")
    ]
    return {name: spell(query, database) for name, query in _split("".join(texts)).items()}


def spell(query: str, database: Database) -> str:
    """Write the parameters `:name` as the driver of `database` wants them."""
    return _PARAMETER.sub(r"%(\1)s", query) if database == "postgres" else query


def _split(text: str) -> dict[str, str]:
    _, *pieces = _HEAD.split(text)
    fragments: dict[str, str] = {}
    queries: dict[str, str] = {}
    for kind, name, body in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        (fragments if kind == "fragment" else queries)[name] = body.strip()

    def expand(text: str) -> str:
        return _INCLUDE.sub(
            lambda found: expand(fragments[found[1]]) if found[1] in fragments else found[0], text
        )

    return {name: expand(query) for name, query in queries.items()}
