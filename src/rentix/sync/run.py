"""A sync from file to account: opens, maps, sends, shows."""

from __future__ import annotations

from pathlib import Path

from rentix.client import SetupError
from rentix.sync.config import read_map
from rentix.sync.engine import Portal, Sync
from rentix.sync.map_tables import MapTables
from rentix.sync.mapping import FieldMap, lay_over
from rentix.sync.progress import Screen
from rentix.sync.sources import Layout, Source, open_source
from rentix.sync.tally import Tally


def open_roster(file: Path, map_path: Path | None) -> tuple[Source, FieldMap]:
    """Open a roster and lay its map over it; raise SetupError for what can't be used."""
    if not file.is_file():
        raise SetupError(f"there is no file {file}")
    tables, layout = read_map(map_path) if map_path is not None else (MapTables(), Layout())
    source = open_source(file, layout=layout)
    source.check_whole()  # before its map: what ends midway lacks columns as well
    field_map = lay_over(tables, source)
    return source, field_map


def sync_roster(
    source: Source, field_map: FieldMap, portal: Portal, screen: Screen, title: str
) -> Tally:
    """Bring a roster into the portal, showing how far it is."""
    screen.start(f"{title} ({source.form})", source.lines)

    def show(line: int, tally: Tally) -> None:
        rejected = len(tally.rejected)
        screen.advance(line, f"{rejected:,} rejected" if rejected else "")

    return Sync(source, field_map, portal, on_progress=show).run()
