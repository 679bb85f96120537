"""Maps: which column goes where, and what a wrong one is answered with."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rentix.client import SetupError
from rentix.sync.config import read_map
from rentix.sync.map_tables import MapTables
from rentix.sync.mapping import lay_over
from rentix.sync.records import Record, Rejection, Row
from rentix.sync.run import open_roster
from rentix.sync.sources import open_source
from tests.sync.conftest import WriteRoster


def operations(path: Any, map_path: Any = None) -> list[dict[str, Any]]:
    source, field_map = open_roster(path, map_path)
    records = [field_map.read(row) for row in source.rows() if isinstance(row, Row)]
    assert all(isinstance(record, Record) for record in records)
    return [json.loads(record.operation) for record in records if isinstance(record, Record)]


def test_columns_named_as_the_fields_need_no_map(roster: WriteRoster) -> None:
    path = roster(
        "externalId,name,phone,description.ro,avatar,settings.contact_viber,instagram,City\n"
        "7,Ana,069 123 456,Salut,https://x.example/a.jpg,nu,@ana,Bălți\n"
    )
    assert operations(path) == [
        {
            "op": "upsert",
            "externalId": "7",
            "name": "Ana",
            "phone": "069 123 456",
            "description": {"ro": "Salut"},
            "avatar": {"url": "https://x.example/a.jpg"},
            "settings": {"contact_viber": False},
            "instagram": "@ana",
        }
    ]
    assert open_roster(path, None)[1].unused == ("City",)


def test_a_map_names_columns_constants_and_layout(roster: WriteRoster) -> None:
    path = roster("Cod|Nume|Viber\n1|Яна|\n2|Eva|da\n", encoding="cp1251")
    map_path = roster(
        """
        [columns]
        externalId = "Cod"
        name = "Nume"
        settings.contact_viber = "Viber"
        [constants]
        phone = "022 123 456"
        settings.contact_viber = false
        description.ru = "Привет"
        [source]
        encoding = "cp1251"
        delimiter = "|"
        """,
        "MAP.toml",
    )
    first, second = operations(path, map_path)
    assert first["name"] == "Яна"
    assert first["phone"] == "022 123 456"
    assert first["description"] == {"ru": "Привет"}
    assert first["settings"] == {"contact_viber": False}
    assert second["settings"] == {"contact_viber": True}


def test_empty_cells_and_nulls_are_absent(roster: WriteRoster) -> None:
    path = roster("externalId,name,phone,tiktok\n1, ,\u00a0,\n")
    assert operations(path) == [{"op": "upsert", "externalId": "1"}]
    path = roster('{"externalId": 1, "name": null, "phone": ""}', "r.jsonl")
    assert operations(path) == [{"op": "upsert", "externalId": "1"}]


def test_an_external_id_is_not_trimmed(roster: WriteRoster) -> None:
    assert operations(roster("externalId,name\n 1 ,x\n"))[0]["externalId"] == " 1 "


def test_dotted_paths_lead_into_objects(roster: WriteRoster) -> None:
    line = '{"externalId": 5, "social": {"youtube": "y", "x": 1}, "n": {"a": 1}, "phone": 69123456}'
    path = roster(line, "r.jsonl")
    map_path = roster(
        '[columns]\nexternalId = "externalId"\nphone = "phone"\nyoutube = "social.youtube"\n',
        "MAP.toml",
    )
    assert operations(path, map_path) == [
        {"op": "upsert", "externalId": "5", "phone": "69123456", "youtube": "y"}
    ]
    assert open_roster(path, map_path)[1].unused == ("social.x", "n")


def test_objects_of_the_contract_go_as_they_are(roster: WriteRoster) -> None:
    line = (
        '{"externalId":"1","description":{"ro":"a","ru":null},"settings":{"contact_phone":false}}'
    )
    assert operations(roster(line, "r.jsonl")) == [
        {
            "op": "upsert",
            "externalId": "1",
            "description": {"ro": "a", "ru": None},
            "settings": {"contact_phone": False},
        }
    ]


@pytest.mark.parametrize("word", ["true", "YES", "da", "Да", "1", " true "])
def test_words_for_true(roster: WriteRoster, word: str) -> None:
    path = roster(f"externalId,settings.contact_phone\n1,{word}\n")
    assert operations(path)[0]["settings"] == {"contact_phone": True}


@pytest.mark.parametrize("word", ["false", "No", "nu", "НЕТ", "0"])
def test_words_for_false(roster: WriteRoster, word: str) -> None:
    path = roster(f"externalId,settings.contact_phone\n1,{word}\n")
    assert operations(path)[0]["settings"] == {"contact_phone": False}


@pytest.mark.parametrize(
    ("cells", "code", "external_id"),
    [
        ("1,maybe,", "bool_unreadable", "1"),
        ("1,,a\0b", "nul_refused", "1"),
        (",,Ana", "external_id_missing", None),
        ("  ,,Ana", "external_id_missing", None),
        ("1,," + "x" * 600_000, "row_too_large", "1"),
    ],
)
def test_a_row_that_cannot_be_sent_is_rejected_here(
    roster: WriteRoster, cells: str, code: str, external_id: str | None
) -> None:
    source, field_map = open_roster(
        roster(f"externalId,settings.contact_phone,name\n{cells}\n"), None
    )
    (row,) = source.rows()
    assert isinstance(row, Row)
    rejection = field_map.read(row)
    assert isinstance(rejection, Rejection)
    assert (rejection.line, rejection.code, rejection.external_id) == (2, code, external_id)


def test_bytes_outside_the_encoding_reject_a_row_only_where_they_are_used(
    roster: WriteRoster,
) -> None:
    valid = "externalId,name,note\n1,Ștefan,\n4,Țurcan,\n5,Bălan,\n".encode()
    content = valid + b"2,\xc8tefan,\n3,Ana,\xc8\n"
    source = open_source(roster(content))
    field_map = lay_over(MapTables(), source)
    found = [field_map.read(row) for row in source.rows() if isinstance(row, Row)]
    assert [type(each) for each in found] == [Record] * 3 + [Rejection, Record]
    assert isinstance(found[3], Rejection)
    assert found[3].code == "text_broken"


@pytest.mark.parametrize("value", ["1.5", "true", "[1]", '{"a":1}'])
def test_an_external_id_that_is_no_text_is_rejected(roster: WriteRoster, value: str) -> None:
    source = open_source(roster(f'{{"externalId": {value}}}', "r.jsonl"))
    (row,) = source.rows()
    assert isinstance(row, Row)
    rejection = lay_over(MapTables(), source).read(row)
    assert isinstance(rejection, Rejection)
    assert rejection.code == "type_invalid"


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[columns", "is not TOML"),
        ("[colums]\na = 'b'", "no table is called 'colums'; did you mean 'columns'?"),
        ("[columns]\nextrenalId = 'id'", "did you mean 'externalId'?"),
        ("[columns]\nexternalId = 'Id'", "no column 'Id'; did you mean 'id'? There are: id, a, a"),
        ("[columns]\nname = 'id'", "no column is mapped to externalId"),
        (
            "[columns]\nexternalId = 3",
            "line 2: [columns] externalId must be a column's name in quotes",
        ),
        ("[columns]\nexternalId = 'a'", "the file has 2 columns 'a'"),
        ("columns = 1", "must be a table"),
        ("[constants]\nexternalId = '1'", "every row the same user"),
        ("[constants]\nsettings.contact_phone = 'da'", "must be true or false"),
        ("[columns]\nexternalId='id'\ndescription='a'\ndescription.ro='a'", "is not TOML"),
        (
            "[columns]\nexternalId='id'\n'description.ro'='id'\ndescription='id'",
            "keep one of the two",
        ),
        ("[source]\ndelimiter = '::'", "must be one character"),
        ("[source]\ncharset = 'x'", "no member of [source] is called 'charset'"),
    ],
)
def test_a_wrong_map_is_refused_with_the_way_out(roster: WriteRoster, toml: str, said: str) -> None:
    path = roster("id,a,a\n1,2,3\n")
    map_path = roster(toml, "MAP.toml")
    with pytest.raises(SetupError) as caught:
        open_roster(path, map_path)
    assert said in str(caught.value)


def test_a_roster_without_external_id_names_its_columns(roster: WriteRoster) -> None:
    with pytest.raises(SetupError, match="There are: Nume, Telefon"):
        open_roster(roster("Nume,Telefon\nAna,069123456\n"), None)


def test_a_map_that_is_not_there(roster: WriteRoster) -> None:
    with pytest.raises(SetupError, match="cannot read"):
        read_map(roster("x").with_name("none.toml"))
