"""rentix.toml: what it says, what stands where it is silent, and how a slip is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from rentix.client import SetupError
from rentix.sync.config import Cap, CapsConfig, SyncConfig, read_config, read_map
from rentix.sync.mapping import lay_over
from rentix.sync.sources import Layout, open_source
from tests.sync.conftest import WriteRoster

HEAD = '[portal]\nurl = "https://crm.example.md/api/v1/"\n\n[source]\nfile = "data/agents.csv"\n'


def test_what_it_must_say_is_little(roster: WriteRoster) -> None:
    path = roster(HEAD, "rentix.toml")
    config = read_config(path)
    assert (config.portal.url, config.portal.key_env) == (
        "https://crm.example.md",
        "RENTIX_API_KEY",
    )
    assert config.source.location == str(path.parent / "data/agents.csv")
    assert (config.source.form, config.source.layout) == (None, Layout())
    assert (config.sync, config.caps) == (SyncConfig(), CapsConfig())
    assert config.mapping.columns is None


def test_all_that_it_can_say(roster: WriteRoster) -> None:
    text = """
        [portal]
        url = "http://127.0.0.1:8000"
        key_env = "CASA_KEY"
        [source]
        url = "https://x.example/agents"
        form = "xlsx"
        sheet = "Agenți"
        [sync]
        absent = "deactivate"
        empty = "clear"
        link = "never"
        new = ["17", 'b"c']
        [caps]
        deactivate = { percent = 2.5, floor = 0 }
        [caps.shrink]
        count = 7
    """
    config = read_config(roster(text, "rentix.toml"))
    assert config.source.location == "https://x.example/agents"
    assert (config.source.form, config.source.layout.sheet) == ("xlsx", "Agenți")
    assert config.sync == SyncConfig("deactivate", "clear", "never", ("17", 'b"c'))
    assert config.caps.deactivate == Cap(percent=2.5, count=50, floor=0)
    assert config.caps.shrink == Cap(percent=30, count=7, floor=3)
    assert config.caps.unlink == CapsConfig().unlink


def test_a_cap_is_the_lesser_of_two_but_never_below_its_floor() -> None:
    cap = Cap(percent=10, count=50, floor=3)
    assert [cap.most(base) for base in (0, 4, 30, 400, 100_000)] == [3, 3, 3, 40, 50]


def test_a_map_by_itself_needs_neither_portal_nor_source(roster: WriteRoster) -> None:
    path = roster('[source]\ndelimiter = "|"\n[columns]\nexternalId = "Cod"\n', "MAP.toml")
    tables, layout = read_map(path)
    assert (tables.columns, layout.delimiter) == ({"externalId": "Cod"}, "|")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", None, "[portal] url is needed"),
        ("[portal]\n\nurl = 'crm'", 3, "[portal] url: the address 'crm' must begin with http"),
        ("[portal]\nurl='http://h'\nkey_env='rtx_live_1_x'", 3, "the key itself has no place"),
        ("[portal]\nurl='http://h'\nkeyenv='K'", 3, "did you mean 'key_env'?"),
        ("[portal]\nurl='http://h'", None, "[source] needs either file"),
        (HEAD + "url = 'http://h'", 4, "[source] needs either file"),
        ("[portal]\nurl='http://h'\n[source]\nurl='ftp://h'", 4, "must begin with http"),
        ("[portal]\nurl='http://h'\n[source]\nfile='http://h/x'", 4, "an address is url"),
        (HEAD + "form = 'xls'", 6, "must be one of: 'csv', 'xlsx', 'json', 'jsonl'"),
        (HEAD + "[sync]\nabsent = 'delete'", 7, "must be one of: 'keep', 'unlink', 'deactivate'"),
        (HEAD + "[sync]\nnew = [17]", 7, '[sync] new must be a list of texts: ["…", "…"]'),
        (HEAD + "[caps]\ndeactivate = { percent = 101 }", 7, "percent is at most 100"),
        (HEAD + "[caps]\ndeactivate = { count = 1.5 }", 7, "count must be a whole number"),
        (HEAD + "[caps]\navatars = { count = 1 }", 7, "did you mean 'avatar'?"),
        (HEAD + "[caps]\navatar = { most = 1 }", 7, "no member of [caps.avatar] is called 'most'"),
        (HEAD + "[caps]\navatar = 5", 7, "[caps.avatar] must be a table"),
        (HEAD + "[colums]\nname = 'x'", 6, "did you mean 'columns'?"),
        (HEAD + "[columns]\nfon = 'x'", 7, "no field in [columns] is called 'fon'"),
        (HEAD + "[columns.settings]\ncontact_vibr = 'x'", 7, "did you mean 'settings.contact_vib"),
        (HEAD + "[columns]\nимя = 'x'", 7, "is not TOML: "),
        (HEAD + "[templates]\nname = '{A'", 7, "{ stands alone; a brace itself is written {{"),
        (HEAD + "[templates]\nname = 'Ana'", 7, "a value for all rows goes into [constants]"),
        (HEAD + "[columns]\nname='A'\n[templates]\nname='{A}'", 9, "keep one of the two"),
        (HEAD + "[constants]\nuserId = '1'", 7, "would make every row the same user"),
        (HEAD + "[values.settings.contact_viber]\n'Da' = 'true'", 7, "must be true or false"),
        (HEAD + "[values.fone]\n'a' = 'b'", 6, "did you mean 'phone'?"),
        (HEAD + "[[skip]]\ncolumn = 'A'\n", 6, "[[skip]] needs one of: equals"),
        (HEAD + "[[skip]]\nequals = 'x'", 6, "[[skip]] needs column"),
        (
            HEAD + "[[skip]]\ncolumn='A'\nempty=true\n[[skip]]\ncolumn='A'\nempty=false",
            11,
            "only be",
        ),
        (HEAD + "[[skip]]\ncolumn='A'\nmatches='('", 8, "no regular expression"),
        (HEAD + "[[skip]]\ncolumn='A'\nequal='x'", 8, "did you mean 'equals'?"),
    ],
)
def test_a_slip_is_told_with_its_line_and_the_way_out(
    roster: WriteRoster, text: str, line: int | None, said: str
) -> None:
    path = roster(text, "rentix.toml")
    with pytest.raises(SetupError) as caught:
        read_config(path)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{path}, line {line}" if line else str(path))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (
            "phone = 'Telefn'",
            3,
            "[columns] phone: the file has no column 'Telefn'; did you mean 'Telefon'?",
        ),
        ("'phone' = 'telefon'", 3, "did you mean 'Telefon'?"),
        ("\n# phone = 'x'\ndescription.ro = 'Despre'", 5, "[columns] description.ro: "),
        ("[templates]\nname = '''\n{Nume}\n{Pren}'''", 4, "[templates] name: "),
        ("[[skip]]\nempty = true\ncolumn = 'Stare'", 5, "[[skip]] column: "),
        ("[values.phone]\n'-' = ''", 3, "[values.phone] changes nothing"),
    ],
)
def test_a_column_that_is_not_there_is_told_with_its_line(
    roster: WriteRoster, text: str, line: int, said: str
) -> None:
    source = open_source(roster("Cod;Nume;Telefon\n1;Ana;069\n"))
    path = roster(f"[columns]\nexternalId = 'Cod'\n{text}\n", "rentix.toml")
    with pytest.raises(SetupError) as caught:
        lay_over(read_map(path)[0], source)
    assert str(caught.value).startswith(f"{path}, line {line}: ")
    assert said in str(caught.value)


def test_a_configuration_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot read"):
        read_config(tmp_path / "rentix.toml")
