"""What a batch sends to its database: as much for 200 operations as for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
from msgspec import UNSET

from rentix.operations import (
    Answer,
    Caller,
    DeactivateUser,
    DeleteListing,
    DeleteMedia,
    FileRef,
    Idempotency,
    ImportMedia,
    ListingPatch,
    Operation,
    Patch,
    PutListing,
    PutUser,
    Request,
)
from rentix.rules.phones import read_phones
from rentix.store import Store
from rentix.writer import commit
from tests.store.conftest import AGENCIES, Watch

SIZES = (1, 10, 200)
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
    # As changed, with insert_user; former_holders, awaited_agents; ids: last_id and
    # save_last_id, or new_ids.
    "created": Traffic(10, 11, 3),
    "remembered": Traffic(9, 11, 2),  # as changed; memories, forget_memories, save_memory
    "pictured": Traffic(9, 10, 3),  # as changed; save_media, and ids as above
}

# Of media: BEGIN, last_seqs and COMMIT, enter and claim, as above; save_change.
MEDIA = {
    "imported": Traffic(8, 9, 3),  # media_by_external_id; save_media; ids
    "given": Traffic(8, 10, 2),  # users_by_external_id, media_by_id; update_user, save_media_use
    # media_by_external_id, users_by_…, agencies_named, listings_by_media, media_beside;
    # delete_media_use, delete_media.
    "deleted": Traffic(12, 14, 3),
}

# Of a listing: listings_by_external_id, users_by_external_id.
LISTINGS = {
    "unchanged": Traffic(5, 7, 2),
    "changed": Traffic(7, 9, 2),  # update_listing, save_change
    # As changed, but insert_listing; former_listings, agencies_named, listings_used_by; save_media,
    # save_listing_media, save_listings_used; ids, of listings and of media: last_id twice and
    # save_last_id, or new_ids twice.
    "listed": Traffic(16, 17, 3),
    # As changed; media_by_listing, save_media, save_listing_media, forget_photos; ids of media,
    # and a trip for them.
    "photographed": Traffic(13, 14, 4),
    # users_by_external_id, listings_held, listings_left; update_user, save_change; shift_listings,
    # save_listings_left or forget_listings_left.
    "left": Traffic(10, 12, 3),
    "returned": Traffic(10, 12, 3),
    "deleted": Traffic(
        8, 10, 2
    ),  # save_change, delete_listing_media, delete_listing_left, delete_listing
}


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


def write_each(store: Store, agencies: Sequence[int], operations: Sequence[Operation]) -> list[Any]:
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
            media = write_each(store, agencies, imports)
        seen["imported"].append(traffic(sent))
        puts = [
            PutUser(external_id=f"crm-{n}", patch=Patch(avatar=found.media.id))
            for n, found in enumerate(media)
        ]
        with watch() as sent:
            write_each(store, agencies, puts)
        seen["given"].append(traffic(sent))
        with watch() as sent:
            write_each(store, agencies, [DeleteMedia(external_id=f"p-{n}") for n in range(size)])
        seen["deleted"].append(traffic(sent))
    assert seen == {kind: [expected(store, kind, MEDIA)] * len(SIZES) for kind in MEDIA}


def listing(number: int, value: int, *photos: str) -> PutListing:
    patch = ListingPatch(
        form={"announcementValue": value},
        files=tuple(FileRef(url=f"https://casa.example/{photo}.jpg") for photo in photos) or UNSET,
        external_user_id=f"crm-{number}",
    )
    return PutListing(external_id=f"flat-{number}", patch=patch)


LISTED: dict[str, Callable[[int], Operation]] = {
    "listed": lambda number: listing(number, 1, "a", "b", "c"),
    "unchanged": lambda number: listing(number, 1),
    "changed": lambda number: listing(number, 2),
    "photographed": lambda number: listing(number, 2, "a", "b", "d"),
    "left": lambda number: DeactivateUser(external_id=f"crm-{number}"),
    "returned": lambda number: PutUser(external_id=f"crm-{number}", patch=Patch()),
    "deleted": lambda number: DeleteListing(external_id=f"flat-{number}"),
}


def test_listings_cost_the_same_statements_whatever_their_number(
    store: Store, new_agencies: Callable[[], list[int]], watch: Watch
) -> None:
    seen: dict[str, list[tuple[int, int]]] = {kind: [] for kind in LISTED}
    for size in SIZES:
        agencies = new_agencies()
        write(store, agencies, size, "Ana")
        for kind, make in LISTED.items():
            with watch() as sent:
                write_each(store, agencies, [make(number) for number in range(size)])
            seen[kind].append(traffic(sent))
    assert seen == {kind: [expected(store, kind, LISTINGS)] * len(SIZES) for kind in LISTED}


def test_what_others_send_meanwhile_is_not_counted(
    store: Store, new_agencies: Callable[[], list[int]], watch: Watch
) -> None:
    agencies = new_agencies()
    with watch() as sent, ThreadPoolExecutor(1) as another:
        another.submit(store.bindings, 1).result()
        write(store, agencies, 1, "Ana")
        another.submit(store.queue.now_ms).result()
    assert traffic(sent) == expected(store, "created")


def traffic(sent: list[str]) -> tuple[int, int]:
    return len(sent) - sent.count("trip"), sent.count("trip")


def expected(store: Store, kind: str, table: dict[str, Traffic] = TRAFFIC) -> tuple[int, int]:
    costs = table[kind]
    return (costs.postgres, costs.trips) if store.shared else (costs.sqlite, 0)
