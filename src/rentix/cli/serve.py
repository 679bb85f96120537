"""`rentix serve`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from rentix.api.addresses import PortTaken
from rentix.api.proxies import LOOPBACK
from rentix.api.server import serve as serve_app
from rentix.api.workers import WorkerFailed, serve_workers
from rentix.cli.options import Data, Database, describe, find_place, store_in
from rentix.cli.output import Stop, say
from rentix.cli.pictures import PictureOptions, choose_pictures
from rentix.logs import start_logging
from rentix.media.blobs import BlobsError
from rentix.settings import BadPlace, Place
from rentix.store import StoreError
from rentix.store.agencies import is_sandbox
from rentix.wiring import InUse, Pictures, serving, serving_in_worker

Port = Annotated[int, Parameter(help="Port of the API; 0 takes any free one.")]
MetricsPort = Annotated[
    int | None,
    Parameter(help="Port of /metrics, on loopback only; else 9464, or any free one."),
]
Proxies = Annotated[
    list[str] | None,
    Parameter(
        negative="",
        help="Address or network (10.0.0.0/8) of a proxy whose X-Forwarded-For is believed; else "
        "this machine's own.",
    ),
]
Workers = Annotated[int, Parameter(help="How many processes serve; above 1 with --database only.")]


def serve(
    *,
    data: Data = None,
    database: Database = None,
    host: str = "127.0.0.1",
    port: Port = 8000,
    metrics_port: MetricsPort = None,
    proxy: Proxies = None,
    workers: Workers = 1,
    files: PictureOptions | None = None,
) -> int:
    """Serve the API, on the embedded database or on PostgreSQL.

    Logs are lines of JSON on standard error. SIGTERM or Ctrl-C finishes what is in flight.

    Example: rentix serve --data ./rentix-data --host 127.0.0.1 --port 8000

    Parameters
    ----------
    host
        Address to listen on. Put a TLS proxy in front before listening to the world.
    """
    proxies = [_read_proxy(text) for text in proxy] if proxy else LOOPBACK
    place = find_place(data, database)
    _check_workers(workers, place)
    files = files or PictureOptions()
    pictures = choose_pictures(
        place, files.blobs, files.fetch_allow, files.imports, files.public_url
    )
    _say_what_waits(pictures, place)
    serve_place(place, host, port, metrics_port, proxies, workers=workers, pictures=pictures)
    return 0


def _say_what_waits(pictures: Pictures, place: Place) -> None:
    if pictures.blobs is None:
        say(
            "There is no place for pictures: say --blobs or RENTIX_BLOBS. Until then their imports "
            "wait, and uploads are refused"
        )
    elif not pictures.at_once and isinstance(place, Path):
        say("Imports of pictures wait: with --imports 0 on SQLite there is nobody to make them")


def _read_proxy(text: str) -> str:
    try:
        return str(ip_network(text))
    except ValueError as error:
        raise Stop(f"--proxy {text} is no address or network such as 10.0.0.0/8: {error}") from None


def _check_workers(workers: int, place: Place) -> None:
    if workers < 1:
        raise Stop(f"--workers {workers} must be at least 1")
    if workers > 1 and isinstance(place, Path):
        raise Stop(
            f"--workers {workers}: SQLite is served by one process; "
            "--database postgresql://… takes many"
        )


def serve_place(
    place: Place,
    host: str,
    port: int,
    metrics_port: int | None,
    proxies: Sequence[str] = LOOPBACK,
    *,
    workers: int = 1,
    sandbox: bool = False,
    pictures: Pictures | None = None,
) -> None:
    """Serve until told to stop: in this very process, or in several workers.

    Raises:
        Stop: the data or the port is in use, or the data cannot be read or is a sandbox's.
    """
    start_logging()
    try:
        if workers > 1:
            _refuse_sandbox(place)
            build = partial(serving_in_worker, place, pictures)
            serve_workers(build, workers, host, port, metrics_port, _say_where, proxies)
            return
        with serving(place, pictures) as app:
            if not sandbox:
                _refuse_sandbox(place)
            serve_app(app, host, port, metrics_port, _say_where, proxies)
    except (InUse, PortTaken, WorkerFailed, BlobsError, BadPlace) as error:
        raise Stop(str(error)) from error
    except (StoreError, OSError) as error:
        raise Stop(f"{describe(place)} cannot be used: {error}") from error


def _refuse_sandbox(place: Place) -> None:
    # Its key is published, and `serve` may listen to the world.
    with store_in(place) as store, store.operate() as hand:
        if is_sandbox(hand):
            raise Stop(f"{describe(place)} is a sandbox's; serve it with rentix sandbox")


def _say_where(url: str) -> None:
    say(f"Rentix serves {url}")
