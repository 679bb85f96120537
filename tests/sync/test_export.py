"""`rentix export`: what it writes is read back without a change being found."""

from __future__ import annotations

import csv
import json
from typing import Any

import pytest

from tests.sync.crm import Crm


@pytest.fixture
def people(crm: Crm) -> Crm:
    """Fill the portal with agents who have all that an agent can have, and odd texts."""
    put = crm.tenant.create
    put("1", phone="+37369000001", description={"ro": "Bună", "ru": "Привет", "en": "-5 %"})
    put("2", name="=1+1 Ana", phone="+37369000002", description="@home\nsau, la „birou”;")
    put("3", phone="+37322123456", instagram="ana.rusu", avatar={"url": "https://h.test/a.jpg"})
    put("4", phone="+40722123456", settings={"contact_viber": False}, youtube="@anarusu")
    crm.tenant.register()
    crm.tenant.http.post(f"/users/{put('left', phone='+37369000005')}/deactivate", json={})
    return crm


@pytest.mark.slow
@pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
def test_it_is_read_back_without_a_change(people: Crm, name: str) -> None:
    assert people.run("export", "--linked", "-o", name).returncode == 0
    people.configure('[sync]\nabsent = "deactivate"\nempty = "clear"\n', file=name)
    code, said = people.json("plan", "--detailed-exitcode")
    assert code == 0
    assert said["summary"].pop("unchanged") == 4
    assert not any(said["summary"].values())
    before = people.tenant.changes()
    assert people.run("sync", name, "--url", people.tenant.service.url).returncode == 0
    assert people.tenant.changes() == before


@pytest.mark.slow
def test_csv_opens_in_a_spreadsheet_and_nothing_in_it_is_a_formula(people: Crm) -> None:
    text = people.run("export", "--linked").stdout
    assert text.startswith("\ufeffexternalId,userId,name,phone,status,")
    rows = list(csv.DictReader(text.removeprefix("\ufeff").splitlines(keepends=True)))
    assert [row["externalId"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[2]["avatar"] == "https://h.test/a.jpg"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


@pytest.mark.slow
def test_an_id_like_a_formula_is_kept_and_told_of(crm: Crm) -> None:
    crm.tenant.create("=x")
    done = crm.run("export")
    assert "\r\n=x," in done.stdout or "\n=x," in done.stdout
    assert "'=x'" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "names"),
    [
        ((), {"1", "2", "3", "4", None}),
        (("--linked",), {"1", "2", "3", "4"}),
        (("--unlinked",), {None}),
        (("--inactive",), {"1", "2", "3", "4", None, "left"}),
    ],
)
def test_who_is_in_it(people: Crm, words: tuple[str, ...], names: set[str | None]) -> None:
    lines = people.run("export", "--form", "jsonl", *words).stdout.splitlines()
    users: list[dict[str, Any]] = [json.loads(line) for line in lines]
    assert {user.get("externalId") for user in users} == names


@pytest.mark.slow
def test_an_unlinked_agent_is_linked_by_an_id_beside_theirs(crm: Crm) -> None:
    user_id = crm.tenant.register()
    crm.run("export", "--unlinked", "-o", "agents.csv")
    text = crm.roster.read_text("utf-8-sig").replace(f"\n,{user_id},", f"\nnew-1,{user_id},")
    crm.write(text)
    assert crm.json("sync")[1]["planned"]["link"] == 1
    [agent] = crm.agents()
    assert (agent["id"], agent["externalId"]) == (user_id, "new-1")


@pytest.mark.slow
def test_what_cannot_be_written_is_1_and_leaves_nothing(people: Crm) -> None:
    done = people.run("export", "-o", "none/out.csv")
    assert done.returncode == 1
    assert "cannot write" in done.stderr
