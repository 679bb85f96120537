"""A CRM in rentix.toml: what may be said of it, how a slip is told, and what a run makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from rentix.cli import main
from rentix.client import SetupError
from rentix.sync.config import read_config
from rentix.sync.mapping import lay_over
from rentix.sync.records import Record
from rentix.sync.source_config import variables_of
from rentix.sync.sources import HalfRead, api
from rentix.sync.sources.configured import open_configured
from rentix.sync.sources.kinds import BUILT_IN
from rentix.sync.sources.paged import Limits, Page, gather
from rentix.sync.sources.reading import Reading
from rentix.sync.sources.rest import Rest
from rentix.sync.starts import STARTS
from tests.service import Tenant
from tests.sync.conftest import WriteRoster
from tests.sync.doubles.bitrix24 import WEBHOOK_PATH, Bitrix24Double, employee, refusal
from tests.sync.doubles.site import Said, serving

HEAD = '[portal]\nurl = "https://crm.example.md"\n[source]\n'


def test_members_reach_their_kind(roster: WriteRoster) -> None:
    text = HEAD + 'kind = "rest"\nurl = "https://x.example/a"\ncursor_param = "c"\ncursor = "d.e"\n'
    config = read_config(roster(text + 'size = 7\ntoken_env = "T"\n', "rentix.toml"))
    assert config.source.kind == Rest(
        "https://x.example/a", cursor_param="c", cursor="d.e", size=7, token_env="T"
    )
    assert config.source.location == "https://x.example/a"
    assert variables_of(config.source) == ("T",)


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ('kind = "bitrx24"', 4, "no kind of source is called 'bitrx24'; did you mean 'bitrix24'?"),
        ("kind = 24", 4, "[source] kind must be text in quotes"),
        ('kind = "pipedrive"', 4, 'needs url = "…"'),
        ('kind = "sql"\ntable = "x"', 5, "no member of [source] is called 'table'"),
        ('kind = "bitrix24"\nwebhook_env = "https://b.example/rest/1/s3cret/"', 5, "no place"),
        ('kind = "bitrix24"\nwebhook_env = 7', 5, '[source] webhook_env must be "…"'),
        ('kind = "rest"\nurl = "https://u:s3cret@x"', 5, "must hold no user and password"),
        ('kind = "rest"\nurl = "crm"', 5, "must begin with http"),
        ('kind = "rest"\nurl = "https://x"\nsize = "7"', 6, "size must be a whole number"),
        ('kind = "rest"\nurl = "https://x"\nsize = true', 6, "size must be a whole number"),
        ('kind = "rest"\nurl = "https://x"\ntotal = " "', 6, "total is empty"),
        ('kind = "rest"\nurl = "https://x"\ncursor = "a"', 3, "go together"),
        ('kind = "salesforce"\nurl = "https://x"\nfields = "Id"', 6, "must be a list of texts"),
        ('kind = "yrl"', 3, 'needs either url = "…" or file = "…"'),
        ('kind = "sql"\nquery = ""', 5, "query is empty"),
    ],
)
def test_a_slip_is_told_with_its_line(
    roster: WriteRoster, source: str, line: int, said: str
) -> None:
    with pytest.raises(SetupError) as caught:
        read_config(roster(HEAD + source, "rentix.toml"))
    assert f"rentix.toml, line {line}: " in str(caught.value)
    assert said in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("kind", BUILT_IN)
def test_a_secret_is_always_named_by_its_variable(kind: str) -> None:
    secret = ("token", "secret", "webhook", "dsn", "client_id", "password")
    for each in fields(BUILT_IN[kind]):
        if each.name.startswith(secret) and each.name not in ("token_header", "token_prefix"):
            assert each.name.endswith("_env")


@pytest.mark.parametrize("kind", STARTS)
def test_init_begins_a_configuration_that_is_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    path = tmp_path / "rentix.toml"
    command = ["init", "--kind", kind, "--url", "https://crm.example.md", "--config", str(path)]
    assert main([*command, "--key-env", "CASA_KEY", "--json"]) == 0
    config = read_config(path)
    variables = ["CASA_KEY", *variables_of(config.source)]
    assert json.loads(capsys.readouterr().out)["variables"] == variables
    assert config.portal.key_env == "CASA_KEY"
    assert type(config.source.kind) is BUILT_IN[kind]
    assert config.mapping.columns is not None
    assert config.mapping.columns.keys() >= {"externalId", "phone", "avatar"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--kind", "amo"), "no kind of source is called 'amo'"),
        (("--kind", "sql", "--source", "x.csv"), "give one of the two"),
    ],
)
def test_init_refuses_what_it_cannot_begin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "rentix.toml"
    base = ["init", "--url", "https://crm.example.md", "--config", str(path), "--yes"]
    assert main([*base, *more]) == 1
    assert said in capsys.readouterr().err
    assert not path.exists()


@pytest.fixture
def project(
    tmp_path: Path, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Path]:
    """Begin a configuration for a portal of Bitrix24, with its secrets in the environment."""

    def begin(site: str) -> Path:
        path = tmp_path / "rentix.toml"
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
        monkeypatch.setenv("RENTIX_API_KEY", tenant.key)
        monkeypatch.setenv("BITRIX24_WEBHOOK", f"{site}{WEBHOOK_PATH}")
        url = tenant.service.url
        assert main(["init", "--kind", "bitrix24", "--url", url, "--config", str(path)]) == 0
        return path

    return begin


@pytest.mark.slow
def test_employees_of_a_crm_become_agents_and_half_of_them_never(
    project: Callable[[str], Path], tenant: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    users = [employee(n, PERSONAL_MOBILE=f"069 2{n:05}") for n in range(1, 71)]
    double = Bitrix24Double(users)
    with serving(double) as site:
        path = project(site)
        plan, made = path.with_name("plan.json"), ["plan", "--config", str(path)]
        assert main([*made, "--output", str(plan)]) == 0
        assert main(["apply", str(plan), "--config", str(path)]) == 0
        assert tenant.get("/users/external/70").json()["name"] == "Ana Ursu 70"
        double.instead = {len(double.asked) + 2: lambda: refusal(401, "expired_token")}
        plan.unlink()
        capsys.readouterr()
        assert main([*made, "--output", str(plan), "--json"]) == 3
    said = json.loads(capsys.readouterr().out)
    assert said["limits"][0]["limit"] == "half_read"
    assert "BITRIX24_WEBHOOK any more" in said["limits"][0]["message"]
    assert not plan.exists()


def test_what_a_crm_leaves_out_is_no_slip_and_clears_nothing(
    roster: WriteRoster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = 'kind = "bitrix24"\n[columns]\nexternalId = "ID"\navatar = "PERSONAL_PHOTO"\n'
    config = read_config(roster(HEAD + text + '[sync]\nempty = "clear"\n', "rentix.toml"))
    with serving(Bitrix24Double([employee(1), employee(2, PERSONAL_PHOTO="")])) as site:
        monkeypatch.setenv("BITRIX24_WEBHOOK", f"{site}{WEBHOOK_PATH}/")
        source = open_configured(config.source, tmp_path / "cache")
    field_map = lay_over(config.mapping, source, "clear")
    read = [field_map.read(row) for row in source.rows()]  # type: ignore[arg-type]
    assert [each.fields() for each in read if isinstance(each, Record)] == [
        {"externalId": "1"},
        {"externalId": "2", "avatar": None},
    ]


class Endless:
    """A source that has always one more agent."""

    def title(self) -> str:
        return "the endless one"

    def pages(self, _: Reading) -> Any:
        number = 0
        while True:
            number += 1
            yield Page([{"id": number, "text": "x" * 100}])


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(pages=5), "after 5 pages and 5 agents"),
        (Limits(largest_bytes=1 << 20), "larger than 1 MiB"),
        (Limits(longest_s=-1), "after 0 pages"),
    ],
)
def test_no_source_is_read_for_ever(tmp_path: Path, limits: Limits, said: str) -> None:
    with pytest.raises(HalfRead, match=said):
        gather(Endless(), tmp_path / "roster.jsonl", Reading(tmp_path, tmp_path), limits)
    assert list(tmp_path.iterdir()) == []


class Slipping:
    """A source whose second page is another than its author knew."""

    def title(self) -> str:
        return "the slipping one"

    def pages(self, _: Reading) -> Any:
        yield Page([{"id": 1}])
        raise KeyError("s3cret")


def test_a_kind_that_breaks_midway_is_half_read_and_tells_no_secret(tmp_path: Path) -> None:
    with pytest.raises(HalfRead, match="after 1 agents: KeyError") as raised:
        gather(Slipping(), tmp_path / "roster.jsonl", Reading(tmp_path, tmp_path))
    assert "s3cret" not in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_never_ends_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "LONGEST_ANSWER_S", -1)
    with (
        serving(lambda _: Said([{"id": 1}])) as site,
        pytest.raises(HalfRead, match="took more than"),
    ):
        gather(Rest(site), tmp_path / "roster.jsonl", Reading(tmp_path, tmp_path))
