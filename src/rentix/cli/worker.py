"""`rentix worker`."""

from __future__ import annotations

from pathlib import Path

from rentix.api.server import end_when_told
from rentix.cli.options import Database, find_place
from rentix.cli.output import Stop, say
from rentix.cli.pictures import BlobsPlace, FetchAllow, Imports, choose_pictures
from rentix.logs import start_logging
from rentix.media.blobs import BlobsError
from rentix.store import StoreError
from rentix.wiring import working


def worker(
    *,
    database: Database = None,
    blobs: BlobsPlace = None,
    fetch_allow: FetchAllow = None,
    imports: Imports = 4,
) -> int:
    """Import pictures beside those who serve, on PostgreSQL; they can be told `--imports 0` then.

    SIGTERM or Ctrl-C brings to an end what was begun. What a worker that dies had begun, another
    one begins anew a minute later.

    Example: rentix worker --database "$RENTIX_DATABASE" --blobs s3://pictures --imports 8
    """
    place = find_place(None, database)
    if isinstance(place, Path):
        raise Stop(
            "with SQLite rentix serve imports pictures itself; say --database postgresql://…"
        )
    if imports < 1:
        raise Stop(f"--imports {imports} must be at least 1")
    pictures = choose_pictures(place, blobs, fetch_allow, imports)
    start_logging()
    told = end_when_told()
    try:
        with working(place, pictures):
            say(f"Rentix imports up to {imports} pictures at a time")
            told.wait()
    except SystemExit:
        pass  # told by a signal; what was begun has come to its end
    except (StoreError, BlobsError, OSError) as error:
        raise Stop(f"pictures cannot be imported: {error}") from error
    return 0
