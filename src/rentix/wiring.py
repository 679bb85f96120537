"""Where the parts are put together: nothing else builds the service."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path

import msgspec

from rentix.api.app import App
from rentix.api.portal import Portal
from rentix.logs import start_logging
from rentix.media.blobs import Blobs, BlobsRefused
from rentix.media.blobs.owners import claim_place
from rentix.media.blobs.places import open_blobs
from rentix.media.decode import Decoder
from rentix.media.fetch import Fetcher, Limits
from rentix.operations import Answer, Request
from rentix.settings import Place, find_rates, find_s3_access, find_visits_per_minute
from rentix.store import Store
from rentix.store.postgres import PostgresStore
from rentix.store.sqlite import SqliteStore
from rentix.worker import Finish, Importer, Pool
from rentix.worker.sweeping import Sweeper
from rentix.writer import commit


def now_ms() -> int:
    """The clock: milliseconds since 1970."""
    return time.time_ns() // 1_000_000


class InUse(Exception):
    """Another process serves this data."""


@contextmanager
def open_store(place: Place) -> Iterator[Store]:
    """The store at `place`, for a command that asks or changes and ends."""
    store = make_store(place)
    try:
        yield store
    finally:
        store.close()


def make_store(place: Place) -> Store:
    """The store at `place`: embedded in a directory, or shared behind an address."""
    return SqliteStore(place) if isinstance(place, Path) else PostgresStore(place)


class Pictures(msgspec.Struct, frozen=True):
    """Where files of pictures lie (None: nowhere), who imports them, and how they are addressed.

    `allow` are hosts and ports that pictures may come from though they are not public. With
    `at_once` 0 the service imports none; other processes do.
    """

    blobs: str | None = None
    allow: frozenset[tuple[str, int]] = frozenset()
    at_once: int = 4
    public_url: str | None = None


@contextmanager
def serving(place: Place, pictures: Pictures | None = None) -> Iterator[App]:
    """The service on the data of `place`. A directory is served by one process at a time.

    Raises:
        InUse: another one does.
        BlobsError: files of pictures cannot be kept there.
    """
    pictures = pictures or Pictures()
    with claimed(place) if isinstance(place, Path) else nullcontext():
        store = make_store(place)
        blobs = make_blobs(pictures, store)
        if isinstance(store, SqliteStore):
            store.queue.return_all()  # whoever held an import here is no more
        imports = None
        if blobs and pictures.at_once:
            imports = partial(make_imports, store, blobs, pictures)
        yield App(
            Portal(
                store,
                now_ms,
                blobs=blobs,
                make_imports=imports,
                public_url=pictures.public_url,
                rates=find_rates(),
                visits_per_minute=find_visits_per_minute(),
            )
        )


@contextmanager
def serving_in_worker(place: Place, pictures: Pictures | None = None) -> Iterator[App]:
    """The service in a process that nothing was set up in yet."""
    start_logging()
    with serving(place, pictures) as app:
        yield app


@contextmanager
def working(address: str, pictures: Pictures) -> Iterator[None]:
    """Import pictures of a shared database while the block runs, beside those who serve it.

    Raises:
        BlobsError: files of pictures cannot be kept where they should be.
    """
    with open_store(address) as store:
        blobs = make_blobs(pictures, store)
        if blobs is None:
            raise BlobsRefused("say where files of pictures lie, as those who serve them are told")
        pool = make_imports(store, blobs, pictures, partial(write_now, store))
        pool.start()
        try:
            yield
        finally:
            pool.close()


def write_now(store: Store, request: Request) -> Answer:
    """Have a request written, in no batch with others.

    Raises:
        Problem, StoreError: it was not.
    """
    [ending] = commit(store, [request], now_ms())
    if isinstance(ending, Exception):
        raise ending
    return ending


def make_blobs(pictures: Pictures, store: Store) -> Blobs | None:
    """Where files of the store's pictures lie, tried; None when nobody said where.

    Raises:
        BlobsError: they cannot be kept there, or others are.
    """
    if pictures.blobs is None:
        return None
    blobs = open_blobs(pictures.blobs, find_s3_access())
    blobs.check()
    claim_place(blobs, store.secret())
    return blobs


def make_imports(store: Store, blobs: Blobs, pictures: Pictures, finish: Finish) -> Pool:
    """What imports pictures; nothing is taken before its `start`."""
    # A host never gets all the threads: pictures from others would wait for a slow one.
    limits = Limits(per_host=max(1, min(Limits().per_host, pictures.at_once - 1)))
    clock = store.queue.now_ms
    importer = Importer(
        Fetcher(allow=pictures.allow, limits=limits),
        partial(Decoder, at_once=min(pictures.at_once, os.cpu_count() or 1)),
        blobs,
        store.queue,
        finish,
        clock,
    )
    sweeper = Sweeper(blobs, store.queue, clock)
    return Pool(store.queue, importer, clock, at_once=pictures.at_once, sweeper=sweeper)


@contextmanager
def claimed(directory: Path) -> Iterator[None]:
    """Hold `directory` against every other process that would serve it.

    Raises:
        InUse: another one holds it.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(directory / "serving.lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        message = f"another process serves {directory}; stop it, or choose another with --data"
        raise InUse(message) from None
    try:
        yield
    finally:
        os.close(lock)
