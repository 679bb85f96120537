"""`rentix media …`."""

from __future__ import annotations

import time
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from rentix.cli.options import Data, Database, Json, find_place, store_in
from rentix.cli.output import Stop, print_json, say
from rentix.cli.pictures import BlobsPlace, choose_pictures
from rentix.media.blobs import BlobsError
from rentix.store import MediaQueue, StoreError
from rentix.wiring import make_blobs, now_ms
from rentix.worker.sweeping import sweep as sweep_files

_STATUSES = ("awaited", "pending", "processing", "success", "failed")
_LOOK_S = 0.5


def status(
    *,
    data: Data = None,
    database: Database = None,
    wait: Annotated[
        bool, Parameter(negative="", help="Show a bar until no import waits any more.")
    ] = False,
    json: Json = False,
) -> int:
    """Show how many pictures are awaited, wait, are being imported, are there, were not to be had.

    Example: rentix media status --wait
    """
    with store_in(find_place(data, database)) as store:
        if wait:
            _watch(store.queue)
        counts = {name: store.queue.counts().get(name, 0) for name in _STATUSES}
    if json:
        print_json(counts)
    else:
        say(", ".join(f"{count:,} {name}" for name, count in counts.items()))
    return 0


def _watch(queue: MediaQueue) -> None:
    columns = (TextColumn("Importing pictures"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar, most = progress.add_task("pictures"), 0
        while True:
            counts = queue.waiting()
            left = counts["pending"] + counts["processing"]  # what is awaited may never come
            most = max(most, left)
            progress.update(bar, completed=most - left, total=most)
            if not left:
                return
            time.sleep(_LOOK_S)  # other processes import; their queue is asked now and then


def sweep(
    *,
    data: Data = None,
    database: Database = None,
    blobs: BlobsPlace = None,
    older_than_min: Annotated[
        int, Parameter(help="Leave what was written in the last so many minutes.")
    ] = 60,
    dry_run: Annotated[bool, Parameter(negative="", help="Only count what would go.")] = False,
    json: Json = False,
) -> int:
    """Remove files that no picture has: what imports left that broke off before their end.

    Refused where another database's pictures lie. May run while pictures are imported, as long as
    an import takes less than --older-than-min.

    Example: rentix media sweep --database "$RENTIX_DATABASE" --blobs s3://pictures
    """
    if older_than_min < 1:
        raise Stop(f"--older-than-min {older_than_min} must be at least 1")
    place = find_place(data, database)
    before_ms = now_ms() - 60_000 * older_than_min
    try:
        with store_in(place) as store:
            files = make_blobs(choose_pictures(place, blobs), store)
            if files is None:
                raise Stop("say where files of pictures lie: --blobs")
            removed = list(sweep_files(files, store.queue, before_ms, dry_run=dry_run))
    except (BlobsError, StoreError) as error:
        raise Stop(f"the sweep did not end: {error}") from error
    size_bytes = sum(found.size_bytes for found in removed)
    if json:
        told = {"removed": len(removed), "bytes": size_bytes}
        print_json(told | {"dryRun": True} if dry_run else told)
    else:
        done = "would be removed" if dry_run else "removed"
        say(f"{len(removed):,} files {done}, {size_bytes / 1e6:,.1f} MB")
    return 0
