"""A request as a value: what is sent, and how its answer is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final, Generic, Literal, TypeVar
from urllib.parse import quote
from uuid import uuid4

import msgspec

from rentix.client.answers import Answer, read, read_seen
from rentix.client.errors import SetupError
from rentix.client.results import Seen

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Budget = Literal["requests", "bulk"]
JSON: Final = "application/json"
_OPTIONS: Final = {"dry_run": "dryRun", "receipt": "receipt", "locale": "locale"}
_KEYED: Final = frozenset({"PUT", "POST"})


@dataclass(frozen=True, slots=True)
class Call(Generic[T_co]):
    """One request below `/api/v1`, or to `address`, where the API key is not shown.

    `budget` names the rate budget it draws on (contract 4), None where none is counted. `run_id`
    is what the portal's change log calls the run that a write belongs to. `if_match` and
    `if_none_match` are etags, quoted or not.
    """

    method: str
    path: str
    read: Callable[[Answer], T_co]
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    idempotency_key: str | None = None
    run_id: str | None = None
    budget: Budget | None = "requests"
    if_match: str | None = None
    if_none_match: str | None = None
    content_type: str = JSON
    address: str | None = None

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice has the effect of sending it once."""
        return self.method == "GET" or self.idempotency_key is not None

    @property
    def headers(self) -> dict[str, str]:
        """The headers it is sent with, but for the key."""
        given = {
            "Content-Type": None if self.body is None else self.content_type,
            "Idempotency-Key": self.idempotency_key,
            "X-Run-Id": self.run_id,
            "If-Match": quoted(self.if_match),
            "If-None-Match": quoted(self.if_none_match),
        }
        return {name: value for name, value in given.items() if value is not None}


def write(
    method: str,
    path: str,
    shape: type[T],
    body: object | None = None,
    *,
    options: Mapping[str, object],
    if_match: str | None = None,
) -> Call[T]:
    """Return a write; `options` are those of `fields.PutOptions`, and a `locale`."""
    key = options.get("idempotency_key") or uuid4().hex
    run_id = options.get("run_id")
    return Call(
        method,
        path,
        partial(read, shape=shape),
        query=as_query({_OPTIONS[name]: options.get(name) for name in _OPTIONS}),
        body=None if body is None else msgspec.json.encode(body),
        idempotency_key=str(key) if method in _KEYED else None,
        run_id=None if run_id is None else str(run_id),
        if_match=if_match,
    )


def get(path: str, shape: type[T], query: Mapping[str, object] | None = None) -> Call[T]:
    """Return a read."""
    return Call("GET", path, partial(read, shape=shape), query=as_query(query or {}))


def get_if_changed(
    path: str, shape: type[T], etag: str | None, query: Mapping[str, object] | None = None
) -> Call[Seen[T] | None]:
    """Return a read that brings nothing when `etag` is still the current one."""
    reader = partial(read_seen, shape=shape)
    return Call("GET", path, reader, query=as_query(query or {}), if_none_match=etag)


def split_options(given: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Part what steers the sending from what is sent."""
    names = {*_OPTIONS, "idempotency_key", "run_id"}
    options = {name: value for name, value in given.items() if name in names}
    return options, {name: value for name, value in given.items() if name not in names}


def shaped(body: Callable[..., object], fields: Mapping[str, object]) -> object:
    """Return a body of keyword arguments; raise TypeError for one that it doesn't have."""
    return body(**fields)


def as_query(parameters: Mapping[str, object]) -> dict[str, str]:
    """Spell a query; what is None is left out."""
    return {name: _spell(value) for name, value in parameters.items() if value is not None}


def _spell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def quoted(etag: str | None) -> str | None:
    """Return an etag as headers have it: in quotes, unless it is `*` or has them."""
    if etag is None or etag == "*" or etag.endswith('"'):
        return etag
    return f'"{etag}"'


def path_of(resource: str, item_id: int | None, external_id: str | None) -> str:
    """Return the path of one thing, by exactly one of its ids, whatever bytes that has."""
    if (item_id is None) == (external_id is None):
        raise SetupError("name it by exactly one of id and external_id")
    if external_id is None:
        return f"/{resource}/{item_id}"
    # A dot needs no escape but for `.` and `..`, which clients and proxies resolve away.
    return f"/{resource}/external/{quote(external_id, safe='').replace('.', '%2E')}"


def external_id_path(external_id: str) -> str:
    """Return the path of a user by external id."""
    return path_of("users", None, external_id)
