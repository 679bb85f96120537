"""`rentix serve`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from rentix.api.server import PortTaken
from rentix.api.server import serve as serve_app
from rentix.cli.options import Data
from rentix.cli.output import Stop, say
from rentix.settings import data_directory
from rentix.store import StoreError
from rentix.wiring import InUse, serving, start_logging

Port = Annotated[int, Parameter(help="Port of the API; 0 takes any free one.")]
MetricsPort = Annotated[
    int | None,
    Parameter(help="Port of /metrics, on loopback only; else 9464, or any free one."),
]


def serve(
    *,
    data: Data = None,
    host: str = "127.0.0.1",
    port: Port = 8000,
    metrics_port: MetricsPort = None,
) -> int:
    """Serve the API on the embedded database, one process a data directory.

    Logs are lines of JSON on standard error. SIGTERM or Ctrl-C finishes what is in flight.

    Example: rentix serve --data ./rentix-data --host 127.0.0.1 --port 8000

    Parameters
    ----------
    host
        Address to listen on. Put a TLS proxy in front before listening to the world.
    """
    serve_directory(data_directory(data), host, port, metrics_port)
    return 0


def serve_directory(directory: Path, host: str, port: int, metrics_port: int | None) -> None:
    """Serve until told to stop.

    Raises:
        Stop: the data or the port is in use, or the data cannot be read.
    """
    start_logging()
    try:
        with serving(directory) as app:
            serve_app(app, host, port, metrics_port, lambda url: say(f"Rentix serves {url}"))
    except (InUse, PortTaken) as error:
        raise Stop(str(error)) from error
    except StoreError as error:
        raise Stop(f"the data in {directory} cannot be used: {error}") from error
