"""What a batch sends to its database: as much for 200 operations as for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

import pytest

from rentix.model import Agency
from rentix.operations import (
    Answer,
    Caller,
    DeleteMedia,
    Idempotency,
    ImportMedia,
    Operation,
    Patch,
    PutUser,
    Request,
)
from rentix.rules.phones import read_phones
from rentix.settings import Place
from rentix.store import Store
from rentix.store.agencies import create_agency
from rentix.store.postgres_trips import Sent, Trips
from rentix.store.sqlite import SqliteStore
from rentix.wiring import make_store
from rentix.writer import commit
from tests.service import operated

SIZES = (1, 10, 200)
AGENCIES = 5
PHONE = read_phones("+37369123456", "MD").phone


class Traffic(NamedTuple):
    """Statements on SQLite; statements and trips on PostgreSQL."""

    sqlite: int
    postgres: int
    trips: int


# Every batch: BEGIN, users_by_external_id, last_seqs, and COMMIT or ROLLBACK; on PostgreSQL also
# enter and claim. It is a trip to load and a trip to save, with one between them for new ids.
TRAFFIC = {
    "unchanged": Traffic(4, 6, 2),
    "changed": Traffic(6, 8, 2),  # update_user, save_change
    "created": Traffic(9, 10, 3),  # as changed, with insert_user; former_holders; ids: last_id and
    # save_last_id, or new_ids
    "remembered": Traffic(9, 11, 2),  # as changed; memories, forget_memories, save_memory
    "pictured": Traffic(9, 10, 3),  # as changed; save_media, and ids as above
}

# Of media: BEGIN, last_seqs and COMMIT, enter and claim, as above; save_change.
MEDIA = {
    "imported": Traffic(8, 9, 3),  # media_by_external_id; save_media; ids
    "given": Traffic(8, 10, 2),  # users_by_external_id, media_by_id; update_user, save_media_use
    "deleted": Traffic(
        9, 11, 2
    ),  # media_by_external_id, users_by_…; delete_media_use, delete_media
}

Watch = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    store = make_store(place)
    yield store
    store.close()


@pytest.fixture
def new_agencies(store: Store) -> Callable[[], list[int]]:
    def make() -> list[int]:
        agency = Agency(id=0, name="Casa Test")
        return [operated(store, create_agency, agency, 0) for _ in range(AGENCIES)]

    return make


@pytest.fixture
def watch(store: Store, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Give a way to see what is sent: statements, and `trip` for each trip to a server."""
    return lambda: (
        watched_writer(store) if isinstance(store, SqliteStore) else watched_trips(monkeypatch)
    )


@contextmanager
def watched_writer(store: SqliteStore) -> Iterator[list[str]]:
    """See each question as often as it is asked; what is saved, once for all its rows."""
    seen: list[str] = []

    def trace(_: object, statement: str, __: object) -> bool:
        if statement.startswith("SELECT") or statement not in seen:
            seen.append(statement)
        return True

    store._writer.exec_trace = trace
    yield seen
    store._writer.exec_trace = None


@contextmanager
def watched_trips(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    seen: list[str] = []
    queue, exchange = Trips.queue, Trips._exchange

    def queue_and_tell(trips: Trips, query: str, *values: Any, **more: Any) -> Sent:
        seen.append(query)
        return queue(trips, query, *values, **more)

    def exchange_and_tell(trips: Trips) -> None:
        seen.append("trip")
        exchange(trips)

    with monkeypatch.context() as patch:
        patch.setattr(Trips, "queue", queue_and_tell)
        patch.setattr(Trips, "_exchange", exchange_and_tell)
        yield seen


def write(store: Store, agencies: Sequence[int], size: int, name: str, **fields: Any) -> None:
    """Commit a batch: a PUT of each user, the agencies in turn."""
    keyed = fields.pop("keyed", False)
    requests = []
    for number in range(size):
        put = PutUser(external_id=f"crm-{number}", patch=Patch(name=name, phone=PHONE, **fields))
        key = Idempotency(f"{name}-{number}", b"") if keyed else None
        caller = Caller(agencies[number % AGENCIES], 1)
        requests.append(
            Request(caller=caller, operations=(put,), idempotency=key, render=lambda _: b"{}")
        )
    write_all(store, requests)


def write_all(store: Store, requests: Sequence[Request]) -> list[Any]:
    """Commit a batch; the first result of each request."""
    answers = []
    for ending in commit(store, requests, 0, wait=False):
        assert isinstance(ending, Answer)
        assert not any(isinstance(result, Exception) for result in ending.results)
        answers.append(ending.results[0])
    return answers


def write_media(
    store: Store, agencies: Sequence[int], operations: Sequence[Operation]
) -> list[Any]:
    """Commit a batch of one operation a request, the agencies in turn."""
    callers = [Caller(agencies[number % AGENCIES], 1) for number in range(len(operations))]
    return write_all(
        store,
        [
            Request(caller=caller, operations=(operation,))
            for caller, operation in zip(callers, operations, strict=True)
        ],
    )


BATCHES: dict[str, dict[str, Any]] = {
    "unchanged": {"name": "Ana"},
    "changed": {"name": "Ion"},
    "remembered": {"name": "Ion", "keyed": True},
    "pictured": {"name": "Ion", "avatar": "https://casa.example/a.jpg"},
}


def test_new_users_cost_the_same_statements_whatever_their_number(
    store: Store, new_agencies: Callable[[], list[int]], watch: Watch
) -> None:
    seen = {}
    for size in SIZES:
        agencies = new_agencies()
        with watch() as sent:
            write(store, agencies, size, "Ana")
        seen[size] = traffic(sent)
    assert seen == dict.fromkeys(SIZES, expected(store, "created"))


@pytest.mark.parametrize("kind", BATCHES)
def test_a_batch_costs_the_same_statements_whatever_its_size(
    store: Store,
    new_agencies: Callable[[], list[int]],
    watch: Watch,
    kind: str,
) -> None:
    seen = {}
    for size in SIZES:
        agencies = new_agencies()
        write(store, agencies, max(SIZES), "Ana")
        with watch() as sent:
            write(store, agencies, size, **BATCHES[kind])
        seen[size] = traffic(sent)
    assert seen == dict.fromkeys(SIZES, expected(store, kind))


def test_media_cost_the_same_statements_whatever_their_number(
    store: Store, new_agencies: Callable[[], list[int]], watch: Watch
) -> None:
    seen: dict[str, list[tuple[int, int]]] = {kind: [] for kind in MEDIA}
    for size in SIZES:
        agencies = new_agencies()
        write(store, agencies, size, "Ana")
        url = "https://casa.example/a.jpg"
        imports = [ImportMedia(url=url, external_id=f"p-{n}") for n in range(size)]
        with watch() as sent:
            media = write_media(store, agencies, imports)
        seen["imported"].append(traffic(sent))
        puts = [
            PutUser(external_id=f"crm-{n}", patch=Patch(avatar=found.media.id))
            for n, found in enumerate(media)
        ]
        with watch() as sent:
            write_media(store, agencies, puts)
        seen["given"].append(traffic(sent))
        with watch() as sent:
            write_media(store, agencies, [DeleteMedia(external_id=f"p-{n}") for n in range(size)])
        seen["deleted"].append(traffic(sent))
    assert seen == {kind: [expected(store, kind)] * len(SIZES) for kind in MEDIA}


def traffic(sent: list[str]) -> tuple[int, int]:
    return len(sent) - sent.count("trip"), sent.count("trip")


def expected(store: Store, kind: str) -> tuple[int, int]:
    costs = (TRAFFIC | MEDIA)[kind]
    return (costs.postgres, costs.trips) if store.shared else (costs.sqlite, 0)
