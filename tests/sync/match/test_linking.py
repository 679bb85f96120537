"""`match --apply` links what was accepted and nothing else; `--undo` takes exactly that back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from rentix.client import ConnectionFailed
from rentix.sync.apply import Journal
from rentix.sync.match.sheet import COLUMNS
from tests.service import Tenant
from tests.sync.match.conftest import ANA, ANDREI, ION, Office


@pytest.fixture
def users(office: Office) -> tuple[int, int]:
    """Register Andrei, who is certain, and Ion, who is to be decided about."""
    andrei = office.tenant.register("Andrei Ceban", ANDREI)
    ion = office.tenant.register("Ion Popa", ION)
    office.roster(("c1", "Andrei Ceban", ANDREI), ("c2", "Ion Popa", ANA))
    office.match()
    return andrei, ion


def yes(_: dict[str, str]) -> str:
    return "DA"


def altered(**cells: str) -> Callable[[dict[str, str]], str]:
    """Accept every pair, with some cells changed."""

    def decide(row: dict[str, str]) -> str:
        row.update(cells)
        return "yes"

    return decide


def test_only_what_is_accepted_is_linked(office: Office, users: tuple[int, int]) -> None:
    code, said, _ = office.run("--apply", office.matches)
    assert (code, said) == (0, {"linked": 1, "before": 0, "notDone": []})
    assert [office.link_of(user_id) for user_id in users] == ["c1", None]


def test_a_person_may_say_yes_and_no_in_a_spreadsheet(
    office: Office, users: tuple[int, int]
) -> None:
    office.review(lambda row: "nu" if row["externalId"] == "c1" else "1")
    assert office.run("--apply", office.matches)[0] == 0
    assert [office.link_of(user_id) for user_id in users] == [None, "c2"]


@pytest.mark.slow
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheet_may_part_the_cells_by_what_its_language_says(
    office: Office, users: tuple[int, int], delimiter: str
) -> None:
    office.review(yes, delimiter)
    assert office.run("--apply", office.matches)[1]["linked"] == 2
    assert [office.link_of(user_id) for user_id in users] == ["c1", "c2"]
    assert office.run("--undo", office.matches)[1]["unlinked"] == 2


@pytest.mark.slow
def test_a_workbook_is_written_decided_in_applied_and_undone(office: Office) -> None:
    users = [
        office.tenant.register(f"Ion & <Popa> {x}", f"+37369{n:06}") for n, x in enumerate("AB")
    ]
    office.roster(("007", "Ion & <Popa> A", "+37369000000"), ("=2", "Ion & <Popa> B", ""))
    path = office.folder / "matches.xlsx"
    assert office.run("-o", path)[0] == 0
    assert path.stat().st_mode & 0o077 == 0
    book = openpyxl.load_workbook(path)
    header, certain, doubtful, *_ = book.worksheets[0].iter_rows()
    assert [cell.value for cell in header][:5] == list(COLUMNS[:5])
    assert [cell.value for cell in certain][4:7] == ["007", "Ion & <Popa> A", "+373 690 00 000"]
    assert (certain[8].value, certain[8].data_type) == (users[0], "n")
    assert (doubtful[4].value, doubtful[4].data_type) == ("=2", "s"), "it is no formula"
    assert office.run("--apply", path)[1]["linked"] == 1, "as it was written"
    for row in book.worksheets[0].iter_rows(min_row=3):
        row[0].value = "yes" if row[8].value == users[1] else "no"
    book.save(path)
    assert office.run("--apply", path)[1] == {"linked": 1, "before": 1, "notDone": []}
    assert [office.link_of(user_id) for user_id in users] == ["007", "=2"]
    assert office.run("--undo", path)[1]["unlinked"] == 2


def test_the_file_may_come_back_as_a_workbook(office: Office, users: tuple[int, int]) -> None:
    book = openpyxl.Workbook()
    rows = office.pairs()
    book.worksheets[0].append(list(rows[0]))
    for row in rows:  # a number is a number there
        book.worksheets[0].append(list((row | {"userId": int(row["userId"])}).values()))
    book.save(office.folder / "matches.xlsx")
    assert office.run("--apply", office.folder / "matches.xlsx")[1]["linked"] == 1
    assert office.link_of(users[0]) == "c1"


def test_applying_again_changes_nothing(office: Office, users: tuple[int, int]) -> None:
    office.run("--apply", office.matches)
    before = len(office.tenant.changes())
    code, said, _ = office.run("--apply", office.matches)
    assert (code, said) == (0, {"linked": 0, "before": 1, "notDone": []})
    assert len(office.tenant.changes()) == before


def test_undo_takes_back_all_that_the_file_linked(office: Office, users: tuple[int, int]) -> None:
    office.run("--apply", office.matches)
    office.review(yes)
    office.run("--apply", office.matches)
    assert [office.link_of(user_id) for user_id in users] == ["c1", "c2"]
    code, said, _ = office.run("--undo", office.matches)
    assert (code, said["unlinked"]) == (0, 2)
    assert [office.link_of(user_id) for user_id in users] == [None, None]
    assert not Path(f"{office.matches}.links").exists(), "there is nothing more to undo"
    assert office.run("--undo", office.matches)[1]["unlinked"] == 0
    assert not Path(f"{office.matches}.links").exists()


def test_a_file_that_is_not_there_cannot_be_undone(office: Office, users: tuple[int, int]) -> None:
    there = sorted(office.folder.iterdir())
    code, _, said = office.run("--undo", office.folder / "nothere.csv")
    assert (code, "nothere.csv" in said) == (1, True)
    assert sorted(office.folder.iterdir()) == there


def test_undo_needs_what_was_linked_and_not_the_file(
    office: Office, users: tuple[int, int]
) -> None:
    office.run("--apply", office.matches)
    office.matches.unlink()
    assert office.run("--undo", office.matches)[1]["unlinked"] == 1


def test_undo_leaves_links_that_were_there_before(office: Office, users: tuple[int, int]) -> None:
    office.tenant.http.post(f"/users/{users[0]}/link", json={"externalId": "c1"})
    office.run("--apply", office.matches)
    assert office.run("--undo", office.matches)[1]["unlinked"] == 0
    assert office.link_of(users[0]) == "c1"


def test_undo_leaves_a_link_that_is_another_now(office: Office, users: tuple[int, int]) -> None:
    office.run("--apply", office.matches)
    office.tenant.http.delete(f"/users/{users[0]}/link")
    office.tenant.http.post(f"/users/{users[0]}/link", json={"externalId": "other"})
    code, said, _ = office.run("--undo", office.matches)
    assert (code, said["unlinked"]) == (4, 0)
    assert "linked to other now" in said["notDone"][0]
    assert office.link_of(users[0]) == "other"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("decide", "complaint"),
    [
        (lambda row: "maybe" if row["externalId"] == "c1" else "", "accept is 'maybe'"),
        (altered(externalId=""), "is missing"),
        (altered(userId="1"), "user 1 is accepted twice"),
        (altered(externalId="c1"), "c1 is accepted twice"),
    ],
)
def test_a_file_with_a_slip_links_nobody(
    office: Office,
    users: tuple[int, int],
    decide: Callable[[dict[str, str]], str],
    complaint: str,
) -> None:
    office.review(decide)
    code, _, said = office.run("--apply", office.matches)
    assert code == 1
    assert complaint in said
    assert [office.link_of(user_id) for user_id in users] == [None, None]


def test_what_has_changed_since_is_left_and_named(office: Office, users: tuple[int, int]) -> None:
    office.review(yes)
    office.tenant.http.post(f"/users/{users[0]}/link", json={"externalId": "other"})
    office.tenant.put(id=users[1], name="Vera Lungu")
    code, said, _ = office.run("--apply", office.matches)
    assert (code, said["linked"]) == (4, 0)
    taken, renamed = said["notDone"]
    assert "linked to other" in taken
    assert "is called Vera Lungu now" in renamed


def test_an_id_that_a_spreadsheet_mangled_is_not_linked(
    office: Office, users: tuple[int, int]
) -> None:
    mangled = altered(externalId="00")
    office.review(lambda row: mangled(row) if row["externalId"] == "c1" else "")
    code, said, _ = office.run("--apply", office.matches)
    assert (code, said["linked"]) == (4, 0)
    assert "a spreadsheet may have changed it" in said["notDone"][0]


def test_an_id_that_a_spreadsheet_made_anothers_is_not_linked(
    office: Office, users: tuple[int, int]
) -> None:
    mangled = altered(externalId="c2")  # as 007 becomes 7
    office.review(lambda row: mangled(row) if row["externalId"] == "c1" else "")
    code, said, _ = office.run("--apply", office.matches)
    assert (code, said["linked"]) == (4, 0)
    assert "calls this agent Ion Popa and not Andrei Ceban" in said["notDone"][0]
    assert office.link_of(users[0]) is None


def test_links_are_undone_on_the_portal_that_they_are_of_and_nowhere_else(
    office: Office,
    users: tuple[int, int],
    new_tenant: Callable[..., Tenant],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office.run("--apply", office.matches)
    monkeypatch.setenv("OFFICE_KEY", new_tenant(name="Casa Alta").key)
    code, _, said = office.run("--undo", office.matches)
    assert code == 1
    assert "the key opens Casa Alta" in said
    monkeypatch.setenv("OFFICE_KEY", office.tenant.key)
    assert office.run("--undo", office.matches)[1]["unlinked"] == 1, "it is still known"


def test_a_run_whose_answer_was_lost_is_gone_on_with_and_can_be_undone(
    office: Office, users: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    note = Journal.note_answered

    def die(*_: object) -> None:
        raise ConnectionFailed("the line is cut", reached=True)

    monkeypatch.setattr(Journal, "note_answered", die)
    code, said, _ = office.run("--apply", office.matches)
    assert (code, said["linked"]) == (1, 0)
    assert office.link_of(users[0]) == "c1", "the portal has done it"
    monkeypatch.setattr(Journal, "note_answered", note)
    before = len(office.tenant.changes())
    code, said, _ = office.run("--apply", office.matches)
    assert (code, said) == (0, {"linked": 1, "before": 0, "notDone": []})
    assert len(office.tenant.changes()) == before
    assert office.run("--undo", office.matches)[1]["unlinked"] == 1
    assert office.link_of(users[0]) is None


def test_a_run_that_was_cut_off_too_long_ago_is_settled_by_what_the_portal_shows(
    office: Office, users: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise ConnectionFailed("the line is cut", reached=True)

    with monkeypatch.context() as cut:
        cut.setattr(Journal, "note_answered", die)
        office.run("--apply", office.matches)
    assert office.link_of(users[0]) == "c1", "the portal has done it"
    ledger = Path(f"{office.matches}.links")
    text, found = re.subn(r'"madeAt": "20\d\d', '"madeAt": "2001', ledger.read_text())
    assert found == 1
    ledger.write_text(text)
    assert office.run("--undo", office.matches)[1]["unlinked"] == 1
    assert office.link_of(users[0]) is None
