"""`rentix doctor`: each fault is found, by its own check, with the way out."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.service import Tenant
from tests.sync.between import line_to, other_service
from tests.sync.crm import HEAD, Crm

NO_PORTAL = "http://127.0.0.1:1"


def examine(crm: Crm) -> tuple[int, dict[str, tuple[str, str]]]:
    code, answer = crm.json("doctor")
    said = answer["checks"]
    return code, {each["check"]: (each["state"], each["message"]) for each in said}


@pytest.mark.slow
def test_when_all_is_well(crm: Crm) -> None:
    before = crm.tenant.changes()
    code, found = examine(crm)
    assert code == 0
    assert {state for state, _ in found.values()} == {"ok"}
    assert list(found) == [
        "configuration",
        "key",
        "address",
        "clock",
        "access",
        "scopes",
        "state",
        "other runs",
        "source",
        "columns",
        "rows",
    ]
    assert "Casa Test" in found["access"][1]
    assert crm.tenant.changes() == before
    assert "     ok  rows" in crm.run("doctor").stdout


@pytest.mark.slow
def test_a_configuration_with_a_fault_names_its_line(crm: Crm) -> None:
    crm.configure('[sync]\nabsent = "delete"\n')
    code, found = examine(crm)
    assert code == 1
    assert found["configuration"][0] == "failed"
    assert "line 6" in found["configuration"][1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "check", "said"),
    [
        ("", "key", "export RENTIX_API_KEY="),
        ("rtx_live_1_short", "key", "copy it again"),
        ("rtx_test_1_SandboxKeyPublishedForEveryone00_2a240610", "access", "a new key"),
    ],
)
def test_a_key_that_opens_nothing(crm: Crm, key: str, check: str, said: str) -> None:
    crm.environment["RENTIX_API_KEY"] = key
    code, found = examine(crm)
    assert code == 1
    assert found[check][0] == "failed"
    assert said in found[check][1]
    assert found["access"][0] == "failed"
    assert found["rows"][0] == "ok", "the source is looked at all the same"


@pytest.mark.slow
def test_a_scope_that_is_missing_is_named_with_the_command_that_adds_it(
    new_tenant: Callable[..., Tenant], tmp_path: Path
) -> None:
    crm = Crm(tmp_path, new_tenant(scopes=("agency:read", "users:read")))
    code, found = examine(crm)
    assert code == 1
    state, said = found["scopes"]
    assert state == "failed"
    assert "lacks users:write;" in said
    assert f"rentix key create {crm.tenant.agency_id} --scope agency:read users:read" in said


@pytest.mark.slow
def test_a_portal_that_does_not_answer(crm: Crm) -> None:
    crm.configure(url=NO_PORTAL)
    code, found = examine(crm)
    assert code == 1
    assert "does not answer" in found["address"][1]
    assert found["state"][0] == "warning"


@pytest.mark.slow
def test_a_redirect_names_the_address_to_write(crm: Crm) -> None:
    with other_service(301, Location="https://other.test/api/v1/agency") as url:
        crm.configure(url=url)
        state, said = examine(crm)[1]["address"]
    assert state == "failed"
    assert "https://other.test" in said


@pytest.mark.slow
def test_a_wrong_path_is_told_from_a_portal(crm: Crm) -> None:
    with other_service(404) as url:
        crm.configure(url=url)
        state, said = examine(crm)[1]["address"]
    assert state == "failed"
    assert "path too much" in said


@pytest.mark.slow
def test_a_portal_with_a_path_too_much(crm: Crm) -> None:
    crm.configure(url=f"{crm.tenant.service.url}/crm")
    assert examine(crm)[1]["address"][0] == "failed"


@pytest.mark.slow
def test_a_clock_that_is_off_is_a_warning(crm: Crm) -> None:
    with line_to(crm.tenant, date=formatdate(0, usegmt=True)) as line:
        crm.configure(url=line.url)
        code, found = examine(crm)
    assert code == 0
    assert found["clock"][0] == "warning"
    assert "ahead of the portal's" in found["clock"][1]


@pytest.mark.slow
def test_rows_are_counted_with_the_first_reasons(crm: Crm) -> None:
    crm.write(HEAD + "1,Ana,+37369000001\n,Ion,+37369000002\n3,Olga,12\n4,,+37369000004\n")
    state, said = examine(crm)[1]["rows"]
    assert state == "warning"
    assert "1 usable, 0 skipped, 2 incomplete, 0 refused, 1 unreadable" in said
    assert "line 3: externalId is empty" in said


@pytest.mark.slow
def test_a_source_that_is_not_there_and_columns_that_nobody_needs(crm: Crm) -> None:
    crm.write("externalId,name,phone,City\n1,Ana,+37369000001,x\n")
    assert "not used: City" in examine(crm)[1]["columns"][1]
    crm.roster.unlink()
    code, found = examine(crm)
    assert code == 1
    assert found["source"][0] == "failed"
