"""The service on a port, until SIGTERM or Ctrl-C; what is in flight is finished first."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Callable, Sequence

import structlog
import uvicorn
from prometheus_client import CollectorRegistry, start_http_server

from rentix.api.app import App
from rentix.api.protocol import GuardedProtocol

DEFAULT_METRICS_PORT = 9464
LOOPBACK = ("127.0.0.1", "::1")
_GRACE_S = 20
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
    metrics_url = _show_metrics(app.watcher.registry, metrics_port)
    url = f"http://{_bracketed(host)}:{listener.getsockname()[1]}"
    _log.info("serving", url=url, metrics=metrics_url)
    # uvicorn raises the signal that stopped it anew when all is finished, and hears none before it
    # runs: both are the end of a process that did as it was told.
    for stopping in (signal.SIGTERM, signal.SIGINT):
        signal.signal(stopping, lambda *_: sys.exit(0))
    ready(url)
    make_server(app, proxies).run([listener])


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
        timeout_graceful_shutdown=_GRACE_S,
    )
    return uvicorn.Server(config)


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections.

    Raises:
        PortTaken: somebody else listens there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        message = f"cannot listen on {host}:{port} ({error.strerror}); choose another with --port"
        raise PortTaken(message) from None
    listener.listen(2048)
    return listener


def _show_metrics(registry: CollectorRegistry, port: int | None) -> str:
    # Loopback only: metrics are the operator's, and carry no key.
    wanted = [DEFAULT_METRICS_PORT, 0] if port is None else [port]
    for choice in wanted:
        try:
            server, _ = start_http_server(choice, addr="127.0.0.1", registry=registry)
        except OSError:
            continue
        return f"http://127.0.0.1:{server.server_port}/metrics"
    message = f"cannot show metrics on 127.0.0.1:{port}; choose another with --metrics-port"
    raise PortTaken(message)
