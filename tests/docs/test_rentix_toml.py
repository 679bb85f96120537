"""The reference of rentix.toml has every member, with the defaults that the code has."""

from __future__ import annotations

import json
from dataclasses import MISSING, asdict, fields
from pathlib import Path

import pytest

from rentix.sync.config import CapsConfig, MatchConfig, PortalConfig, SyncConfig, read_config
from rentix.sync.map_tables import SKIP_MEMBERS
from rentix.sync.mapping import lay_over
from rentix.sync.source_config import FILE_MEMBERS
from rentix.sync.sources import open_source
from rentix.sync.sources.kinds import BUILT_IN
from rentix.sync.targets import TARGETS
from rentix.sync.values import WORDS
from tests.docs.pages import ROOT, blocks, table

PAGE = ROOT / "docs/reference/rentix-toml.md"


def shown(heading: str) -> dict[str, str]:
    """Each member of a table and its default, as the page has them."""
    return {row[0].strip("`"): row[1].strip("`") for row in table(PAGE, heading)}


def defaults(kind: type) -> dict[str, str]:
    return {
        each.name: "needed" if each.default is MISSING else json.dumps(each.default)
        for each in fields(kind)
    }


def test_portal_sync_and_match() -> None:
    assert shown("portal") == defaults(PortalConfig)
    assert shown("sync") == defaults(SyncConfig)
    assert shown("match") == defaults(MatchConfig)


def test_source_and_skip() -> None:
    assert tuple(shown("source")) == FILE_MEMBERS
    assert tuple(shown("skip")) == SKIP_MEMBERS


@pytest.mark.parametrize("kind", BUILT_IN)
def test_kinds_of_sources(kind: str) -> None:
    silent = {"null": "", "[]": ""}  # what no default is, the text beside it says
    members = defaults(BUILT_IN[kind]).items()
    assert shown(f"source: {kind}") == {name: silent.get(said, said) for name, said in members}


def test_fields() -> None:
    cells = shown("columns")
    assert tuple(cells) == TARGETS
    words = cells["settings.contact_phone"].replace(" or", ",").split(", ")
    assert words == list(WORDS)


def test_caps() -> None:
    rows = {row[0].strip("`"): [float(cell) for cell in row[1:4]] for row in table(PAGE, "caps")}
    assert rows == {kind: list(cap.values()) for kind, cap in asdict(CapsConfig()).items()}


def test_the_example_is_one(tmp_path: Path) -> None:
    (example,) = [block for block in blocks(PAGE) if block.language == "toml"]
    (tmp_path / "rentix.toml").write_text(example.code, "utf-8")
    (tmp_path / "agents.csv").write_text("Cod,Telefon,Nume,Prenume\n1,069,Ursu,Ana\n", "utf-8")
    config = read_config(tmp_path / "rentix.toml")
    source = open_source(tmp_path / "agents.csv")
    assert lay_over(config.mapping, source).unused == ()
