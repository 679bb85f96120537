"""JSON Lines: every line comes out, as a row or as a rejection."""

from __future__ import annotations

import pytest

from rentix.client import SetupError
from rentix.sync.records import Rejection, Row
from rentix.sync.sources import open_source
from tests.sync.conftest import WriteRoster


def test_columns_are_the_paths_of_all_lines(roster: WriteRoster) -> None:
    text = '\ufeff{"id": 1}\n\n{"id": 2, "social": {"youtube": "x"}, "a.b": 1}\n'
    source = open_source(roster(text, "r.jsonl"))
    assert source.columns == ("id", "social", "social.youtube", "a.b")
    assert [row.line for row in source.rows()] == [1, 3]


@pytest.mark.parametrize(
    "line",
    [b"{", b"[1]", b'"x"', b"{'a': 1}", b'{"a": NaN}', b'{"a": "\xff"}', b'{"a":' * 10_000],
)
def test_a_line_that_is_no_object_is_rejected(roster: WriteRoster, line: bytes) -> None:
    source = open_source(roster(b'{"id": 1}\n' + line + b'\n{"id": 2}', "r.jsonl"))
    first, broken, last = source.rows()
    assert isinstance(first, Row)
    assert isinstance(last, Row)
    assert isinstance(broken, Rejection)
    assert (broken.line, broken.code) == (2, "row_broken")


def test_a_file_without_objects_is_refused(roster: WriteRoster) -> None:
    with pytest.raises(SetupError, match="no JSON object"):
        open_source(roster("id,name\n1,Ana\n", "r.jsonl"))
