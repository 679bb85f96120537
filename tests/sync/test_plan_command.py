"""`rentix plan` from the shell's side: its exit codes, and what stops it."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest

from tests.sync.crm import Crm, rows

COLUMNS = '[columns]\nexternalId = "externalId"\nname = "name"\nphone = "phone"\n'
NOTHING_PLANNED = dict.fromkeys(
    ("create", "update", "link", "unlink", "deactivate", "conflict", "skip", "unchanged"), 0
)


@pytest.mark.slow
def test_whether_there_is_something_to_apply_is_told_from_wrong_usage(crm: Crm) -> None:
    assert crm.run("plan").returncode == 0
    assert crm.run("plan", "--detailed-exitcode").returncode == 2
    assert crm.run("plan", "--detailed-exitcode", "--outptu", "p").returncode == 1
    assert crm.run("plan", "--detailed-exitcode", "surplus").returncode == 1
    assert crm.run("sync").returncode == 0
    assert crm.run("plan", "--detailed-exitcode").returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "content", "limit"),
    [("none.csv", "", "empty"), ("cut.json", '[{"externalId": "a1"', "half_read")],
)
def test_a_source_without_agents_or_an_end_stops_it_and_says_which_limit(
    crm: Crm, name: str, content: str, limit: str
) -> None:
    crm.run("sync")
    before = crm.tenant.changes()
    crm.configure(COLUMNS + '[sync]\nabsent = "deactivate"\n', file=name)
    (crm.folder / name).write_text(content, encoding="utf-8")

    code, said = crm.json("plan", "-o", "p.json")
    assert (code, [each["limit"] for each in said["limits"]]) == (3, [limit])
    assert (said["digest"], said["summary"]) == (None, NOTHING_PLANNED)
    assert name in said["limits"][0]["message"]
    assert not (crm.folder / "p.json").exists()

    code, said = crm.json("sync")
    assert (code, said["end"], said["limits"][0]["limit"]) == (3, "limited", limit)
    assert crm.tenant.changes() == before


@pytest.mark.slow
@pytest.mark.parametrize("words", [("plan",), ("apply", "p.json"), ("status",), ("sync",)])
def test_a_failure_is_one_object_too(crm: Crm, words: tuple[str, ...]) -> None:
    crm.run("plan", "-o", "p.json")
    crm.environment["RENTIX_API_KEY"] = ""
    code, said = crm.json(*words)
    assert (code, list(said)) == (1, ["error"])
    assert "RENTIX_API_KEY holds no API key" in said["error"]["message"]


@pytest.mark.slow
def test_a_refusal_says_under_which_id_the_portal_logged_it(crm: Crm) -> None:
    crm.run("plan", "-o", "p.json")
    crm.environment["RENTIX_API_KEY"] = f"{crm.tenant.key[:-8]}00000000"
    for words in (("plan",), ("apply", "p.json"), ("status",), ("export",)):
        done = crm.run(*words)
        assert done.returncode == 1
        assert "the service refused: 401 Invalid API key (request " in done.stderr


@pytest.mark.slow
def test_where_all_of_it_is_shown_is_said_to_who_has_not_asked_for_it(crm: Crm) -> None:
    said = crm.run("plan", "--json").stderr
    assert "… and 3 more to create; --html or -o shows them all" in said
    for option, file in (("-o", "p.json"), ("--html", "p.html")):
        said = crm.run("plan", "--json", option, file).stderr
        assert "… and 3 more to create\n" in said


@pytest.mark.slow
def test_a_sync_sends_nobody_to_options_that_it_lacks(crm: Crm) -> None:
    crm.write(rows(*range(201)))
    assert "… and 1 more to create\n" in crm.run("sync").stdout


@pytest.mark.slow
def test_a_conflict_is_told_in_every_form_and_never_applied(crm: Crm) -> None:
    for _ in range(2):
        crm.tenant.register("Agent b", "+37369000001")
    crm.write(rows(1))
    before = crm.tenant.changes()
    out = crm.run("plan", "-o", "p.json", "--html", "p.html").stdout
    assert "! conflict Agent b (a1)\n    line 2: user " in out
    page = unescape((crm.folder / "p.html").read_text("utf-8"))
    [item] = json.loads((crm.folder / "p.json").read_bytes())["items"]
    for said in (out, page, item["reason"]):
        assert 'put "a1" into [sync] new' in said
    assert crm.json("plan")[1]["summary"] == NOTHING_PLANNED | {"conflict": 1}
    assert crm.run("apply", "p.json").returncode == 0
    assert crm.tenant.changes() == before
    crm.configure(COLUMNS + '[sync]\nnew = ["a1"]\n')
    assert crm.json("plan")[1]["summary"] == NOTHING_PLANNED | {"create": 1}


@pytest.mark.slow
def test_a_limit_counts_in_good_words(crm: Crm) -> None:
    crm.write(rows(1) + "broken,row\n")
    assert "1 row of the source cannot be read; at most 0 may" in crm.run("plan").stdout


@pytest.mark.slow
def test_the_doctor_says_all_in_one_object(crm: Crm) -> None:
    code, said = crm.json("doctor")
    assert (code, list(said)) == (0, ["checks"])
    assert {check["state"] for check in said["checks"]} <= {"ok", "warning"}


@pytest.mark.slow
def test_a_file_that_is_not_there(crm: Crm, tmp_path: Path) -> None:
    url = crm.tenant.service.url
    code, said = crm.json("sync", tmp_path / "none.csv", "--url", url)
    assert code == 2
    assert "there is no file" in said["error"]["message"]
    code, said = crm.json("sync", tmp_path / "agents.csv")
    assert (code, "--url is needed" in said["error"]["message"]) == (2, True)
