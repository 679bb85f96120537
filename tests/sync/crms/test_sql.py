"""Any SQL database: one query, read whole and changing nothing."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest

from rentix.client import SetupError
from rentix.sync.sources import HalfRead
from rentix.sync.sources.sql import Sql
from tests.sync.doubles.site import Reader, rows

TABLE = "CREATE TABLE employees (id INTEGER PRIMARY KEY, name TEXT, phone TEXT, since TEXT)"
QUERY = "SELECT id, name, phone FROM employees WHERE name LIKE '%a%' ORDER BY id"
Ask = Callable[[str], Any]


@pytest.fixture(params=["sqlite", "postgres"])
def ask(request: pytest.FixtureRequest, tmp_path: Path, reader: Reader) -> Iterator[Ask]:
    """Give a database with 1,200 employees, and what runs a statement there."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            path = tmp_path / "crm.db"
            reader.secrets["RENTIX_SOURCE_DSN"] = f"sqlite:///{path}"
            connection: Any = sqlite3.connect(path, isolation_level=None)
            stack.callback(connection.close)
        else:
            url = request.getfixturevalue("fresh_admin_url")
            reader.secrets["RENTIX_SOURCE_DSN"] = url.replace("postgresql:", "postgresql+psycopg:")
            connection = stack.enter_context(psycopg.connect(url, autocommit=True))
        connection.execute(TABLE)
        values = ", ".join(f"({n}, 'Ana: 100% {n}', '069 2', NULL)" for n in range(1200))
        connection.execute(f"INSERT INTO employees VALUES {values}")  # noqa: S608 - numbers
        yield connection.execute


@pytest.mark.slow
def test_every_row_is_an_agent(ask: Ask, reader: Reader) -> None:
    found = rows(reader.read(Sql(QUERY)))
    assert len(found) == 1200
    assert found[7] == {"id": 7, "name": "Ana: 100% 7", "phone": "069 2"}


def test_a_query_that_writes_is_refused(ask: Ask, reader: Reader) -> None:
    with pytest.raises(SetupError, match=r"refuses after 0 rows: .*(readonly|syntax error)"):
        reader.read(Sql("DELETE FROM employees RETURNING id"))
    assert ask("SELECT count(*) FROM employees").fetchall() == [(1200,)]


def test_nor_does_a_function_of_the_query_write(ask: Ask, reader: Reader) -> None:
    if "postgresql" not in reader.secrets["RENTIX_SOURCE_DSN"]:
        pytest.skip("SQLite has no functions of its own that write")
    ask("CREATE SEQUENCE numbers")
    with pytest.raises(SetupError, match="read-only transaction"):
        reader.read(Sql("SELECT nextval('numbers') AS id"))


def test_a_database_that_fails_midway_is_half_a_roster(ask: Ask, reader: Reader) -> None:
    fails = {
        "sqlite": "SELECT id, CASE WHEN id = 1100 THEN abs(-9223372036854775808) END AS x "
        "FROM employees",
        "postgresql": "SELECT id, 1 / (id - 1100) AS x FROM employees",
    }
    dialect = reader.secrets["RENTIX_SOURCE_DSN"].partition(":")[0].partition("+")[0]
    with pytest.raises(HalfRead, match=r"refuses after 1,000 rows: (integer overflow|division)"):
        reader.read(Sql(fails[dialect]))
    assert reader.left() == []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT id FROM nobody", "nobody"),
        ("SELECT id, name AS id FROM employees", "two columns of one name"),
        ("SELECT id FROM employees WHERE id < 0", "holds no agents"),
    ],
)
def test_a_query_that_gives_no_roster(ask: Ask, reader: Reader, query: str, said: str) -> None:
    with pytest.raises(SetupError, match=said):
        reader.read(Sql(query))


def test_what_json_does_not_know_becomes_text(ask: Ask, reader: Reader) -> None:
    if "postgresql" not in reader.secrets["RENTIX_SOURCE_DSN"]:
        pytest.skip("SQLite has no such types")
    query = """
        SELECT '2024-03-01'::date AS day, 12.50::numeric AS price, 7::numeric AS whole,
            '00000000-0000-0000-0000-000000000001'::uuid AS id, ARRAY['069', '022'] AS phones
    """
    (found,) = rows(reader.read(Sql(query)))
    assert found == {
        "day": "2024-03-01",
        "price": "12.50",
        "whole": 7,
        "id": "00000000-0000-0000-0000-000000000001",
        "phones": ["069", "022"],
    }
    with pytest.raises(SetupError, match="the type bytes"):
        reader.read(Sql("SELECT 'x'::bytea AS photo"))


@pytest.mark.parametrize(
    ("dsn", "said"),
    [
        ("", "RENTIX_SOURCE_DSN is empty"),
        ("s3cret", "no address of a database"),
        ("nosuch://u:s3cret@h/d", "no address of a database"),
        ("mysql+pymysql://u:s3cret@h/d", "needs the driver pymysql: pip install"),
        ("postgresql+psycopg://u:s3cret@127.0.0.1:1/d", "refuses after 0 rows"),
    ],
)
def test_an_address_that_leads_nowhere_is_not_repeated(reader: Reader, dsn: str, said: str) -> None:
    reader.secrets["RENTIX_SOURCE_DSN"] = dsn
    with pytest.raises(SetupError, match=said) as caught:
        reader.read(Sql("SELECT 1 AS id"))
    assert "s3cret" not in str(caught.value)


def test_without_the_extra_the_way_out_is_said(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlalchemy.exc", None)
    with pytest.raises(SetupError, match=r'pip install "rentix\[sql\]"'):
        reader.read(Sql("SELECT 1 AS id"))
