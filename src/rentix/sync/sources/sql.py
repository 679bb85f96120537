"""Any SQL database: one query, whose rows are the agents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from uuid import UUID

from rentix.client import SetupError
from rentix.sync.sources.faults import HalfRead
from rentix.sync.sources.paged import Page
from rentix.sync.sources.reading import Reading

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_ROWS: Final = 500
_READ_ONLY: Final = {
    "postgresql": "SET TRANSACTION READ ONLY",
    "mysql": "START TRANSACTION READ ONLY",
    "mariadb": "START TRANSACTION READ ONLY",
    "sqlite": "PRAGMA query_only = ON",
    "oracle": "SET TRANSACTION READ ONLY",
}


@dataclass(frozen=True, slots=True)
class Sql:
    """The rows of a query; `dsn_env` holds the database's address as SQLAlchemy writes it."""

    query: str
    dsn_env: str = "RENTIX_SOURCE_DSN"

    def title(self) -> str:
        """What plans and errors call the source."""
        return "the SQL database"

    def pages(self, reading: Reading) -> Iterator[Page]:
        """Yield some hundred rows at a time, of one transaction that writes nothing."""
        try:
            from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - an extra
        except ModuleNotFoundError:
            raise SetupError(
                'kind = "sql" needs SQLAlchemy: pip install "rentix[sql]", and the driver of '
                "your database"
            ) from None
        engine = self._engine(reading)
        came = 0
        try:
            with engine.connect() as connection:
                for rows in self._rows(connection):
                    came += len(rows)
                    yield Page(rows)
        except SQLAlchemyError as fault:
            # Of an error only the driver's words: the rest may hold the address or the data.
            said = str(getattr(fault, "orig", None) or "").splitlines()
            words = said[0] if said else type(fault).__name__
            message = f"the SQL database in {self.dsn_env} refuses after {came:,} rows: {words}"
            raise (
                HalfRead(f"{message}. Nothing was done") if came else SetupError(message)
            ) from None
        finally:
            engine.dispose()

    def _engine(self, reading: Reading) -> Engine:
        from sqlalchemy import create_engine  # noqa: PLC0415 - an extra
        from sqlalchemy.exc import ArgumentError, NoSuchModuleError  # noqa: PLC0415
        from sqlalchemy.pool import NullPool  # noqa: PLC0415

        dsn = reading.secret(self.dsn_env, "the address of a database")
        try:
            return create_engine(dsn, poolclass=NullPool, hide_parameters=True)
        except ModuleNotFoundError as fault:
            raise SetupError(
                f"the database in {self.dsn_env} needs the driver {fault.name}: pip install it"
            ) from None
        except (ArgumentError, NoSuchModuleError, ValueError):
            raise SetupError(
                f"{self.dsn_env} holds no address of a database that SQLAlchemy knows, such as "
                "postgresql+psycopg://USER:PASSWORD@HOST/NAME"
            ) from None

    def _rows(self, connection: Connection) -> Iterator[list[dict[str, object]]]:
        from sqlalchemy import text  # noqa: PLC0415 - an extra

        if said := _READ_ONLY.get(connection.dialect.name):
            connection.execute(text(said))
        # Sent as it is written: a colon or a percent sign in it is the beginning of no parameter.
        streamed = connection.execution_options(
            stream_results=True, max_row_buffer=_ROWS, no_parameters=True
        )
        with closing(streamed.exec_driver_sql(self.query)) as result:
            names = list(result.keys())
            if len(set(names)) < len(names):
                raise SetupError(
                    "[source] query has two columns of one name; tell them apart with AS: "
                    f"{', '.join(names)}"
                )
            for rows in result.partitions(_ROWS):
                yield [
                    {name: _plain(value) for name, value in zip(names, row, strict=True)}
                    for row in rows
                ]


def _plain(value: object) -> object:
    """Return a cell as JSON has it; raise SetupError for what has no text."""
    if isinstance(value, bool | int | float | str | dict | list | None):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise SetupError(
        f"[source] query has a column of the type {type(value).__name__}; make it text, or leave "
        "it out"
    )
