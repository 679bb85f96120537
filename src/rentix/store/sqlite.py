"""The embedded database: one file, one writer, readers that never wait for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import apsw
import msgspec

from rentix.model import Agency, Change, Job, Media, User
from rentix.store import (
    Binding,
    Known,
    ListingFilter,
    PhotoNews,
    Spending,
    UserFilter,
    UserKey,
)
from rentix.store.listing_loads import month_of
from rentix.store.listing_query import listing_page_query, public_span
from rentix.store.listing_rows import FILES, files_of_rows, to_state, to_view
from rentix.store.media_query import media_query
from rentix.store.migrate import migrate_sqlite
from rentix.store.page_query import page_query
from rentix.store.queries import load_queries
from rentix.store.rows import to_agency, to_change, to_job, to_key, to_media, to_user
from rentix.store.sqlite_batch import SqliteBatch
from rentix.store.sqlite_checkpoints import Checkpointer
from rentix.store.sqlite_connections import (
    FILE_NAME,
    check_library,
    enlarge_cache,
    open_reader,
    open_writer,
    translate,
    translated,
    wait_when_busy,
)
from rentix.store.sqlite_queue import SqliteQueue
from rentix.store.strands import make_blocking_call
from rentix.views import AgentView, ListingState, ListingView

_QUERIES = load_queries("sqlite")
_READERS = 4
_KEY_COLUMNS = 6


class SqliteStore:
    """A store in `directory`/rentix.db. The directory is made, readable to its owner only.

    `find_users` and `find_keys` take microseconds and may be called from the event loop; the other
    questions take a reader of their own and belong in a thread.
    """

    shared = False

    def __init__(self, directory: Path) -> None:
        check_library()
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = directory / FILE_NAME
        with translated():
            self._writer = open_writer(path)
            migrate_sqlite(self._writer)
            self._checkpointer = Checkpointer(path, self._writer)
            self.queue = SqliteQueue(path)
            self._reader = open_reader(path)
            self._readers: SimpleQueue[apsw.Connection] = SimpleQueue()
            for _ in range(_READERS):
                self._readers.put(open_reader(path))
            for busy in (self._writer, self._reader):
                enlarge_cache(busy)

    @contextmanager
    def batch(
        self,
        agencies: Collection[int],
        *,
        wait: bool = True,  # noqa: ARG002 - there is one writer: it always gets every agency
    ) -> Iterator[SqliteBatch]:
        """A write transaction. A batch that saved nothing is rolled back: it costs no sync.

        On the event loop all of it but waiting runs there: SQLite gives the interpreter away at
        each row, and another thread would wait for a busy loop to give it back each time.
        """
        with translated():
            self._begin()
            batch = SqliteBatch(self._writer, agencies)
            try:
                yield batch
                if batch.saved:
                    self._commit()
                else:
                    self._writer.execute("ROLLBACK")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def _begin(self) -> None:
        begin = partial(self._writer.execute, "BEGIN IMMEDIATE")
        self._writer.set_busy_timeout(0)
        try:
            begin()
        except apsw.BusyError:  # an operator's command writes, in another process
            wait_when_busy(self._writer)
            make_blocking_call(begin)
        finally:
            wait_when_busy(self._writer)

    def _commit(self) -> None:
        if self._checkpointer.is_brief:
            self._checkpointer.commit()
        else:
            make_blocking_call(self._checkpointer.commit)

    @contextmanager
    def trial(self, agency_id: int) -> Iterator[SqliteBatch]:
        """A snapshot; ids given out in it are negative, for they are never stored."""
        with self._snapshot() as reader:
            yield SqliteBatch(reader, {agency_id}, trial=True)

    @contextmanager
    def _snapshot(self) -> Iterator[apsw.Connection]:
        with self._borrowed() as reader:
            reader.execute("BEGIN")
            try:
                yield reader
            finally:
                reader.execute("ROLLBACK")

    @contextmanager
    def _borrowed(self) -> Iterator[apsw.Connection]:
        reader = self._readers.get()
        try:
            with translated():
                yield reader
        finally:
            self._readers.put(reader)

    def find_users(self, wanted: Sequence[UserKey]) -> list[User | None]:
        """The users of these agencies with these ids or external ids, in the same order."""
        return [self._user(*key) for key in wanted]

    def _user(self, agency_id: int, key: int | str) -> User | None:
        query = "user_by_id" if isinstance(key, int) else "user_by_external_id"
        row = self._row(query, (agency_id, key))
        return to_user(row) if row else None

    def users(self, agency_id: int, wanted: UserFilter, after: int, limit: int) -> list[User]:
        """Up to `limit` users with an id above `after`, in order of id."""
        query, values = page_query(_QUERIES["user_page"], "sqlite", wanted)
        values |= {"agency_id": agency_id, "after": after, "limit": limit}
        with self._borrowed() as reader:
            return [to_user(row) for row in reader.execute(query, values)]

    def job(self, agency_id: int, job_id: int, now_ms: int) -> Job | None:
        """The agency's background job with this id, and its place among those that are due."""
        with self._borrowed() as reader:
            values = {"agency_id": agency_id, "job_id": job_id, "now_ms": now_ms}
            row = reader.execute(_QUERIES["job"], values).fetchone()
            return to_job(row) if row else None

    def media(self, agency_id: int, key: int | str) -> Media | None:
        """The agency's media with this id or external id."""
        query, name = media_query(key)
        with self._borrowed() as reader:
            row = reader.execute(_QUERIES[query], {"agency_id": agency_id, name: key}).fetchone()
            return to_media(row) if row else None

    def version(self) -> int | None:
        """A number that is another after each commit, of other processes too."""
        return self._row("data_version", ())[0]  # type: ignore[no-any-return]

    def find_listings(self, wanted: Sequence[UserKey]) -> list[ListingView | None]:
        """The listings of these agencies with these ids or external ids, in the same order."""
        return [self._listing(*key) for key in wanted]

    def _listing(self, agency_id: int, key: int | str) -> ListingView | None:
        query, name = "one_listing_by_external_id", "external_id"
        if isinstance(key, int):
            query, name = "one_listing", "listing_id"
        row = self._row(query, {"agency_id": agency_id, name: key})
        if row is None:
            return None
        photos = self._rows("media_listed", {"agency_id": agency_id, "wanted": row[FILES]})
        return to_view(row, {photo[0]: to_media(photo) for photo in photos})

    def find_listing_states(self, wanted: Sequence[UserKey]) -> list[ListingState | None]:
        """What tells these listings from what they were, in the same order."""
        return [self._listing_state(*key) for key in wanted]

    def _listing_state(self, agency_id: int, key: int | str) -> ListingState | None:
        query, name = "listing_state_by_external_id", "external_id"
        if isinstance(key, int):
            query, name = "listing_state", "listing_id"
        row = self._row(query, {"agency_id": agency_id, name: key})
        return to_state(row) if row else None

    def listings(
        self, agency_id: int, wanted: ListingFilter, after: int, limit: int
    ) -> list[ListingView]:
        """Up to `limit` listings with an id above `after`, in order of id."""
        query, values = listing_page_query(_QUERIES, "sqlite", wanted)
        with self._snapshot() as reader:
            return self._views(reader, agency_id, query, after=after, limit=limit, **values)

    def _views(
        self, reader: apsw.Connection, agency_id: int, query: str, **values: Any
    ) -> list[ListingView]:
        text = _QUERIES.get(query, query)
        rows = reader.execute(text, {"agency_id": agency_id, **values}).fetchall()
        wanted = msgspec.json.encode(sorted(files_of_rows(rows))).decode()
        found = reader.execute(_QUERIES["media_listed"], {"agency_id": agency_id, "wanted": wanted})
        media = {row[0]: to_media(row) for row in found}
        return [to_view(row, media) for row in rows]

    def public_listing(self, listing_id: int) -> ListingView | None:
        """The listing with this id, of whatever agency, if visitors may see it."""
        with self._snapshot() as reader:
            found = reader.execute(_QUERIES["agency_of_listing"], {"listing_id": listing_id}).get
            views = self._views(reader, found, "one_listing", listing_id=listing_id)
        return views[0] if views and views[0].agency.active else None

    def public_listing_state(self, listing_id: int) -> ListingState | None:
        """What `public_listing` would give, by its state alone: for the event loop."""
        row = self._row("public_listing_state", {"listing_id": listing_id})
        return to_state(row) if row else None

    def public_agent(self, user_id: int, page: int | None) -> AgentView | None:
        """The user with this id, of whatever agency, if active and the agency is."""
        total, listings = 0, []
        with self._snapshot() as reader:
            found = reader.execute(_QUERIES["agency_of_user"], {"user_id": user_id}).get
            if found is None:
                return None
            [agency] = map(to_agency, reader.execute(_QUERIES["agency"], {"agency_id": found}))
            [user] = map(to_user, reader.execute(_QUERIES["user_by_id"], (found, user_id)))
            if page is not None and agency.active:
                values = {"agency_id": found, "user_id": user_id}
                total = reader.execute(_QUERIES["count_of_agent"], values).get
                span = public_span(page)
                listings = self._views(reader, found, "listings_of_agent", user_id=user_id, **span)
        if not agency.active:
            return None
        return AgentView(
            user=user, agency=agency, listings=tuple(listings), page=page or 1, total=total
        )

    def listings_used(self, agency_id: int, now_ms: int) -> int:
        """How many listings the agency made in the month of `now_ms`."""
        values = {"agency_id": agency_id, "month": month_of(now_ms)}
        with self._borrowed() as reader:
            return reader.execute(_QUERIES["listings_used"], values).get or 0

    def bindings(self, most: int) -> list[Binding]:
        """Agents whom listings wait for, oldest first for each agency."""
        with self._borrowed() as reader:
            rows: list[Any] = reader.execute(_QUERIES["bindings"], {"most": most}).fetchall()
        return [Binding(*row) for row in rows]

    def photo_news(self, most: int) -> list[PhotoNews]:
        """Media of any agency of which listings are still to be told."""
        with self._borrowed() as reader:
            rows: list[Any] = reader.execute(_QUERIES["photo_news"], {"most": most}).fetchall()
        return [PhotoNews(*row) for row in rows]

    def secret(self) -> bytes:
        """The installation's secret."""
        with self._borrowed() as reader:
            secret: bytes = reader.execute(_QUERIES["secret"]).get
            return secret

    def changes(self, agency_id: int, after: int, limit: int) -> list[Change]:
        """Up to `limit` changes of the agency numbered above `after`, in order."""
        with self._borrowed() as reader:
            values = {"agency_id": agency_id, "after": after, "limit": limit}
            rows = reader.execute(_QUERIES["changes"], values)
            return [to_change(row) for row in rows]

    def find_keys(self, key_ids: Sequence[int]) -> list[Known | None]:
        """Keys, revoked or not, and the agencies that they belong to, in the same order."""
        rows = [self._row("key_and_agency", (key_id,)) for key_id in key_ids]
        return [
            (to_key(row[:_KEY_COLUMNS]), to_agency(row[_KEY_COLUMNS:])) if row else None
            for row in rows
        ]

    def agency(self, agency_id: int) -> Agency | None:
        """The agency with this id."""
        with self._borrowed() as reader:
            row = reader.execute(_QUERIES["agency"], {"agency_id": agency_id}).fetchone()
            return to_agency(row) if row else None

    def _row(self, query: str, values: Any) -> Any:
        try:  # without `translated`, which costs a fifth of what the question does
            return self._reader.execute(_QUERIES[query], values).fetchone()
        except apsw.Error as error:
            raise translate(error) from error

    def _rows(self, query: str, values: Any) -> list[Any]:
        try:
            return self._reader.execute(_QUERIES[query], values).fetchall()
        except apsw.Error as error:
            raise translate(error) from error

    def spend(self, spendings: Sequence[Spending]) -> list[int]:
        """Never asked: the one process that serves the data counts in its memory."""
        raise NotImplementedError  # a caller that asks is wrong, and must not get a budget

    @contextmanager
    def operate(self) -> Iterator[SqliteHand]:
        """A transaction of the operator's."""
        with translated():
            self._writer.execute(
                "BEGIN IMMEDIATE"
            )  # what begins by reading could not wait to write
            try:
                yield SqliteHand(self._writer)
            except BaseException:
                self._writer.execute("ROLLBACK")
                raise
            self._writer.execute("COMMIT")

    def ping(self) -> None:
        """Raises Unavailable when the database cannot be read."""
        with self._borrowed() as reader:
            reader.execute(_QUERIES["last_id"], ("user",)).fetchone()

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        for _ in range(_READERS):
            self._readers.get().close()
        self._reader.close()
        self.queue.close()
        self._checkpointer.close()
        self._writer.close()


class SqliteHand:
    """A `store.Hand` inside a transaction that somebody else opens and ends."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    def new_id(self, kind: str) -> int:
        """The next id of this kind."""
        new: int = self._connection.execute(_QUERIES["last_id"], (kind,)).get + 1
        self._connection.execute(_QUERIES["save_last_id"], (new, kind))
        return new

    def run(self, query: str, agency_id: int | None = None, **values: Any) -> list[Any]:
        """A named query."""
        bound = {"agency_id": agency_id, **values}
        return self._connection.execute(_QUERIES[query], bound).fetchall()
