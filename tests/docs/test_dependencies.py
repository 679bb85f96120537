"""Each library that the project names has its reason on the page, and no other is there."""

from __future__ import annotations

import re
import tomllib
from itertools import chain

from tests.docs.pages import ROOT

PAGE = ROOT / "docs/explanation/dependencies.md"


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = chain(
        project["project"]["dependencies"],
        *project["project"]["optional-dependencies"].values(),
        *project["dependency-groups"].values(),
    )
    names = {re.split(r"[^\w-]", line, maxsplit=1)[0] for line in declared}
    rows = re.findall(r"^\| ([\w, -]+?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    shown = {name for row in rows for name in row.split(", ")} - {"library", "tool", "---"}
    assert shown == names
