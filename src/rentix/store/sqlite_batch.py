"""Load and save of one batch on SQLite: a constant set of statements, whatever its size."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import apsw
import msgspec

from rentix.decide.lookup import Lookup
from rentix.decide.media_set import Key, MediaSet
from rentix.decide.working_set import Effects, Memory, WorkingSet
from rentix.model import Listing, Media, User
from rentix.store import StoreError
from rentix.store.effect_rows import effect_rows
from rentix.store.listing_loads import ListingLoad, Rows
from rentix.store.queries import load_queries
from rentix.store.rows import gather_seen, to_media, to_user

_QUERIES = load_queries("sqlite")
_TRIAL_SEQS = 2**62


class SqliteBatch:
    """A `store.Batch` inside a transaction that somebody else opens and ends."""

    def __init__(
        self, connection: apsw.Connection, claimed: Collection[int], *, trial: bool = False
    ) -> None:
        self._connection = connection
        self._trial = trial
        self._last_ids: dict[str, int] = {}
        self._loaded: dict[int, User] = {}
        self._listings: dict[int, Listing] = {}
        self._met: set[int] = set()
        self.claimed = claimed
        self.saved = False

    def load(self, lookup: Lookup, now_ms: int) -> WorkingSet:
        """Read the users, former holders, remembered answers and sequences that are named.

        Raises:
            StoreError: one of them is not of a claimed agency. PostgreSQL would hide it.
        """
        named = (
            *lookup.ids,
            *lookup.external_ids,
            *lookup.scopes,
            *lookup.named_media,
            *lookup.listings,
            *lookup.listing_external_ids,
        )
        if not lookup.agencies.union(key[0] for key in named) <= set(self.claimed):
            raise StoreError("a batch may read the agencies that it claimed, and no others")
        users: dict[int, User] = {}
        for query, keys in (
            ("users_by_id", lookup.ids),
            ("users_by_external_id", lookup.external_ids),
        ):
            users |= {row[0]: to_user(row) for row in self._rows(query, keys)}
        media, shown, seen = self._media(lookup) if lookup.named_media else ([], {}, {})
        users |= seen
        missing = lookup.creating - {(u.agency_id, u.external_id) for u in users.values()}
        holders = self._rows("former_holders", missing)
        load = ListingLoad(lookup, self._ask, now_ms)
        load.begin()
        load.follow(users.values(), media, missing)
        media += load.media()
        holds = {(row[0], row[1]): row[2] for row in self._rows("holds", lookup.imports)}
        self._loaded = users
        listings = load.listing_set()
        self._listings = {one.id: one for one in load.listings}
        self._met = load.met
        return WorkingSet(
            users=users.values(),
            holders={(agency, external): user for agency, external, user in holders},
            memories=self._memories(lookup, now_ms),
            last_seq=self._last_seqs(lookup),
            media=MediaSet(media, shown, holds, lookup.shown_external_ids) if media else None,
            listings=listings,
            agencies=load.agencies(),
            new_id=self._new_id,
        )

    def _media(
        self, lookup: Lookup
    ) -> tuple[list[Media], dict[Key, tuple[int, ...]], dict[int, User]]:
        rows = self._rows("media_by_id", lookup.media)
        rows += self._rows("media_by_external_id", lookup.media_external_ids)
        seen = self._rows("users_by_media", lookup.shown)
        seen += self._rows("users_by_media_external_id", lookup.shown_external_ids)
        found, users = gather_seen(seen)
        return [to_media(row) for row in rows], users, found

    def _ask(self, query: str, wanted: Collection[Any], **more: int) -> Rows:
        values: Any = (msgspec.json.encode(list(wanted)).decode(),)
        if more:
            values = {"wanted": values[0], **more}
        rows = self._connection.execute(_QUERIES[query], values).fetchall()
        return lambda: rows

    def _rows(self, query: str, keys: Collection[Any]) -> list[Any]:
        if not keys:
            return []
        wanted = msgspec.json.encode(list(keys)).decode()
        return self._connection.execute(_QUERIES[query], (wanted,)).fetchall()

    def _last_seqs(self, lookup: Lookup) -> dict[int, int]:
        # Like ids, the numbers of a trial are negative: no etag made of one is ever real.
        below = _TRIAL_SEQS if self._trial else 0
        rows = self._rows("last_seqs", lookup.agencies)
        return {agency: (seq or 0) - below for agency, seq in rows}

    def _memories(self, lookup: Lookup, now_ms: int) -> dict[tuple[int, str], Memory]:
        if not lookup.scopes:
            return {}
        wanted = msgspec.json.encode(list(lookup.scopes)).decode()
        values = {"wanted": wanted, "now_ms": now_ms}
        rows = self._connection.execute(_QUERIES["memories"], values)
        return {(row[0], row[1]): Memory(row[2], row[3]) for row in rows}

    def _new_id(self, kind: str) -> int:
        if kind not in self._last_ids:
            stored = self._connection.execute(_QUERIES["last_id"], (kind,)).get
            self._last_ids[kind] = 0 if self._trial else stored
        self._last_ids[kind] += -1 if self._trial else 1
        return self._last_ids[kind]

    def save(self, effects: Effects, now_ms: int) -> None:
        """Write the effects, and the identities that were given out."""
        self.saved = not effects.empty
        for query, rows in effect_rows(effects, now_ms):
            self._connection.executemany(_QUERIES[query], rows)
            if query == "update_user":
                self._connection.executemany(_QUERIES["update_user_keys"], self._rekeyed(effects))
            elif query == "update_listing":
                keys = self._relisted(effects)
                self._connection.executemany(_QUERIES["update_listing_keys"], keys)
        if self.saved:
            last_ids = ((last, kind) for kind, last in self._last_ids.items())
            self._connection.executemany(_QUERIES["save_last_id"], last_ids)

    def _rekeyed(self, effects: Effects) -> Iterator[tuple[int, int, str | None, str]]:
        # One that gave its external id up and took it back has none in the database now.
        for (agency_id, user_id), user in effects.users.items():
            before, after = self._loaded.get(user_id), (user.external_id, user.phone.e164)
            moved = (agency_id, user_id) in effects.moved
            if before and (moved or (before.external_id, before.phone.e164) != after):
                yield user_id, agency_id, *after

    def _relisted(self, effects: Effects) -> Iterator[tuple[Any, ...]]:
        # What a handover wrote has another version than what was loaded, or is as that was.
        for key, listing in effects.listings.saved.items():
            before, after = self._listings.get(listing.id), _keys(listing)
            rewritten = key in effects.listings.moved or listing.id in self._met
            if before and (rewritten or _keys(before) != after):
                yield listing.id, listing.agency_id, *after


def _keys(listing: Listing) -> tuple[Any, ...]:
    return (
        listing.external_id,
        listing.user_id,
        listing.external_user_id,
        listing.agent_version,
        listing.moved_version,
    )
