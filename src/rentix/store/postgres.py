"""The shared database: any number of processes write it, one at a time for each agency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

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
from rentix.store.listing_rows import files_of_rows, to_state, to_view
from rentix.store.media_query import media_query
from rentix.store.page_query import page_query
from rentix.store.postgres_batch import PostgresBatch
from rentix.store.postgres_connections import (
    QUERIES,
    Connections,
    Transaction,
    array,
    connect,
    fetched,
    translated,
)
from rentix.store.postgres_queue import PostgresQueue
from rentix.store.rows import to_agency, to_change, to_job, to_key, to_media, to_user
from rentix.store.schema import check_serving
from rentix.views import AgentView, ListingState, ListingView

_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_READ = "BEGIN READ ONLY"
DEFAULT_CONNECTIONS = 10


class PostgresStore:
    """A store at `url`. Every question is a trip to the server: ask from a thread.

    Raises:
        Unavailable: the database cannot be reached.
        SchemaTooNew, SchemaTooOld, RoleTooMighty: it must not be served so (`store.schema`).
    """

    shared = True

    def __init__(self, url: str, connections: int = DEFAULT_CONNECTIONS) -> None:
        with translated(), connect(url) as connection:
            check_serving(connection)
        self._connections = Connections(url, connections)
        self.queue = PostgresQueue(self._connections)

    @contextmanager
    def batch(self, agencies: Collection[int], *, wait: bool = True) -> Iterator[PostgresBatch]:
        """A write transaction for those of `agencies` that nobody else is writing.

        With `wait`, for all of them: each is waited for in turn, in the order of their ids.
        """
        with self._connections.transaction(agencies) as transaction:
            if wait:
                for agency_id in sorted(agencies):
                    transaction.start("await_claim", {"agency_id": agency_id})
                yield PostgresBatch(transaction, agencies)
            else:
                claimed = transaction.start("claim", {"agency_ids": list(agencies)})
                yield PostgresBatch(transaction, claimed)

    @contextmanager
    def trial(self, agency_id: int) -> Iterator[PostgresBatch]:
        """A snapshot; ids given out in it are negative, for they are never stored."""
        with self._connections.transaction({agency_id}, _SNAPSHOT) as transaction:
            yield PostgresBatch(transaction, {agency_id}, trial=True)

    @contextmanager
    def _reading(self, *agencies: int) -> Iterator[Transaction]:
        with self._connections.transaction(agencies, _READ) as transaction:
            yield transaction

    def find_users(self, wanted: Sequence[UserKey]) -> list[User | None]:
        """The users of these agencies with these ids or external ids, in the same order."""
        ids = [key for key in wanted if isinstance(key[1], int)]
        externals = [key for key in wanted if isinstance(key[1], str)]
        found: dict[UserKey, User] = {}
        with self._reading(*{agency_id for agency_id, _ in wanted}) as transaction:
            by_id = transaction.start_keyed("users_by_id", ids)
            by_external = transaction.start_keyed("users_by_external_id", externals)
            transaction.commit()
            for user in map(to_user, fetched(by_id)):
                found[user.agency_id, user.id] = user
            for user in map(to_user, fetched(by_external)):
                found[user.agency_id, user.external_id or ""] = user
        return [found.get(key) for key in wanted]

    def users(self, agency_id: int, wanted: UserFilter, after: int, limit: int) -> list[User]:
        """Up to `limit` users with an id above `after`, in order of id."""
        query, values = page_query(QUERIES["user_page"], "postgres", wanted)
        values |= {"agency_id": agency_id, "after": after, "limit": limit}
        with self._reading(agency_id) as transaction:
            rows = transaction.run(query, values).fetchall()
        return [to_user(row) for row in rows]

    def job(self, agency_id: int, job_id: int, now_ms: int) -> Job | None:
        """The agency's background job with this id, and its place among those that are due."""
        values = {"agency_id": agency_id, "job_id": job_id, "now_ms": now_ms}
        with self._reading(agency_id) as transaction:
            rows = transaction.rows("job", values)
        return to_job(rows[0]) if rows else None

    def media(self, agency_id: int, key: int | str) -> Media | None:
        """The agency's media with this id or external id."""
        query, name = media_query(key)
        with self._reading(agency_id) as transaction:
            rows = transaction.rows(query, {"agency_id": agency_id, name: key})
        return to_media(rows[0]) if rows else None

    def version(self) -> int | None:
        """Nothing: to ask takes as long as to look."""
        return None

    def find_listings(self, wanted: Sequence[UserKey]) -> list[ListingView | None]:
        """The listings of these agencies with these ids or external ids, in the same order."""
        ids = [key for key in wanted if isinstance(key[1], int)]
        externals = [key for key in wanted if isinstance(key[1], str)]
        agencies = {agency_id for agency_id, _ in wanted}
        with self._connections.transaction(agencies, _SNAPSHOT) as transaction:
            by_id = transaction.start_keyed("listing_views_by_id", ids)
            by_external = transaction.start_keyed("listing_views_by_external_id", externals)
            rows = [*fetched(by_id), *fetched(by_external)]
            files = [(row[1], media_id) for row in rows for media_id in files_of_rows([row])]
            photos = fetched(transaction.start_keyed("media_by_id", files))
        media = {row[0]: to_media(row) for row in photos}
        found: dict[UserKey, ListingView] = {}
        for view in (to_view(row, media) for row in rows):
            for key in (view.listing.id, view.listing.external_id or ""):
                found[view.listing.agency_id, key] = view
        return [found.get(key) for key in wanted]

    def find_listing_states(self, wanted: Sequence[UserKey]) -> list[ListingState | None]:
        """What tells these listings from what they were, in the same order."""
        ids = [key for key in wanted if isinstance(key[1], int)]
        externals = [key for key in wanted if isinstance(key[1], str)]
        with self._reading(*{agency_id for agency_id, _ in wanted}) as transaction:
            by_id = transaction.start_keyed("listing_states_by_id", ids)
            by_external = transaction.start_keyed("listing_states_by_external_id", externals)
            transaction.commit()
            rows = [*fetched(by_id), *fetched(by_external)]
        found = {(row[-2], row[-1]): to_state(row) for row in rows}
        return [found.get(key) for key in wanted]

    def listings(
        self, agency_id: int, wanted: ListingFilter, after: int, limit: int
    ) -> list[ListingView]:
        """Up to `limit` listings with an id above `after`, in order of id."""
        query, values = listing_page_query(QUERIES, "postgres", wanted)
        with self._connections.transaction({agency_id}, _SNAPSHOT) as transaction:
            return _views(transaction, agency_id, query, after=after, limit=limit, **values)

    @contextmanager
    def _visit(self, query: str, **values: int) -> Iterator[tuple[Transaction, int | None]]:
        """A look at what visitors may see; the agency that it is of, None when there is none."""
        with self._connections.transaction((), _SNAPSHOT) as transaction:
            transaction.start("open_visit")
            rows = transaction.rows(query, values)
            if rows:
                transaction.enter({rows[0][0]})
            yield transaction, rows[0][0] if rows else None

    def public_listing(self, listing_id: int) -> ListingView | None:
        """The listing with this id, of whatever agency, if visitors may see it."""
        with self._visit("agency_of_listing", listing_id=listing_id) as (transaction, agency_id):
            if agency_id is None:
                return None
            views = _views(transaction, agency_id, "one_listing", listing_id=listing_id)
        return views[0] if views and views[0].agency.active else None

    def public_listing_state(self, listing_id: int) -> ListingState | None:
        """What `public_listing` would give, by its state alone."""
        with self._visit("agency_of_listing", listing_id=listing_id) as (transaction, agency_id):
            if agency_id is None:
                return None
            values = {"agency_id": agency_id, "listing_id": listing_id}
            rows = transaction.rows("visited_listing_state", values)
        return to_state(rows[0]) if rows else None

    def public_agent(self, user_id: int, page: int | None) -> AgentView | None:
        """The user with this id, of whatever agency, if active and the agency is."""
        total, listings = 0, []
        with self._visit("agency_of_user", user_id=user_id) as (transaction, agency_id):
            if agency_id is None:
                return None
            agencies = transaction.start("agency", {"agency_id": agency_id})
            users = transaction.start("users_by_id", {"wanted": [(agency_id, user_id)]})
            if page is not None:
                values = {"agency_id": agency_id, "user_id": user_id}
                counted = transaction.start("count_of_agent", values)
                span = public_span(page)
                listings = _views(
                    transaction, agency_id, "listings_of_agent", user_id=user_id, **span
                )
                total = counted.fetchall()[0][0]
            agency, user = to_agency(agencies.fetchall()[0]), to_user(users.fetchall()[0])
        if not agency.active:
            return None
        return AgentView(
            user=user, agency=agency, listings=tuple(listings), page=page or 1, total=total
        )

    def listings_used(self, agency_id: int, now_ms: int) -> int:
        """How many listings the agency made in the month of `now_ms`."""
        values = {"agency_id": agency_id, "month": month_of(now_ms)}
        with self._reading(agency_id) as transaction:
            rows = transaction.rows("listings_used", values)
        return rows[0][0] if rows else 0

    def bindings(self, most: int) -> list[Binding]:
        """Agents whom listings wait for, oldest first for each agency."""
        with self._reading() as transaction:
            transaction.start("open_queue")
            rows = transaction.rows("bindings", {"most": most})
        return [Binding(*row) for row in rows]

    def photo_news(self, most: int) -> list[PhotoNews]:
        """Media of any agency of which listings are still to be told."""
        with self._reading() as transaction:
            transaction.start("open_queue")
            rows = transaction.rows("photo_news", {"most": most})
        return [PhotoNews(*row) for row in rows]

    def secret(self) -> bytes:
        """The installation's secret."""
        with self._reading() as transaction:
            secret: bytes = transaction.rows("secret")[0][0]
        return secret

    def changes(self, agency_id: int, after: int, limit: int) -> list[Change]:
        """Up to `limit` changes of the agency numbered above `after`, in order."""
        with self._reading(agency_id) as transaction:
            values = {"agency_id": agency_id, "after": after, "limit": limit}
            return [to_change(row) for row in transaction.rows("changes", values)]

    def find_keys(self, key_ids: Sequence[int]) -> list[Known | None]:
        """Keys, revoked or not, and the agencies that they belong to, in the same order."""
        with self._reading() as transaction:
            rows = transaction.rows("keys_by_id", {"ids": array(key_ids)})
            keys = {key.id: key for key in map(to_key, rows)}
            ids = {key.agency_id for key in keys.values()}
            transaction.enter(ids)
            rows = transaction.rows("agencies_by_id", {"ids": array(ids)})
        agencies = {agency.id: agency for agency in map(to_agency, rows)}
        return [
            (keys[key_id], agencies[keys[key_id].agency_id]) if key_id in keys else None
            for key_id in key_ids
        ]

    def agency(self, agency_id: int) -> Agency | None:
        """The agency with this id."""
        with self._reading(agency_id) as transaction:
            rows = transaction.rows("agency", {"agency_id": agency_id})
        return to_agency(rows[0]) if rows else None

    def spend(self, spendings: Sequence[Spending]) -> list[int]:
        """Count requests; how many were counted in each minute so far, these among them."""
        counts = Counter[tuple[int, int, str]]()
        minutes: dict[tuple[int, int, str], int] = {}
        for spending in spendings:
            place = (spending.agency_id, spending.key_id, spending.kind)
            counts[place] += spending.count
            minutes[place] = max(minutes.get(place, 0), spending.minute)
        # In one order everywhere: two processes that count the same keys never wait in a circle.
        rows = [(*place, minutes[place], counts[place]) for place in sorted(counts)]
        with self._connections.transaction({row[0] for row in rows}) as transaction:
            transaction.run("SET LOCAL synchronous_commit = off")
            cursor = transaction.start("spend", {"rows": rows})
            transaction.commit()
            counted = cursor.fetchall()
        used = {(a, key, kind): total - counts[a, key, kind] for a, key, kind, total in counted}
        answers = []
        for spending in spendings:
            place = (spending.agency_id, spending.key_id, spending.kind)
            used[place] += spending.count
            answers.append(used[place])
        return answers

    @contextmanager
    def operate(self) -> Iterator[PostgresHand]:
        """A transaction of the operator's."""
        with self._connections.transaction(()) as transaction:
            yield PostgresHand(transaction)

    def ping(self) -> None:
        """Raises Unavailable when the database cannot be read."""
        with self._reading() as transaction:
            transaction.rows("is_sandbox")

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()


def _views(
    transaction: Transaction, agency_id: int, query: str, **values: Any
) -> list[ListingView]:
    given = {"agency_id": agency_id, **values}
    asked = transaction.start(query, given) if query in QUERIES else transaction.run(query, given)
    rows = asked.fetchall()
    wanted = {"agency_id": agency_id, "wanted": array(files_of_rows(rows))}
    media = {row[0]: to_media(row) for row in transaction.rows("media_listed", wanted)}
    return [to_view(row, media) for row in rows]


class PostgresHand:
    """A `store.Hand` inside a transaction that somebody else opens and ends."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def new_id(self, kind: str) -> int:
        """The next id of this kind."""
        wanted = {"sequence": f"{kind}_id", "count": 1}
        new: int = self._transaction.rows("new_ids", wanted)[0][0]
        return new

    def run(self, query: str, agency_id: int | None = None, **values: Any) -> list[Any]:
        """A named query."""
        if agency_id is not None:
            self._transaction.enter({agency_id})
        return self._transaction.rows(query, {"agency_id": agency_id, **values})
