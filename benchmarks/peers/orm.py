"""The API as it is usually written: FastAPI, Pydantic, SQLAlchemy's asynchronous ORM.

    PEER_DATABASE=postgresql+asyncpg://… uvicorn orm:app

It does what a PUT needs and no more: who asks (by hashed key), validation, upsert, answer. No
change log, no receipts, no budgets.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from hashlib import sha256
from time import monotonic
from typing import Annotated, Any

import phonenumbers
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field, field_validator
from sqlalchemy import UniqueConstraint, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

DATABASE = os.environ["PEER_DATABASE"]
KNOWN_FOR_S, PHONES = 0.5, 16_384  # what ours remembers: keys for so long, so many phones
ON_POSTGRES = DATABASE.startswith("postgresql")
engine = create_async_engine(DATABASE, pool_size=20 if ON_POSTGRES else 5, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)


def prepare_sqlite(connection: Any, _: Any) -> None:
    """Durable commits beside readers, and patience with another writer."""
    for pragma in ("journal_mode = wal", "synchronous = full", "busy_timeout = 30000"):
        connection.execute(f"PRAGMA {pragma}")


if not ON_POSTGRES:
    event.listen(engine.sync_engine, "connect", prepare_sqlite)


class Base(DeclarativeBase):
    """The tables."""


class ApiKey(Base):
    """A key, by its hash."""

    __tablename__ = "peer_key"
    digest: Mapped[bytes] = mapped_column(primary_key=True)
    agency_id: Mapped[int]


class User(Base):
    """An agent of an agency."""

    __tablename__ = "peer_user"
    __table_args__ = (UniqueConstraint("agency_id", "external_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int]
    external_id: Mapped[str]
    name: Mapped[str]
    phone: Mapped[str]
    description: Mapped[str | None]
    contact_telegram: Mapped[bool] = mapped_column(default=True)
    contact_viber: Mapped[bool] = mapped_column(default=True)


class Settings(BaseModel):
    """Which channels are on."""

    contact_telegram: bool = True
    contact_viber: bool = True


@lru_cache(PHONES)
def format_phone(text: str) -> str:
    """The number in E.164."""
    number = phonenumbers.parse(text, "MD")
    if not phonenumbers.is_valid_number(number):
        raise ValueError("must be a valid phone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Profile(BaseModel):
    """What a CRM sends."""

    external_id: str = Field(alias="externalId", min_length=1, max_length=255)
    name: str = Field(min_length=1, max_length=200)
    phone: str
    description: str | None = Field(default=None, max_length=5000)
    settings: Settings = Settings()

    @field_validator("phone")
    @classmethod
    def read_phone(cls, text: str) -> str:
        """The number in E.164."""
        return format_phone(text)

    def columns(self) -> dict[str, Any]:
        """The values of a row."""
        return {
            "external_id": self.external_id,
            "name": self.name.strip(),
            "phone": self.phone,
            "description": self.description,
            **self.settings.model_dump(),
        }


class Bulk(BaseModel):
    """Up to 100 of them."""

    operations: list[Profile] = Field(min_length=1, max_length=100)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Make the tables."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def open_session() -> AsyncIterator[AsyncSession]:
    """A session for a request."""
    async with sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(open_session)]


known: dict[bytes, tuple[int, float]] = {}  # the agency of a key, and until when


async def identify(session: Session, x_api_key: Annotated[str, Header()]) -> int:
    """The agency whose key it is."""
    digest, now = sha256(x_api_key.encode()).digest(), monotonic()
    agency_id, until = known.get(digest, (0, 0.0))
    if until < now:
        key = await session.get(ApiKey, digest)
        if key is None:
            raise HTTPException(401, "Invalid API key")
        agency_id = key.agency_id
        known[digest] = agency_id, now + KNOWN_FOR_S
    return agency_id


Agency = Annotated[int, Depends(identify)]


async def store(session: AsyncSession, agency_id: int, profile: Profile) -> dict[str, Any]:
    """Update the agent, or create it."""
    asked = select(User).where(User.agency_id == agency_id, User.external_id == profile.external_id)
    user = await session.scalar(asked)
    created = user is None
    if user is None:
        user = User(agency_id=agency_id, **profile.columns())
        session.add(user)
    else:
        for name, value in profile.columns().items():
            setattr(user, name, value)
    await session.flush()
    verb = "created" if created else "updated"
    return {"id": user.id, "externalId": user.external_id, verb: True}


@app.put("/api/v1/users")
async def put_user(profile: Profile, agency_id: Agency, session: Session) -> dict[str, Any]:
    """Create or update an agent."""
    answer = await store(session, agency_id, profile)
    await session.commit()
    return answer


@app.get("/api/v1/users/external/{external_id}")
async def find_user(external_id: str, agency_id: Agency, session: Session) -> dict[str, Any]:
    """An agent by the CRM's id."""
    asked = select(User).where(User.agency_id == agency_id, User.external_id == external_id)
    user = await session.scalar(asked)
    if user is None:
        raise HTTPException(404, "User not found")
    return {
        "id": user.id,
        "externalId": user.external_id,
        "name": user.name,
        "phone": user.phone,
        "description": user.description,
        "settings": {
            "contact_telegram": user.contact_telegram,
            "contact_viber": user.contact_viber,
        },
    }


@app.post("/api/v1/users/bulk")
async def bulk_loop(bulk: Bulk, agency_id: Agency, session: Session) -> dict[str, Any]:
    """Create or update many, one after the other, in an order in which two bulks can't deadlock."""
    order = sorted(range(len(bulk.operations)), key=lambda n: bulk.operations[n].external_id)
    stored = {n: await store(session, agency_id, bulk.operations[n]) for n in order}
    await session.commit()
    return {"results": [stored[n] for n in range(len(order))]}


@app.post("/api/v1/users/bulk-core")
async def bulk_core(bulk: Bulk, agency_id: Agency, session: Session) -> dict[str, Any]:
    """The same in one statement: SQLAlchemy's insertmanyvalues with an upsert.

    Rows are sorted so that two bulks can't deadlock. They come back with their external id, so
    SQLAlchemy need not keep their order; with an upsert it would do that row by row.
    """
    dialect = postgresql if ON_POSTGRES else sqlite
    rows = {p.external_id: {"agency_id": agency_id, **p.columns()} for p in bulk.operations}
    statement = dialect.insert(User)
    changed = {name: statement.excluded[name] for name in next(iter(rows.values()))}
    statement = statement.on_conflict_do_update(
        index_elements=["agency_id", "external_id"], set_=changed
    ).returning(User.id, User.external_id)
    found = await session.execute(statement, [rows[name] for name in sorted(rows)])
    ids = {external_id: user_id for user_id, external_id in found}
    await session.commit()
    names = [profile.external_id for profile in bulk.operations]
    return {"results": [{"id": ids[name], "externalId": name} for name in names]}
