"""Write docs/reference/openapi.json from the routes and types, for review beside the code."""

from __future__ import annotations

import json
from pathlib import Path

from rentix.api.openapi import describe
from rentix.api.routes import ROUTES

SNAPSHOT = Path(__file__).parents[1] / "docs" / "reference" / "openapi.json"


def printed() -> str:
    """The document as it is committed: one member a line."""
    return json.dumps(describe(ROUTES), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SNAPSHOT.write_text(printed(), encoding="utf-8")
    print(f"Wrote {SNAPSHOT.name}: {len(describe(ROUTES)['paths'])} paths.")
