"""What the pages on CRMs show is true: configurations that work, and a source of forty lines."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from rentix.client import SetupError
from rentix.sync.config import read_config
from rentix.sync.mapping import lay_over
from rentix.sync.records import Record
from rentix.sync.sources import HalfRead, Source
from rentix.sync.sources.configured import open_configured
from rentix.sync.starts import STARTS
from tests.docs.pages import ROOT, blocks
from tests.sync.doubles.site import Answers, Asked, Said, serving

PAGE = ROOT / "docs/howto/write-a-source.md"
NAMED = {block.file: block.code for block in blocks(PAGE) if block.file}


@pytest.mark.parametrize("kind", STARTS)
def test_the_configuration_is_one_and_is_what_init_writes(tmp_path: Path, kind: str) -> None:
    page = ROOT / f"docs/howto/source-{kind}.md"
    shown = [block.code for block in blocks(page) if block.language == "toml"]
    for code in shown:
        (tmp_path / "rentix.toml").write_text(code, "utf-8")
        assert read_config(tmp_path / "rentix.toml").source.kind is not None
    begun = files("rentix.sync.starts").joinpath(f"{kind}.toml").read_text("utf-8")
    said = tomllib.loads(shown[0])
    assert said.pop("portal")["url"] == "https://crm.example.md"
    assert said == tomllib.loads(begun)


def casa(token: str) -> Answers:
    """Return a CRM as the example takes it to be."""
    people = {"1": [{"code": "A1", "name": "Ana"}, {"code": "A2", "name": "Ion"}], "2": []}

    def answer(asked: Asked) -> Said:
        if asked.headers.get("x-casa-token") != token:
            return Said({}, 401)
        if asked.path == "/offices":
            offices = [{"id": 1, "name": "Centru"}, {"id": 2, "name": "Botanica"}]
            return Said({"offices": offices})
        return Said({"people": people[asked.path.split("/")[2]]})

    return answer


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Source]:
    """Install the page's package, and open the source of the page's rentix.toml at a site."""
    code, project = NAMED["casa_crm.py"], tomllib.loads(NAMED["pyproject.toml"])
    assert len(code.splitlines()) <= 40
    (tmp_path / "casa_crm.py").write_text(code, "utf-8")
    info = tmp_path / "casa_crm-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: casa-crm\nVersion: 1.0\n")
    points = project["project"]["entry-points"]["rentix.sources"]
    lines = ["[rentix.sources]", *(f"{name} = {place}" for name, place in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("CASA_TOKEN", "t0ken")

    def open_at(site: str, more: str = "") -> Source:
        path = tmp_path / "rentix.toml"
        shown = NAMED["rentix.toml"].replace("https://casa.example", site)
        path.write_text(shown.replace("[columns]", f"{more}\n[columns]"), "utf-8")
        config = read_config(path)
        source = open_configured(config.source, tmp_path / "cache")
        lay_over(config.mapping, source)
        return source

    return open_at


@pytest.mark.slow
def test_the_example_reads_its_crm(example: Callable[..., Source], tmp_path: Path) -> None:
    with serving(casa("t0ken")) as site:
        source = example(site)
    field_map = lay_over(read_config(tmp_path / "rentix.toml").mapping, source)
    read = [field_map.read(row) for row in source.rows()]  # type: ignore[arg-type]
    assert [each.external_id for each in read if isinstance(each, Record)] == ["A1", "A2"]
    assert source.form == f"Casa CRM ({site}), 2 agents"


@pytest.mark.slow
def test_what_goes_wrong_in_it_is_told_as_everywhere(example: Callable[..., Source]) -> None:
    with serving(casa("other")) as site, pytest.raises(SetupError, match="token in CASA_TOKEN"):
        example(site)
    with pytest.raises(SetupError, match=r"line \d+: no member of \[source\] is called 'town'"):
        example("https://casa.example", 'town = "x"')

    def half(asked: Asked) -> Said:
        return casa("t0ken")(asked) if asked.path != "/offices/1/people" else Said({"people": [{}]})

    with serving(half) as site, pytest.raises(HalfRead, match="an agent has no code"):
        example(site)
