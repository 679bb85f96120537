"""The service on a port, until SIGTERM or Ctrl-C; what is in flight is finished first."""

from __future__ import annotations

import gc
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from threading import Event

import structlog
import uvicorn
from prometheus_client import CollectorRegistry, start_http_server

from rentix.api.app import App
from rentix.api.protocol import GuardedProtocol

DEFAULT_METRICS_PORT = 9464
LOOPBACK = ("127.0.0.1", "::1")
_SWITCH_INTERVAL_S = 0.0002
"""How long a thread may compute while another waits to. A request goes through several threads: at
Python's 5 ms each of its hops could wait that long behind somebody else's bulk."""
_COLLECTED_AFTER = 20_000
GRACE_S = 20
"""How long what is in flight may take after SIGTERM."""

_log = structlog.get_logger("rentix")


class PortTaken(Exception):
    """Somebody else listens there."""


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
    _log.info("serving", url=url, metrics=metrics_url)
    told = end_when_told()
    ready(url)
    serve_until_told(app, listener, told, proxies)


def make_server(app: App, proxies: Sequence[str] = LOOPBACK) -> uvicorn.Server:
    """The HTTP server around `app`; `run([listener])` serves until it is told to stop."""
    config = uvicorn.Config(
        app,
        http=GuardedProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        forwarded_allow_ips=list(proxies),  # left out, uvicorn would ask the environment
        timeout_graceful_shutdown=GRACE_S,
    )
    return uvicorn.Server(config)


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

    `told` is what `end_when_told` gave: the signal may have come already.
    """
    server = make_server(app, proxies)
    # An exception would not do from here on: raised where Python ignores it (a finaliser, a
    # callback of the loop), it would be lost, and the process would serve on. uvicorn sets
    # handlers of its own a little later, and raises what it heard anew when all is finished.
    _on_signals(lambda *_: setattr(server, "should_exit", True))
    if not told.is_set():
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        _calm_collector()
        server.run([listener])


def _calm_collector() -> None:
    # Looking through all that was loaded takes tens of milliseconds and finds nothing; what a
    # request leaves behind goes by itself, being free of cycles.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECTED_AFTER, 20, 50)


def _on_signals(handler: Callable[..., object]) -> None:
    for stopping in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stopping, handler)


def url_of(host: str, bound: socket.socket) -> str:
    """The address of the API on a bound socket."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{bound.getsockname()[1]}"


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket that takes connections; `shared` as for `bind`.

    Raises:
        PortTaken: somebody else listens there.
    """
    listener = bind(host, port, shared=shared)
    listener.listen(2048)
    return listener


def bind(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket that holds an address. Of `shared` ones many may hold, and listen on, the same.

    Raises:
        PortTaken: somebody else listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        message = f"cannot listen on {host}:{port} ({error.strerror}); choose another with --port"
        raise PortTaken(message) from None
    return listener


def show_metrics(registry: CollectorRegistry, port: int | None, worker: int = 0) -> str:
    """Show the metrics on loopback, and return where: on `port`, one further for each worker.

    Without a port it is the usual one, or any that is free; 0 is any that is free, too.

    Raises:
        PortTaken: an explicit `port` is in use.
    """
    # Loopback only: metrics are the operator's, and carry no key.
    usual = [DEFAULT_METRICS_PORT + worker, 0]
    wanted = usual if port is None else [port + worker if port else 0]
    for choice in wanted:
        try:
            server, _ = start_http_server(choice, addr="127.0.0.1", registry=registry)
        except (OSError, OverflowError):  # taken, or beyond the last port
            continue
        return f"http://127.0.0.1:{server.server_port}/metrics"
    message = f"cannot show metrics on 127.0.0.1:{wanted[0]}; choose another with --metrics-port"
    raise PortTaken(message)
