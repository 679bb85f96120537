"""JSON documents as CRMs answer with: where the agents are in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rentix.client import SetupError
from rentix.sync.config import read_map
from rentix.sync.mapping import lay_over
from rentix.sync.records import Record, Rejection, Row
from rentix.sync.sources import Layout, open_source
from tests.sync.conftest import WriteRoster


@pytest.mark.parametrize(
    ("document", "form"),
    [
        ('[{"id": 1}]', "JSON"),
        ('\ufeff {"total": 1, "tags": ["x"], "result": [{"id": 1}]}', "JSON, result"),
        ('{"data": {"agents": [ {"id": 1} ]}}', "JSON, data.agents"),
        ('{"a": {"b.c": [{}], "b": {"c": {"d": [{"id": 1}]}}}}', "JSON, a.b.c.d"),
        ('{"crm.agents": [{"id": 1}]}', "JSON"),
    ],
)
def test_the_agents_are_found(roster: WriteRoster, document: str, form: str) -> None:
    source = open_source(roster(document, "a.json"))
    assert (source.form, source.columns, source.lines) == (form, ("id",), 1)


def test_of_several_arrays_one_must_be_named(roster: WriteRoster) -> None:
    path = roster('{"a": [{"x": 1}], "b": {"c": [{"id": 1}, 5, {"id": 2}]}}', "a.json")
    with pytest.raises(SetupError, match=r'items = "a"\. There are: a, b\.c'):
        open_source(path)
    first, broken, last = open_source(path, layout=Layout(items="b.c")).rows()
    assert isinstance(first, Row)
    assert isinstance(broken, Rejection)
    assert (last.line, broken.code) == (3, "row_broken")
    with pytest.raises(SetupError, match=r"nothing at 'b\.d'; it has: c"):
        open_source(path, layout=Layout(items="b.d"))


@pytest.mark.parametrize(
    ("document", "said"),
    [('{"a": 1}', "no array of objects"), ("[1,]", "not a JSON document"), ('"x"', "not a JSON")],
)
def test_what_holds_no_agents(roster: WriteRoster, document: str, said: str) -> None:
    with pytest.raises(SetupError, match=said):
        open_source(roster(document, "a.json"), form="json")


def test_the_form_is_told_by_the_content(roster: WriteRoster) -> None:
    assert open_source(roster('{"id": 1}\n{"id": 2}\n', "a.json")).form == "JSON Lines"
    assert open_source(roster('[{"id": 1}]', "export")).form == "JSON"
    with pytest.raises(SetupError, match="is a web page"):
        open_source(roster("\n<!DOCTYPE html><html>", "a.csv"))


def test_places_in_lists_can_be_named(roster: WriteRoster) -> None:
    path = roster('[{"id": 5.0, "phones": [{"v": 69123456.0}]}, {"id": 6, "phones": []}]', "a.json")
    map_path = roster('[columns]\nexternalId = "id"\nphone = "phones.0.v"\n', "rentix.toml")
    source = open_source(path)
    field_map = lay_over(read_map(map_path)[0], source)
    found = [field_map.read(row) for row in source.rows() if isinstance(row, Row)]
    fields = [record.fields() for record in found if isinstance(record, Record)]
    assert fields == [{"externalId": "5", "phone": "69123456"}, {"externalId": "6"}]


@pytest.mark.parametrize("name", ["user-get.0", "user-search.0", "crm-contact-list.0"])
def test_answers_of_a_real_crm(test_data: Path, name: str) -> None:
    source = open_source(test_data / "crm_payloads" / "bitrix24" / f"{name}.json")
    assert source.form == "JSON, result"
    assert "LAST_NAME" in source.columns


def test_an_error_of_a_real_crm_is_no_roster(test_data: Path) -> None:
    with pytest.raises(SetupError, match="no array of objects"):
        open_source(test_data / "crm_payloads" / "bitrix24" / "crm-contact-list.1.json")
