"""Load and save of one batch on PostgreSQL: two trips to the server, whatever its size."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from rentix.decide.lookup import Lookup
from rentix.decide.media_set import ExternalKey, Key, MediaSet
from rentix.decide.working_set import Effects, Memory, WorkingSet
from rentix.model import Media, User
from rentix.store.effect_rows import effect_rows
from rentix.store.listing_loads import ListingLoad, Rows
from rentix.store.postgres_connections import Transaction, fetched
from rentix.store.postgres_trips import Sent
from rentix.store.rows import gather_seen, to_media, to_user

_TRIAL_SEQS = 2**62
_BY_AGENCY = ("listings_used_by", "agencies_named")


class PostgresBatch:
    """A `store.Batch` inside a transaction that somebody else opens and ends."""

    def __init__(
        self,
        transaction: Transaction,
        claimed: Collection[int] | Sent,
        *,
        trial: bool = False,
    ) -> None:
        self._transaction = transaction
        self._trial = trial
        self._claimed = claimed
        self._ids: dict[str, Iterator[int]] = {}

    @property
    def claimed(self) -> Collection[int]:
        """The agencies that it may write; known after `load`, for both are one trip."""
        if isinstance(self._claimed, Sent):
            self._claimed = {row[0] for row in self._claimed.fetchall()}
        return self._claimed

    def load(self, lookup: Lookup, now_ms: int) -> WorkingSet:
        """Read the users, former holders, remembered answers and sequences that are named."""
        start = self._transaction.start_keyed
        by_id = start("users_by_id", lookup.ids)
        by_external = start("users_by_external_id", lookup.external_ids)
        holds = start("holds", lookup.imports)
        memories = start("memories", lookup.scopes, now_ms=now_ms)
        seqs = self._transaction.start("last_seqs", {"agency_ids": list(lookup.agencies)})
        media = self._start_media(lookup)
        load = ListingLoad(lookup, self._ask, now_ms)
        load.begin()
        users = {row[0]: to_user(row) for row in (*fetched(by_id), *fetched(by_external))}
        pictures, shown, seen = _fetch_media(media)
        users |= seen
        missing = lookup.creating - {(u.agency_id, u.external_id) for u in users.values()}
        holders, new_ids = self._prepare_births(missing)
        load.follow(users.values(), pictures, missing)
        new_listing_ids = self._ask_ids("listing_id", load.newborn)
        # Their photos most likely need ids as well, which are no trip of their own now.
        new_media_ids = self._ask_ids("media_id", lookup.pictures if load.newborn else 0)
        pictures += load.media()
        # Like ids, the numbers of a trial are negative: no etag made of one is ever real.
        below = _TRIAL_SEQS if self._trial else 0
        last_seq = dict.fromkeys(lookup.agencies, -below)
        last_seq |= {agency: seq - below for agency, seq in seqs.fetchall()}
        held = {(row[0], row[1]): row[2] for row in fetched(holds)}
        self._ids = {
            "user": self._identity("user_id", new_ids),
            "media": self._identity("media_id", new_media_ids, lookup.pictures),
            "listing": self._identity("listing_id", new_listing_ids),
        }
        return WorkingSet(
            users=users.values(),
            holders={(agency, external): user for agency, external, user in fetched(holders)},
            memories={(row[0], row[1]): Memory(row[2], row[3]) for row in fetched(memories)},
            last_seq=last_seq,
            media=MediaSet(pictures, shown, held, lookup.shown_external_ids) if pictures else None,
            listings=load.listing_set(),
            agencies=load.agencies(),
            new_id=self._new_id,
        )

    def _ask(self, query: str, wanted: Collection[Any], **more: int) -> Rows:
        name = "agency_ids" if query in _BY_AGENCY else "wanted"
        return self._transaction.start(query, {name: list(wanted), **more}).fetchall

    def _start_media(self, lookup: Lookup) -> tuple[Sent | None, ...]:
        start = self._transaction.start_keyed
        return (
            start("media_by_id", lookup.media),
            start("media_by_external_id", lookup.media_external_ids),
            start("users_by_media", lookup.shown),
            start("users_by_media_external_id", lookup.shown_external_ids),
        )

    def _prepare_births(self, missing: Collection[ExternalKey]) -> tuple[Sent | None, Sent | None]:
        """Ask for what new users need, in one trip; most batches have none and ask nothing."""
        holders = self._transaction.start_keyed("former_holders", missing)
        return holders, self._ask_ids("user_id", len(missing))

    def _new_id(self, kind: str) -> int:
        return next(self._ids[kind])

    def _ask_ids(self, sequence: str, count: int) -> Sent | None:
        if self._trial or not count:
            return None
        return self._transaction.start("new_ids", {"sequence": sequence, "count": count})

    def _identity(
        self, sequence: str, asked: Sent | None = None, expected: int = 1
    ) -> Iterator[int]:
        if self._trial:
            return iter(range(-1, -(2**62), -1))
        return self._new_ids(sequence, asked, expected)

    def _new_ids(self, sequence: str, asked: Sent | None, expected: int) -> Iterator[int]:
        while True:
            yield from (row[0] for row in fetched(asked or self._ask_ids(sequence, expected)))
            asked, expected = None, 1

    def save(self, effects: Effects, now_ms: int) -> None:
        """Write the effects and commit, in one trip."""
        for query, rows in effect_rows(effects, now_ms):
            self._transaction.start(query, {"rows": list(rows)})
        self._transaction.commit()


def _fetch_media(
    sent: tuple[Sent | None, ...],
) -> tuple[list[Media], dict[Key, tuple[int, ...]], dict[int, User]]:
    by_id, by_external, shown, shown_by_external = sent
    if by_id is None and by_external is None:
        return [], {}, {}
    found, users = gather_seen((*fetched(shown), *fetched(shown_by_external)))
    rows = (*fetched(by_id), *fetched(by_external))
    return [to_media(row) for row in rows], users, found
