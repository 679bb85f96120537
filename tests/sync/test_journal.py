"""The journal of an application: what a crash leaves of it, and whose it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rentix.client import SetupError
from rentix.sync.apply import Ending, Journal

DONE = (Ending(0, "applied", etag="7", user_id=1),)


def test_a_line_cut_short_is_forgotten_and_the_next_ones_are_read(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, "plan") as journal:
        journal.note_sent("one", "now")
        journal.note_answered("one", DONE)
        journal.note_sent("two", "now")
    os.truncate(path, path.stat().st_size - 5)
    with Journal(path, "plan") as journal:
        assert journal.sent == {"one"}
        journal.note_sent("three", "now")
        journal.note_answered("three", DONE)
    with Journal(path, "plan") as journal:
        assert journal.answered("one") == journal.answered("three") == DONE
        assert journal.answered("two") is None


@pytest.mark.parametrize("left", [b"", b"\0" * 300, b'{"plan":"pla', b"no journal\n", b"[1]\n"])
def test_what_is_no_journal_is_begun_anew(tmp_path: Path, left: bytes) -> None:
    path = tmp_path / "journal"
    path.write_bytes(left)
    with Journal(path, "plan") as journal:
        journal.note_answered("one", DONE)
    with Journal(path, "plan") as journal:
        assert journal.answered("one") == DONE


def test_another_plans_journal_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    with Journal(path, "last week's") as journal:
        journal.note_answered("one", DONE)
    with Journal(path, "today's") as journal:
        assert journal.answered("one") is None


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal", "plan"):
        assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o600


def test_a_journal_that_cannot_be_written_is_a_fault_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"cannot write the journal .*nowhere/journal: No such"):
        Journal(tmp_path / "nowhere" / "journal", "plan")
