"""Where the parts are put together: nothing else builds the service."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from rentix.api.app import App
from rentix.api.portal import Portal
from rentix.logs import start_logging
from rentix.settings import Place
from rentix.store import Store
from rentix.store.postgres import PostgresStore
from rentix.store.sqlite import SqliteStore


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


@contextmanager
def serving(place: Place) -> Iterator[App]:
    """The service on the data of `place`. A directory is served by one process at a time.

    Raises:
        InUse: another one does.
    """
    with claimed(place) if isinstance(place, Path) else nullcontext():
        yield App(Portal(make_store(place), now_ms))


@contextmanager
def serving_in_worker(place: Place) -> Iterator[App]:
    """The service in a process that nothing was set up in yet."""
    start_logging()
    with serving(place) as app:
        yield app


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
