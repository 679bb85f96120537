"""`rentix match`: what a person gets to review, and what stays out of it."""

from __future__ import annotations

import pytest

from tests.sync.match.conftest import ANA, ANDREI, ION, Office


def test_pairs_and_their_reasons(office: Office) -> None:
    andrei = office.tenant.register("Андрей Чебан", ANDREI)
    ion = office.tenant.register("Ion Popa", ION)
    office.tenant.create("c9", name="Ana Rusu", phone=ANA)
    office.roster(
        ("c1", "Ceban Andrei", "069 123 456"),
        ("c2", "Popa Ion", "022 212 121"),
        ("c3", "Vera Lungu", "068 999 888"),
        ("c9", "Ana Rusu", ANA),
    )
    first, second = office.match()
    assert (first["accept"], first["verdict"], first["score"]) == ("yes", "auto", "100")
    assert (first["externalId"], first["userId"]) == ("c1", str(andrei))
    assert first["crmEmail"] == "c1@casa.example"
    assert (second["accept"], second["verdict"]) == ("", "review")
    assert (second["externalId"], second["userId"]) == ("c2", str(ion))
    assert "a namesake, maybe" in second["reasons"]
    _, said, _ = office.run("-o", office.matches, "--force")
    assert said["summary"] == {
        "auto": 1, "review": 1, "none": 1, "linked": 1, "unreadRows": 0, "unlinkedUsers": 2,
    }  # fmt: skip


def test_a_user_who_is_linked_or_has_left_is_no_candidate(office: Office) -> None:
    office.tenant.create("old", name="Andrei Ceban", phone=ANDREI)
    left = office.tenant.register("Ion Popa", ION)
    office.tenant.http.post(f"/users/{left}/deactivate", json={})
    office.roster(("c1", "Andrei Ceban", ANDREI), ("c2", "Ion Popa", ION))
    assert office.match() == []


def test_a_number_that_a_linked_user_has_too_is_nobodys_own(office: Office) -> None:
    office.tenant.create("c9", name="Ana Rusu", phone=ANDREI)
    office.tenant.register("Andrei Ceban", ANDREI)
    office.roster(("c1", "Andrei Ceban", ANDREI), ("c9", "Ana Rusu", ""))
    assert [row["verdict"] for row in office.match()] == ["review"]


def test_a_number_of_an_agent_who_is_linked_counts_as_well(office: Office) -> None:
    office.tenant.create("c9", name="Ana Rusu", phone=ANA)
    office.tenant.register("Andrei Ceban", ANDREI)
    office.roster(("c1", "Andrei Ceban", ANDREI), ("c9", "Ana Rusu", f"{ANA}, {ANDREI}"))
    assert [row["verdict"] for row in office.match()] == ["review"]


def test_a_number_of_a_row_that_a_rule_skips_counts_as_well(office: Office) -> None:
    office.tenant.register("Andrei Ceban", ANDREI)
    config = office.folder / "rentix.toml"
    config.write_text(config.read_text("utf-8") + '[[skip]]\ncolumn = "id"\nequals = "c2"\n')
    office.roster(("c1", "Andrei Ceban", ANDREI), ("c2", "Vera Lungu", "069 123 456"))
    (pair,) = office.match()
    assert (pair["externalId"], pair["verdict"]) == ("c1", "review")
    assert "2 agents of the CRM have it" in pair["reasons"]


def test_the_file_opens_in_columns_where_a_comma_is_in_the_midst_of_numbers(
    office: Office,
) -> None:
    office.tenant.register("Ștefan Чебан", ANDREI)
    office.roster(("c1", "Ștefan Чебан", ANDREI))
    office.match()
    header, line = office.matches.read_bytes().splitlines()
    assert header.startswith(b"\xef\xbb\xbfaccept;verdict;"), "a mark, and semicolons"
    assert line.startswith(b"yes;auto;100;")


def test_no_cell_is_a_formula(office: Office) -> None:
    office.tenant.register("Andrei Ceban;=1+1,=2,'3;", ANDREI)
    office.roster(("=1+1", "Andrei Ceban;=1+1,=2,'3;", ANDREI))
    (pair,) = office.match()
    assert pair["externalId"] == "'=1+1"
    assert pair["portalName"] == pair["crmName"] == "Andrei Ceban;'=1+1,'=2,''3;"
    assert pair["portalPhone"].startswith("'+373")
    code, said, _ = office.run("--apply", office.matches)
    assert (code, said["linked"]) == (0, 1)
    assert office.tenant.get("/users/external/=1%2B1").status_code == 200


def test_the_page_escapes_what_it_shows(office: Office) -> None:
    office.tenant.register("Ion <b>Popa", ION)
    office.roster(("c1", "Ion <b>Popa", ION))
    page = office.folder / "pairs.html"
    office.match("--html", page)
    text = page.read_text("utf-8")
    assert text.startswith("<!doctype html>")
    assert f"<title>Pairs for {office.tenant.get('/agency').json()['name']}</title>" in text
    assert "Ion &lt;b&gt;Popa" in text
    assert "<b>Popa" not in text
    assert "http" not in text.replace("http-equiv", "")


def test_a_reviewed_file_is_not_written_over(office: Office) -> None:
    office.roster(("c1", "Ion Popa", ION))
    office.match()
    before = office.matches.read_bytes()
    code, _, said = office.run("-o", office.matches)
    assert code == 1
    assert "--force" in said
    assert office.matches.read_bytes() == before


def test_a_file_that_is_there_is_refused_before_anything_is_read(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.matches.write_text("decisions", "utf-8")
    monkeypatch.delenv("OFFICE_KEY")  # without a key nothing could be read
    code, _, said = office.run("-o", office.matches)
    assert (code, "is there already" in said) == (1, True)
    assert "OFFICE_KEY" in office.run("-o", office.matches, "--force")[2]
    assert office.matches.read_text("utf-8") == "decisions"


def test_the_portals_own_id_in_the_source_decides(office: Office) -> None:
    users = [office.tenant.register("Ion Popa", ION), office.tenant.register("Ion Popa", ANA)]
    config = office.folder / "rentix.toml"
    config.write_text(config.read_text("utf-8").replace('name = "name"', 'userId = "name"'))
    office.roster(("c1", str(users[1]), ""), ("c2", "99999999", ""))
    (pair,) = office.match()
    assert (pair["verdict"], pair["userId"]) == ("auto", str(users[1]))


def test_who_is_said_to_be_new_is_nobody_on_the_portal(office: Office) -> None:
    office.tenant.register("Ion Popa", ION)
    config = office.folder / "rentix.toml"
    config.write_text(config.read_text("utf-8") + '[sync]\nnew = ["c1"]\n')
    office.roster(("c1", "Ion Popa", ION))
    assert office.match() == []


def test_an_unknown_column_of_e_mails_is_refused(office: Office) -> None:
    config = office.folder / "rentix.toml"
    config.write_text(config.read_text("utf-8").replace('"mail"', '"maill"'))
    office.roster(("c1", "Ion Popa", ION))
    code, _, said = office.run("-o", office.matches)
    assert code == 1
    assert "did you mean 'mail'" in said


def test_options_that_do_not_go_together_are_refused(office: Office) -> None:
    for options in (("--html", office.matches), ("--force", "--apply", office.matches)):
        code, _, said = office.run("-o", office.matches, *options)
        assert (code, "--html and --" in said) == (1, True)
    assert not office.matches.exists()
