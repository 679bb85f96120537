"""Addresses: sockets to listen on, and where the metrics are shown."""

from __future__ import annotations

import socket

from prometheus_client import CollectorRegistry, start_http_server

DEFAULT_METRICS_PORT = 9464
BACKLOG = 2048


class PortTaken(Exception):
    """Somebody else listens there."""


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
    listener.listen(BACKLOG)
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
