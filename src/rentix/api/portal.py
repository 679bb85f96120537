"""What handlers work with: the store to read, the writer to write, keys, budgets, pages, clock."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakValueDictionary

from rentix.api.asking import Asking, AtOnce, Gathered
from rentix.api.auth import Keys
from rentix.api.files import FILES_PATH, Files
from rentix.api.limits import Budgets
from rentix.api.pages import make_pages
from rentix.api.uploads import PATIENCE, Tickets, Uploads
from rentix.api.visiting import Visits
from rentix.media.blobs import Blobs
from rentix.model import User
from rentix.operations import Answer, Request
from rentix.public.kept import Kept
from rentix.store import Store, UserKey
from rentix.views import ListingState, ListingView
from rentix.worker import Finish, Later, Pool
from rentix.writer import Clock, Ending, Writer, rehearse


class Portal:
    """The application's parts, put together by `wiring`.

    `start` and `stop` are called from the event loop that serves it. `body_timeout_s` bounds how
    long a client may take over its body. Without `blobs` there are no files to hand out, and
    without `make_imports` nobody imports pictures here. `public_url` is what addresses of files
    begin with, for clients; when it is not given, the server's own, which `serve` sets. `rates` are
    euros for one unit of other currencies. `visits_per_minute` is how many pages an address may ask
    for; 0 is any number.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        body_timeout_s: float = 30,
        blobs: Blobs | None = None,
        make_imports: Callable[[Finish], Pool] | None = None,
        public_url: str | None = None,
        rates: Mapping[str, float] | None = None,
        visits_per_minute: int = 0,
    ) -> None:
        self.store = store
        self.clock = clock
        asking: Any = Gathered if store.shared else AtOnce
        self.users: Asking[UserKey, User | None] = asking(store.find_users)
        self.listings: Asking[UserKey, ListingView | None] = asking(store.find_listings)
        self.listing_states: Asking[UserKey, ListingState | None] = asking(
            store.find_listing_states
        )
        self.keys = Keys(asking(store.find_keys), clock)
        self.budgets = Budgets(Gathered(store.spend) if store.shared else None)
        self.pages = make_pages()
        self.kept = Kept()
        self.visits = Visits(
            store, self.kept, at_once=not store.shared, per_minute=visits_per_minute
        )
        self.files = Files(blobs) if blobs else None
        self.uploads = Uploads(blobs, body_timeout_s * PATIENCE) if blobs else None
        self._tickets: Tickets | None = None
        self.imports = make_imports(self.finish) if make_imports else None
        self.later = Later(store, self.finish)
        self.public_url = public_url
        self.rates = rates or {}
        self.body_timeout_s = body_timeout_s
        self.stopping = False
        self.writer = Writer(store, clock, self._deliver)
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin to write."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self.writer.start(self._loop)
        if self.imports:
            self.imports.start()
        self.later.start()

    async def stop(self) -> None:
        """Write what is waiting, then give the store back."""
        self.stopping = True
        if self.imports:
            await asyncio.to_thread(self.imports.close)
        await asyncio.to_thread(self.later.close)
        await asyncio.to_thread(self.writer.close)
        for files in (self.files, self.uploads):
            if files is not None:
                await asyncio.to_thread(files.close)
        self.store.close()

    def turn(self, agency_id: int) -> asyncio.Lock:
        """What an agency holds while one of its long requests computes on the event loop."""
        return self._turns.setdefault(agency_id, asyncio.Lock())

    async def commit(self, request: Request) -> Answer:
        """Have a request written; it is durable when this returns.

        Raises:
            Problem: it is refused as a whole.
            StoreError, Overloaded, Closed: it could not be written, and nothing of it was.
        """
        done: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.writer.submit(request, done)
        return await done

    def finish(self, request: Request) -> Answer:
        """What `commit` does, for threads."""
        assert self._loop is not None  # noqa: S101 - nothing is imported before the start
        return asyncio.run_coroutine_threadsafe(self.commit(request), self._loop).result()

    @property
    def keeps_files(self) -> bool:
        """Whether there is a place for pictures; without, none is imported, uploaded or shown."""
        return self.files is not None

    @property
    def files_url(self) -> str:
        """What the name of a file is put behind."""
        return f"{self.public_url or ''}{FILES_PATH}"

    async def find_tickets(self) -> Tickets:
        """What signs upload addresses; the secret is asked for once."""
        if self._tickets is None:
            self._tickets = Tickets(await asyncio.to_thread(self.store.secret))
        return self._tickets

    async def rehearse(self, request: Request) -> Answer:
        """What `commit` would come to, with nothing stored."""
        return await asyncio.to_thread(rehearse, self.store, request, self.clock())

    def _deliver(self, endings: list[tuple[Any, Ending]]) -> None:
        assert self._loop is not None  # noqa: S101 - the writer starts after the loop is known
        if threading.get_ident() == self._thread:
            _resolve(endings)
        else:
            self._loop.call_soon_threadsafe(_resolve, endings)


def _resolve(endings: list[tuple[asyncio.Future[Answer], Ending]]) -> None:
    for done, ending in endings:
        if done.done():
            continue
        if isinstance(ending, Answer):
            done.set_result(ending)
        else:
            done.set_exception(ending)
