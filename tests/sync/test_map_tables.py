"""Templates, value maps, rows to skip, the portal's own ids, and what an empty cell does."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from rentix.client import Rentix
from rentix.sync.config import read_map
from rentix.sync.engine import Sync
from rentix.sync.mapping import lay_over
from rentix.sync.records import Record, Rejection, Row, Skipped
from rentix.sync.run import open_roster
from rentix.sync.sources import open_source
from tests.client.fake_portal import KEY, FakePortal
from tests.sync.conftest import WriteRoster

Read = Record | Rejection | Skipped


def read(
    roster: WriteRoster,
    content: str,
    text: str,
    empty: Literal["keep", "clear"] = "keep",
    name: str = "r.csv",
) -> list[Read]:
    source = open_source(roster(content, name))
    if "externalId" not in text:
        text = f'[columns]\nexternalId = "id"\n{text}'
    field_map = lay_over(read_map(roster(text, "rentix.toml"))[0], source, empty)
    return [field_map.read(row) for row in source.rows() if isinstance(row, Row)]


def fields(found: list[Read]) -> list[dict[str, Any]]:
    assert all(isinstance(each, Record) for each in found)
    return [
        {k: v for k, v in record.fields().items() if k != "externalId"}
        for record in found
        if isinstance(record, Record)
    ]


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ("Ursu,Ana,Ion", "Ana Ion Ursu"),
        ("Ursu, Ana ,", "Ana Ursu"),
        (",Ana,", "Ana"),
        (",,", None),
        (" , ,", None),
    ],
)
def test_a_name_is_made_of_its_parts(roster: WriteRoster, cells: str, name: str | None) -> None:
    text = '[templates]\nname = "{Prenume} {Tata} {Nume}"'
    found = read(roster, f"id,Nume,Prenume,Tata\n1,{cells}\n", text)
    assert fields(found) == [{"name": name} if name else {}]


def test_an_address_with_a_hole_is_none(roster: WriteRoster) -> None:
    text = '[templates]\navatar = "https://img.example/{id}/{file}?x={{1}}"'
    assert fields(read(roster, "id,file\n1,a.jpg\n2,\n", text)) == [
        {"avatar": {"url": "https://img.example/1/a.jpg?x={1}"}},
        {},
    ]


def test_an_external_id_may_be_made_of_two_columns(roster: WriteRoster) -> None:
    text = '[templates]\nexternalId = "{branch}/{n}"'
    found = read(roster, "branch,n\nCH,1\nCH,\n", text)
    assert [type(each) for each in found] == [Record, Rejection]
    assert isinstance(found[0], Record)
    assert found[0].external_id == "CH/1"


def test_cells_stand_for_values(roster: WriteRoster) -> None:
    text = """
        settings.contact_viber = "viber"
        phone = "phone"
        name = "name"
        [values.settings.contact_viber]
        "are" = true
        "*" = false
        [values.phone]
        "lipsă" = ""
    """
    found = read(roster, "id,viber,phone,name\n1, ARE ,069,x\n2,?,LIPSĂ,y\n3,,,z\n", text)
    assert fields(found) == [
        {"name": "x", "phone": "069", "settings": {"contact_viber": True}},
        {"name": "y", "settings": {"contact_viber": False}},
        {"name": "z"},
    ]


@pytest.mark.parametrize(
    ("rule", "skipped"),
    [
        (
            'equals = ["concediat", "уволен"]',
            {"2": "status is 'Concediat'", "3": "status is 'УВОЛЕН'"},
        ),
        ('equals = "activ"', {"1": "status is 'activ'"}),
        ('matches = "^conc|увол"', {"2": "status is 'Concediat'", "3": "status is 'УВОЛЕН'"}),
        ("empty = true", {"4": "status is empty"}),
        ('empty = true\nreason = "no status yet"', {"4": "no status yet"}),
    ],
)
def test_rows_are_skipped_with_a_reason(
    roster: WriteRoster, rule: str, skipped: dict[str, str]
) -> None:
    content = "id,status\n1,activ\n2,Concediat \n3,УВОЛЕН\n4, \n"
    found = read(roster, content, f'[[skip]]\ncolumn = "status"\n{rule}')
    said = {row.external_id: row.reason for row in found if isinstance(row, Skipped)}
    assert said == skipped
    assert len(found) == 4


def test_skipped_rows_are_counted_by_sync(roster: WriteRoster, portal: FakePortal) -> None:
    map_path = roster('[[skip]]\ncolumn = "left"\nequals = "da"\n', "rentix.toml")
    path = roster("externalId,name,phone,left\n1,Ana,069123456,\n2,Ion,069123457,da\n")
    source, field_map = open_roster(path, map_path)
    with Rentix(KEY, portal.url) as client:
        tally = Sync(source, field_map, client, on_progress=lambda _line, _tally: None).run()
    assert (tally.created, dict(tally.skipped), tally.counted) == (1, {"left is 'da'": 1}, 2)
    assert list(portal.users) == ["1"]


def test_the_portals_own_id_is_kept_beside_the_operation(roster: WriteRoster) -> None:
    found = read(roster, "id,pid\n1, 42 \n2,\n3,4x\n4,0\n", 'userId = "pid"')
    assert [getattr(each, "user_id", "rejected") for each in found] == [42, None, *["rejected"] * 2]
    assert fields(found[:2]) == [{}, {}]
    assert isinstance(found[2], Rejection)
    assert found[2].code == "user_id_invalid"


CLEARING = """
    name = "name"
    phone = "phone"
    description.ro = "about"
    avatar = "foto"
    tiktok = "tiktok"
    instagram = "insta"
    settings.contact_viber = "viber"
    [constants]
    instagram = "@casa"
"""


def test_an_empty_cell_clears_only_where_that_is_wanted(roster: WriteRoster) -> None:
    content = "id,name,phone,about,foto,tiktok,insta,viber\n1,,,,,,,\n"
    assert fields(read(roster, content, CLEARING)) == [{"instagram": "@casa"}]
    assert fields(read(roster, content, CLEARING, "clear")) == [
        {"avatar": None, "description": {"ro": None}, "tiktok": None, "instagram": "@casa"}
    ]


def test_a_member_that_an_object_lacks_clears_nothing(roster: WriteRoster) -> None:
    content = '{"id": 1, "a": {"foto": null}, "tiktok": "x"}\n{"id": 2, "a": {}}\n'
    text = 'avatar = "a.foto"\ntiktok = "tiktok"'
    found = read(roster, content, text, "clear", "r.jsonl")
    assert fields(found) == [{"avatar": None, "tiktok": "x"}, {}]
