"""Files that no picture has: what is left of imports that broke off before their end."""

from __future__ import annotations

from collections.abc import Iterator

from rentix.media.blobs import Blobs, Listed
from rentix.media.blobs.keys import is_key, name_of_key
from rentix.store import MediaQueue


def sweep(
    blobs: Blobs, queue: MediaQueue, before_ms: int, *, dry_run: bool = False
) -> Iterator[Listed]:
    """Remove what was written before `before_ms` and is no picture's; each is told when it is gone.

    With `dry_run` it is told, and stays.
    What lies there is listed first and the database asked then: a file that is stored and named
    meanwhile is younger, and stays.
    """
    old = list(blobs.listed(before_ms))
    used = queue.files_in_use()
    for found in old:
        if not (is_key(found.key) and name_of_key(found.key) in used):
            if not dry_run:
                blobs.delete(found.key, unless_since_ms=before_ms)
            yield found
