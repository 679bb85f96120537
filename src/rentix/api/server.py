"""The service on a port, until SIGTERM or Ctrl-C; what is in flight is finished first."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from threading import Event
from typing import Any

import structlog
import uvloop

from rentix.api.addresses import BACKLOG, listen, show_metrics, url_of
from rentix.api.app import App
from rentix.api.outbox import Outbox
from rentix.api.protocol import HttpProtocol
from rentix.api.proxies import LOOPBACK, Proxies

GRACE_S = 20
"""How long what is in flight may take after SIGTERM."""
_SWITCH_INTERVAL_S = 0.0002
"""How long a thread may compute while another waits to. A request goes through several threads: at
Python's 5 ms each of its hops could wait that long behind somebody else's bulk."""
_COLLECTED_AFTER = 20_000
_LOOK_S = 0.05

_log = structlog.get_logger("rentix")


class Server:
    """Serves an app on a socket, from `run` to `stop`. `connections` are those open now."""

    def __init__(
        self,
        app: App,
        proxies: Sequence[str] = LOOPBACK,
        protocol: type[HttpProtocol] = HttpProtocol,
    ) -> None:
        self.connections: set[HttpProtocol] = set()
        self._app = app
        self._make = partial(protocol, app, Proxies(proxies), self.connections, Outbox())
        self._told = self._hurried = False

    def run(self, listener: socket.socket) -> None:
        """Serve on `listener` until `stop` is called, perhaps before."""
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._serve(listener))

    def stop(self, *, hurry: bool = False) -> None:
        """Take no more requests and finish what is in flight; with `hurry` not even that.

        Called from any thread, and from wherever a signal happens to be handled: so it only notes
        the wish, which is looked at many times a second.
        """
        self._hurried = self._hurried or (hurry and self._told)
        self._told = True

    async def _serve(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._note_defect)
        self._app.portal.start()
        server = await loop.create_server(self._make, sock=listener, backlog=BACKLOG)
        await self._until(lambda: self._told)
        server.close()
        listener.close()
        await self._finish(loop.time() + GRACE_S)
        await self._app.portal.stop()

    async def _finish(self, until_s: float) -> None:
        for connection in list(self.connections):
            connection.finish()
        loop = asyncio.get_running_loop()
        await self._until(lambda: not self.connections or self._hurried or loop.time() >= until_s)
        for connection in list(self.connections):
            connection.abort()

    async def _until(self, holds: Callable[[], bool]) -> None:
        # A look now and then needs nothing of a signal's handler, which may run anywhere.
        while not holds():  # noqa: ASYNC110 - as said
            await asyncio.sleep(_LOOK_S)

    def _note_defect(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            self._app.watcher.crashed(None, error)


def serve(
    app: App,
    host: str,
    port: int,
    metrics_port: int | None,
    ready: Callable[[str], None],
    proxies: Sequence[str] = LOOPBACK,
) -> None:
    """Serve until told to stop. `ready` is called with the address; a port of 0 is any free one.

    `proxies` are addresses and networks whose X-Forwarded-For names the client.

    Raises:
        PortTaken: `port`, or an explicit `metrics_port`, is in use.
    """
    listener = listen(host, port)
    metrics_url = show_metrics(app.watcher.registry, metrics_port)
    url = url_of(host, listener)
    app.portal.public_url = app.portal.public_url or url
    _log.info("serving", url=url, metrics=metrics_url)
    told = end_when_told()
    ready(url)
    serve_until_told(app, listener, told, proxies)


def end_when_told() -> Event:
    """Let SIGTERM and Ctrl-C end the process with 0; the event tells that one of them came."""
    told = Event()

    def end(*_: object) -> None:
        told.set()
        sys.exit(0)

    _on_signals(end)
    return told


def serve_until_told(
    app: App, listener: socket.socket, told: Event, proxies: Sequence[str] = LOOPBACK
) -> None:
    """Serve until SIGTERM or Ctrl-C; what is in flight is finished first.

    `told` is what `end_when_told` gave: the signal may have come already. A second Ctrl-C waits
    for nothing.
    """
    server = Server(app, proxies)
    # An exception would not do from here on: raised where Python ignores it (a finaliser, a
    # callback of the loop), it would be lost, and the process would serve on.
    _on_signals(lambda number, _: server.stop(hurry=number == signal.SIGINT))
    if not told.is_set():
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        _calm_collector()
        server.run(listener)


def _calm_collector() -> None:
    # Looking through all that was loaded takes tens of milliseconds and finds nothing; what a
    # request leaves behind goes by itself, being free of cycles.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECTED_AFTER, 20, 50)


def _on_signals(handler: Callable[[int, Any], None]) -> None:
    for stopping in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stopping, handler)
