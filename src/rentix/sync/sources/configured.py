"""The source that a rentix.toml names, opened."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from rentix.client import Wait
from rentix.client.clocks import ignore_wait
from rentix.sync.source_config import SourceConfig
from rentix.sync.sources import Source, open_source
from rentix.sync.sources.paged import gather
from rentix.sync.sources.reading import Reading


def open_configured(
    given: SourceConfig, cache_dir: Path, on_wait: Callable[[Wait], None] = ignore_wait
) -> Source:
    """Return the source of a configuration, read as far as it must be to be known whole.

    What comes from elsewhere is kept in `cache_dir`; `on_wait` is told of pauses that a CRM wants.

    Raises:
        HalfRead: not all of it could be read, or it holds nobody.
        SetupError: it cannot be read as it is described.
    """
    if given.kind is None:
        source = open_source(given.location, given.form, given.layout, cache_dir)
        source.check_whole()
        return source
    # Two configurations of one agency do not write over each other's file.
    name = sha256(repr(given.kind).encode()).hexdigest()[:32]
    reading = Reading(given.folder, cache_dir, on_wait)
    return gather(given.kind, cache_dir / f"{name}.jsonl", reading)
