"""The named queries of `sql/*.sql`.

A file holds `-- name: x` and then the statement; `-- fragment: y` names a piece that statements
of the same file include as `{y}`.
"""

from __future__ import annotations

import re
from importlib.resources import files

_HEAD = re.compile(r"^-- (name|fragment): (\w+)\n", re.MULTILINE)


def load_queries(*names: str) -> dict[str, str]:
    """Every query of `sql/<name>.sql`, by its name."""
    queries: dict[str, str] = {}
    for name in names:
        text = files(__package__).joinpath("sql", f"{name}.sql").read_text("utf-8")
        queries |= _split(text)
    return queries


def _split(text: str) -> dict[str, str]:
    _, *pieces = _HEAD.split(text)
    fragments: dict[str, str] = {}
    queries: dict[str, str] = {}
    for kind, name, body in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
        (fragments if kind == "fragment" else queries)[name] = body.strip()
    for fragment, piece in fragments.items():
        queries = {name: q.replace(f"{{{fragment}}}", piece) for name, q in queries.items()}
    return queries
