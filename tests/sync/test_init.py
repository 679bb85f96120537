"""`rentix init`: what it finds in headers of four languages, and the file it writes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rentix.cli import main
from rentix.client import SetupError
from rentix.sync.config import read_config
from rentix.sync.config_text import write_config
from rentix.sync.mapping import lay_over
from rentix.sync.proposal import propose
from rentix.sync.records import Record, Row
from rentix.sync.sources import open_source
from tests.sync.conftest import WriteRoster

URL = "https://crm.example.md"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run `rentix init …` in an empty folder; give its exit code and both outputs."""
    monkeypatch.chdir(tmp_path)

    def run_init(*arguments: object) -> tuple[int, str, str]:
        code = main(["init", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_init


def found(roster: WriteRoster, header: str, row: str) -> dict[str, str]:
    proposal = propose(open_source(roster(f"{header}\n{row}\n")))
    return {**proposal.columns, **proposal.templates}


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            "Cod agent;Nume;Prenume;Telefon fix;Telefon mobil;Descriere;Poză;Are Viber",
            "1;Ursu;Ana;022123456;069123456;Case;https://x.example/1.jpg;da",
            {
                "externalId": "Cod agent",
                "name": "{Prenume} {Nume}",
                "phone": "Telefon mobil",
                "description": "Descriere",
                "avatar": "Poză",
                "settings.contact_viber": "Are Viber",
            },
        ),
        (
            "Табельный №;Фамилия;Имя;Отчество;Раб. телефон;О себе (рус);О себе (рум);Фото;Телеграм",
            "7;Чебан;Андрей;Ильич;069123456;Дома;Case;http://x.example/1.jpg;нет",
            {
                "externalId": "Табельный №",
                "name": "{Имя} {Отчество} {Фамилия}",
                "description.ru": "О себе (рус)",
                "description.ro": "О себе (рум)",
                "avatar": "Фото",
                "settings.contact_telegram": "Телеграм",
            },
        ),
        (
            "Ідентифікатор;Прізвище, ім'я, по батькові;Мобільний телефон;Інстаграм;Світлина",
            "а1;Коваль Олена;0501234567;@olena;https://x.example/1.jpg",
            {
                "externalId": "Ідентифікатор",
                "name": "Прізвище, ім'я, по батькові",
                "phone": "Мобільний телефон",
                "instagram": "Інстаграм",
                "avatar": "Світлина",
            },
        ),
        (
            "employee_id;firstName;lastName;mobilePhone;bio;photoUrl;YouTube channel;WhatsApp",
            "9;Ann;Lee;069123456;Homes;https://x.example/1.jpg;@ann;yes",
            {
                "externalId": "employee_id",
                "name": "{firstName} {lastName}",
                "phone": "mobilePhone",
                "description": "bio",
                "avatar": "photoUrl",
                "youtube": "YouTube channel",
                "settings.contact_whatsapp": "WhatsApp",
            },
        ),
        (
            "ФИО;Код;Телефон",
            "Чебан А.;5;069",
            {"externalId": "Код", "name": "ФИО", "phone": "Телефон"},
        ),
        ("Nr;Nume;Tel.", "5;Ana Ursu;069", {"externalId": "Nr", "name": "Nume", "phone": "Tel."}),
    ],
    ids=["ro", "ru", "uk", "en", "ru short", "ro short"],
)
def test_headers_in_four_languages(
    roster: WriteRoster, header: str, row: str, expected: dict[str, str]
) -> None:
    said = found(roster, header, row)
    said.pop("phone" if "phone" not in expected else "", None)
    assert said == expected


def test_cells_must_agree_with_their_header(roster: WriteRoster) -> None:
    header = "ID;Cod;Nume;Telefon;Foto;Telegram;TikTok"
    rows = "\n".join(f"1;A{n};Ana;none;{n}.jpg;@ana{n};" for n in range(5))
    proposal = propose(open_source(roster(f"{header}\n{rows}\n")))
    assert proposal.columns == {"externalId": "Cod", "name": "Nume"}
    doubts = "\n".join(proposal.doubts)
    assert "externalId: 'ID' has the same value in many rows" in doubts
    assert "phone: 'Telefon' holds no telephone numbers" in doubts
    assert 'avatar = "https://…/{Foto}"' in doubts
    assert "settings.contact_telegram: 'Telegram' holds more than yes and no" in doubts
    assert "tiktok: 'TikTok' is empty" in doubts


def test_of_two_columns_of_full_names_the_plain_one_is_taken(roster: WriteRoster) -> None:
    header = "id,official_full,name"
    assert found(roster, header, "1,Ana Rusu,Ana Rusu")["name"] == "name"
    assert found(roster, header, "1,Ana Rusu,Ana")["name"] == "official_full"
    assert found(roster, "id,Имя,ФИО", "1,Анна,Руссу Анна")["name"] == "ФИО"


def test_of_a_file_without_rows_the_headers_are_believed(run: Run, roster: WriteRoster) -> None:
    path = roster("externalId,name,phone,avatar,description\n")
    code, out, _ = run("--source", path, "--url", URL, "--yes")
    assert code == 0
    assert "no rows yet, so by its headers alone" in out
    assert read_config(Path("rentix.toml")).mapping.columns == {
        name: name for name in ("externalId", "name", "phone", "description", "avatar")
    }


def test_a_status_is_proposed_as_a_rule_to_switch_on(run: Run, roster: WriteRoster) -> None:
    path = roster(
        "id,name,phone,Статус\n1,Ana,069,Работает\n2,Ion,069,Уволен\n3,Eva,069,Работает\n"
    )
    assert run("--source", path, "--url", URL, "--yes")[0] == 0
    text = Path("rentix.toml").read_text("utf-8")
    assert '# column = "Статус"\n# equals = ["Уволен"]\n' in text
    marked = "# [[skip]]\n# column = ", "[[skip]]\ncolumn = "
    Path("rentix.toml").write_text(
        text.replace(*marked).replace("# equals", "equals"), encoding="utf-8"
    )
    (rule,) = read_config(Path("rentix.toml")).mapping.skips
    assert rule.equals == frozenset({"уволен"})


def test_the_file_says_what_was_found_and_never_a_key(run: Run, roster: WriteRoster) -> None:
    path = roster("Cod;Nume;Telefon\n1;Ana;069123456\n")
    code, out, err = run(
        "--source", path, "--url", f"{URL}/api/v1", "--key-env", "CASA_KEY", "--yes"
    )
    assert (code, err) == (0, "")
    assert "Not found: description, avatar" in out
    assert "export CASA_KEY=…" in out
    assert "rentix doctor" in out
    assert "rentix plan" in out
    config = read_config(Path("rentix.toml"))
    assert (config.portal.url, config.portal.key_env) == (URL, "CASA_KEY")
    assert config.source.location == "roster.csv"
    assert config.mapping.columns == {"externalId": "Cod", "name": "Nume", "phone": "Telefon"}
    assert "rtx_" not in Path("rentix.toml").read_text("utf-8")


def test_json_is_one_object(run: Run, roster: WriteRoster) -> None:
    path = roster("Cod;Nume;Prenume\n1;Ursu;Ana\n")
    code, out, _ = run("--source", path, "--url", URL, "--json", "--config", "conf/casa.toml")
    said = json.loads(out)
    assert code == 0
    assert said["config"] == "conf/casa.toml"
    assert said["columns"] == {"externalId": "Cod"}
    assert said["templates"] == {"name": "{Prenume} {Nume}"}
    assert "phone" in said["missing"]
    assert read_config(Path("conf/casa.toml")).source.location == str(path.resolve())


def test_the_path_to_a_nested_list_is_written_down(run: Run, roster: WriteRoster) -> None:
    agents = [{"id": 1, "name": "Ana Rusu", "phone": "069123456"}]
    document = {"data": {"page": {"crew": {"agents": agents}}}, "total": 1}
    path = roster(json.dumps(document), "agents.json")
    assert run("--source", path, "--url", URL, "--yes")[0] == 0
    config = read_config(Path("rentix.toml"))
    assert config.source.layout.items == "data.page.crew.agents"
    assert open_source(path, layout=config.source.layout).columns == ("id", "name", "phone")


@pytest.mark.parametrize("name", ["agents", "сотрудники", "x"])
def test_of_several_lists_that_of_agents_is_proposed_and_the_others_are_named(
    run: Run, roster: WriteRoster, name: str
) -> None:
    agents = [{"id": n, "first_name": "Ana", "last_name": "Rusu", "phone": "069"} for n in (1, 2)]
    offices = [{"id": n, "name": "Centru", "address": "str. Ismail"} for n in range(5)]
    document = {"errors": [], "data": {"offices": offices, name: agents}}
    path = roster(json.dumps(document), "crm.json")
    code, out, _ = run("--source", path, "--url", URL, "--json")
    said = json.loads(out)
    assert (code, said["items"]) == (0, f"data.{name}")
    assert said["otherArrays"] == ["errors", "data.offices"]
    assert said["templates"] == {"name": "{first_name} {last_name}"}
    text = Path("rentix.toml").read_text("utf-8")
    assert '# Or one of these: "errors", "data.offices"' in text
    assert read_config(Path("rentix.toml")).source.layout.items == f"data.{name}"
    _, out, _ = run("--source", path, "--url", URL, "--yes", "--force")
    assert "Or the agents are in one of: errors, data.offices." in out


def test_without_an_id_it_is_1_with_what_to_do(run: Run, roster: WriteRoster) -> None:
    code, _, err = run("--source", roster("Nume;Telefon\nAna;069\n"), "--url", URL, "--yes")
    assert code == 1
    assert 'under [columns]: externalId = "…". There are: Nume, Telefon' in err
    assert '# externalId = "…"' in Path("rentix.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--url", URL), "--source is needed"),
        (("--source", "roster.csv"), "--url is needed"),
        (("--source", "none.csv", "--url", URL), "cannot read none.csv"),
        (("--source", "roster.csv", "--url", "crm"), "must begin with http"),
        (("--source", "roster.csv", "--url", URL, "--key-env", "rtx_live_1_abc"), "the key itself"),
    ],
)
def test_what_cannot_be_written_is_1(
    run: Run, roster: WriteRoster, arguments: tuple[str, ...], said: str
) -> None:
    roster("Cod,Nume\n1,Ana\n")
    code, _, err = run(*arguments, "--yes")
    assert code == 1
    assert said in err
    assert "rtx_live_1_abc" not in err
    assert not Path("rentix.toml").exists()


def test_a_file_that_is_there_is_kept(run: Run, roster: WriteRoster) -> None:
    path = roster("Cod,Nume\n1,Ana\n")
    Path("rentix.toml").write_text("mine", encoding="utf-8")
    code, _, err = run("--source", path, "--url", URL, "--yes")
    assert (code, Path("rentix.toml").read_text("utf-8")) == (1, "mine")
    assert "--force" in err
    assert run("--source", path, "--url", URL, "--yes", "--force")[0] == 0
    assert read_config(Path("rentix.toml")).mapping.columns is not None
    assert sorted(each.name for each in Path().iterdir()) == ["rentix.toml", "roster.csv"]


@pytest.mark.slow
def test_on_a_terminal_it_asks(roster: WriteRoster, tmp_path: Path) -> None:
    roster("Agent;Telefon\nAna;069123456\n")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "rentix", "init", "--url", URL]
    environment = os.environ | {"TERM": "dumb", "COLUMNS": "200"}
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs, env=environment
    ) as process:
        os.close(theirs)
        for question, answer in (
            (b"Where is the roster", b"roster.csv\n"),
            (b"Which column is the agent's id", b"Agent\n"),
            (b"Write it down?", b"y\n"),
        ):
            said = b""
            while question not in said:
                said += os.read(ours, 4096)
            os.write(ours, answer)
        said = b""
        while b"rentix plan" not in said:
            said += os.read(ours, 4096)
    os.close(ours)
    assert process.returncode == 0
    columns = read_config(tmp_path / "rentix.toml").mapping.columns
    assert columns == {"externalId": "Agent", "name": "Agent", "phone": "Telefon"}


@pytest.mark.slow
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.lists(
        st.sampled_from(["id", "Nume", "Prenume", "Telefon", "Foto", "Статус", "bio"])
        | st.text(max_size=8),
        min_size=2,
        max_size=8,
        unique_by=lambda name: name.strip(),
    ),
    cell=st.text("aя\"'\\{}1\n", max_size=5),
)
def test_what_it_writes_can_be_read(tmp_path: Path, header: list[str], cell: str) -> None:
    path = tmp_path / "any.jsonl"
    line = json.dumps({name: f"{cell}{n}" for n, name in enumerate(header)})
    path.write_text(f"{line}\n", encoding="utf-8")
    try:
        source = open_source(path)
        proposal = propose(source)
    except SetupError:
        return
    config_path = tmp_path / "rentix.toml"
    config_path.write_text(write_config((URL, "KEY"), "any.jsonl", proposal), "utf-8")
    config = read_config(config_path)
    if proposal.has_id:
        lay_over(config.mapping, source)


REAL: dict[str, tuple[str, dict[str, Any]]] = {
    "translators": (
        "rosters/ro_translators/roster_A_masked.csv",
        {"externalId": "Numar autorizatie", "name": "Nume si prenume", "phone": "Telefon"},
    ),
    "congress": (
        "rosters/us_congress/roster.jsonl",
        {
            "externalId": "externalId",
            "name": "name",
            "phone": "phone",
            "instagram": "social.instagram",
            "youtube": "social.youtube",
        },
    ),
    "brokerages": (
        "rosters/il_brokerages/real_estate_brokerage.csv",
        {"externalId": "license_number", "name": "name"},
    ),
    "salesforce": (
        "crm_payloads/salesforce_dreamhouse/brokers-data.json",
        {"name": "Name", "phone": "Mobile_Phone__c", "avatar": "Picture__c"},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_real_rosters_are_understood(test_data: Path, tmp_path: Path, name: str) -> None:
    file, expected = REAL[name]
    source = open_source(test_data / file)
    proposal = propose(source)
    assert proposal.columns == expected
    if proposal.has_id:
        path = tmp_path / "rentix.toml"
        path.write_text(write_config((URL, "KEY"), file, proposal), "utf-8")
        field_map = lay_over(read_config(path).mapping, source)
        rows = [field_map.read(row) for row in source.rows() if isinstance(row, Row)]
        assert sum(isinstance(row, Record) for row in rows) > 0.99 * len(rows)
