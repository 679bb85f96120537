"""A lean API: raw ASGI, and one statement a request, which finds the agency if need be, too.

PEER_DATABASE=postgresql://… uvicorn rowwise:app      (or a path, for SQLite)
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from hashlib import sha256
from time import monotonic
from typing import Annotated, Any, Protocol

import asyncpg
import msgspec
import phonenumbers

DATABASE = os.environ["PEER_DATABASE"]
KNOWN_FOR_S, PHONES = 0.5, 16_384  # what ours remembers: keys for so long, so many phones
ON_POSTGRES = DATABASE.startswith("postgresql")
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
{source}
ON CONFLICT (agency_id, external_id) DO UPDATE SET
    name = excluded.name, phone = excluded.phone, description = excluded.description,
    contact_telegram = excluded.contact_telegram, contact_viber = excluded.contact_viber
RETURNING id, agency_id
"""
FIRST, *REST = (f"{'$' if ON_POSTGRES else '?'}{n}" for n in range(1, 8))
_FOUND = f"SELECT agency_id, {', '.join(REST)} FROM peer_key WHERE digest = {FIRST}"  # noqa: S608 - marks
BY_KEY = UPSERT.format(source=_FOUND)
BY_AGENCY = UPSERT.format(source=f"VALUES ({FIRST}, {', '.join(REST)})")
Stored = tuple[int, int]


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
    """Runs the statement."""

    async def upsert(self, statement: str, *values: Any) -> Stored | None:
        """The row's id and agency, None for a wrong key."""


class Postgres:
    """A pool of connections, each with both statements prepared."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @classmethod
    async def open(cls) -> Postgres:
        """Make the tables."""
        pool = await asyncpg.create_pool(DATABASE, min_size=20, max_size=20)
        await pool.execute(TABLES.format(bytes="bytea", serial="bigserial"))
        return cls(pool)

    async def upsert(self, statement: str, *values: Any) -> Stored | None:
        """One round trip."""
        found: Stored | None = await self._pool.fetchrow(statement, *values)
        return found


class Sqlite:
    """A connection in a thread of its own; each statement is a durable transaction."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._file = sqlite3.connect(DATABASE, isolation_level=None, check_same_thread=False)
        self._file.executescript("PRAGMA journal_mode = wal; PRAGMA synchronous = full;")
        self._file.executescript(TABLES.format(bytes="blob", serial="integer"))

    async def upsert(self, statement: str, *values: Any) -> Stored | None:
        """One transaction."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._upsert, statement, values)

    def _upsert(self, statement: str, values: tuple[Any, ...]) -> Stored | None:
        found: Stored | None = self._file.execute(statement, values).fetchone()
        return found


decode = msgspec.json.Decoder(Profile).decode
database: Database
known: dict[bytes, tuple[int, float]] = {}  # the agency of a key, and until when


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """PUT of a profile, whatever the path."""
    global database  # noqa: PLW0603 - there is one
    if scope["type"] == "lifespan":
        await receive()
        database = await Postgres.open() if ON_POSTGRES else Sqlite()
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


@lru_cache(PHONES)
def format_phone(text: str) -> str | None:
    """The number in E.164, None when it is not valid."""
    try:
        number = phonenumbers.parse(text, "MD")
    except phonenumbers.NumberParseException:
        return None
    valid = phonenumbers.is_valid_number(number)
    return (
        phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if valid else None
    )


async def put_user(headers: dict[bytes, bytes], body: bytes) -> tuple[int, dict[str, Any]]:
    """Check, write, answer."""
    try:
        profile = decode(body)
    except msgspec.MsgspecError:
        return 400, {"message": "the profile is not valid"}
    if (phone := format_phone(profile.phone)) is None:
        return 400, {"message": "phone must be a valid phone number"}
    user_id = await store(sha256(headers.get(b"x-api-key", b"")).digest(), profile, phone)
    if user_id is None:
        return 401, {"message": "Invalid API key"}
    return 200, {"id": user_id, "externalId": profile.external_id, "updated": True}


async def store(digest: bytes, profile: Profile, phone: str) -> int | None:
    """The id of the row that is written, None for a wrong key."""
    agency_id, until = known.get(digest, (0, 0.0))
    remembered = until >= (now := monotonic())
    found = await database.upsert(
        BY_AGENCY if remembered else BY_KEY,
        agency_id if remembered else digest,
        profile.external_id,
        profile.name.strip(),
        phone,
        profile.description,
        profile.settings.contact_telegram,
        profile.settings.contact_viber,
    )
    if found is None:
        return None
    user_id, agency_id = found
    if not remembered:
        known[digest] = agency_id, now + KNOWN_FOR_S
    return user_id
