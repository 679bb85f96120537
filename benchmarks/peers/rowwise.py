"""A lean API: raw ASGI, and one statement a request that finds the agency and writes the row.

PEER_DATABASE=postgresql://… uvicorn rowwise:app      (or a path, for SQLite)
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import Annotated, Any, Protocol

import asyncpg
import msgspec
import phonenumbers

DATABASE = os.environ["PEER_DATABASE"]
TABLES = """
CREATE TABLE IF NOT EXISTS peer_key (digest {bytes} PRIMARY KEY, agency_id integer NOT NULL);
CREATE TABLE IF NOT EXISTS peer_user (
    id {serial} PRIMARY KEY, agency_id integer NOT NULL, external_id text NOT NULL,
    name text NOT NULL, phone text NOT NULL, description text,
    contact_telegram boolean NOT NULL, contact_viber boolean NOT NULL,
    UNIQUE (agency_id, external_id)
);
"""
UPSERT = """
INSERT INTO peer_user (agency_id, external_id, name, phone, description, contact_telegram,
    contact_viber)
SELECT agency_id, {2}, {3}, {4}, {5}, {6}, {7} FROM peer_key WHERE digest = {1}
ON CONFLICT (agency_id, external_id) DO UPDATE SET
    name = excluded.name, phone = excluded.phone, description = excluded.description,
    contact_telegram = excluded.contact_telegram, contact_viber = excluded.contact_viber
RETURNING id
"""
ON_POSTGRES = UPSERT.format("", *[f"${n}" for n in range(1, 8)])
ON_SQLITE = UPSERT.format("", *[f"?{n}" for n in range(1, 8)])


class Settings(msgspec.Struct, frozen=True):
    """Which channels are on."""

    contact_telegram: bool = True
    contact_viber: bool = True


class Profile(msgspec.Struct, rename="camel"):
    """What a CRM sends."""

    external_id: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    phone: str
    description: Annotated[str, msgspec.Meta(max_length=5000)] | None = None
    settings: Settings = Settings()


class Database(Protocol):
    """Runs the one statement."""

    async def upsert(self, *values: Any) -> int | None:
        """The row's id, None for a wrong key."""


class Postgres:
    """A pool of connections, each with the statement prepared."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @classmethod
    async def open(cls) -> Postgres:
        """Make the tables."""
        pool = await asyncpg.create_pool(DATABASE, min_size=20, max_size=20)
        await pool.execute(TABLES.format(bytes="bytea", serial="bigserial"))
        return cls(pool)

    async def upsert(self, *values: Any) -> int | None:
        """One round trip."""
        found: int | None = await self._pool.fetchval(ON_POSTGRES, *values)
        return found


class Sqlite:
    """A connection in a thread of its own; each statement is a durable transaction."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._file = sqlite3.connect(DATABASE, isolation_level=None, check_same_thread=False)
        self._file.executescript("PRAGMA journal_mode = wal; PRAGMA synchronous = full;")
        self._file.executescript(TABLES.format(bytes="blob", serial="integer"))

    async def upsert(self, *values: Any) -> int | None:
        """One transaction."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._upsert, values)

    def _upsert(self, values: tuple[Any, ...]) -> int | None:
        found = self._file.execute(ON_SQLITE, values).fetchone()
        return int(found[0]) if found else None


decode = msgspec.json.Decoder(Profile).decode
database: Database


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """PUT of a profile, whatever the path."""
    global database  # noqa: PLW0603 - there is one
    if scope["type"] == "lifespan":
        await receive()
        database = await Postgres.open() if DATABASE.startswith("postgresql") else Sqlite()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    status, answer = await put_user(dict(scope["headers"]), await read_body(receive))
    body = msgspec.json.encode(answer)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def read_body(receive: Any) -> bytes:
    """The whole body."""
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


async def put_user(headers: dict[bytes, bytes], body: bytes) -> tuple[int, dict[str, Any]]:
    """Check, write, answer."""
    try:
        profile = decode(body)
        number = phonenumbers.parse(profile.phone, "MD")
    except (msgspec.MsgspecError, phonenumbers.NumberParseException):
        return 400, {"message": "the profile is not valid"}
    if not phonenumbers.is_valid_number(number):
        return 400, {"message": "phone must be a valid phone number"}
    user_id = await database.upsert(
        sha256(headers.get(b"x-api-key", b"")).digest(),
        profile.external_id,
        profile.name.strip(),
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164),
        profile.description,
        profile.settings.contact_telegram,
        profile.settings.contact_viber,
    )
    if user_id is None:
        return 401, {"message": "Invalid API key"}
    return 200, {"id": user_id, "externalId": profile.external_id, "updated": True}
