"""One of several processes that serve the same address: what it is told, and what it does."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection

import structlog

from rentix.api.addresses import PortTaken, listen, show_metrics, url_of
from rentix.api.app import App
from rentix.api.server import GRACE_S, end_when_told, serve_until_told
from rentix.media.blobs import BlobsError
from rentix.store import StoreError

Build = Callable[[], AbstractContextManager[App]]
"""Makes the service in a worker, its logging included. It is pickled: a `functools.partial` of a
function of a module, whose arguments (an address with its password) no list of processes shows."""

LAST_S = 5
"""How long writing what waits and closing may take after the grace."""

_log = structlog.get_logger("rentix")


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker is told when it starts."""

    build: Build
    worker: int
    host: str
    port: int
    metrics_port: int | None
    proxies: tuple[str, ...]


def work(task: Task, parent: Connection) -> None:
    """Serve until told to stop, or until there is no parent: the body of a worker.

    Sends the parent one thing: None when it takes requests, or the error for which it cannot.
    """
    told = end_when_told()
    # Ctrl-C reaches every process of a terminal; SIGINT stays blocked, for the parent passes it on.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    threading.Thread(target=_end_with, args=[parent], name="parent", daemon=True).start()
    with ExitStack() as stack:
        try:
            app = stack.enter_context(task.build())
            metrics_url = show_metrics(app.watcher.registry, task.metrics_port, task.worker)
            listener = listen(task.host, task.port, shared=True)
        except (StoreError, BlobsError, PortTaken, OSError) as error:
            parent.send(error)
            sys.exit(2)
        url = url_of(task.host, listener)
        app.portal.public_url = app.portal.public_url or url
        _log.info("serving", worker=task.worker, pid=os.getpid(), url=url, metrics=metrics_url)
        parent.send(None)
        serve_until_told(app, listener, told, task.proxies)


def _end_with(parent: Connection) -> None:
    # The parent never says anything: what comes is the end of it, however it ended.
    try:
        parent.recv()
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(GRACE_S + LAST_S)
        os._exit(1)
