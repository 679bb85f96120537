"""`rentix backup` and `rentix restore`."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from msgspec import to_builtins
from rich.console import Console

import rentix
from rentix.cli.db import AdminUrl, read_admin_url
from rentix.cli.options import Data, Database, Json, find_place
from rentix.cli.output import Stop, print_json, say
from rentix.cli.signals import ending_by_signal
from rentix.settings import Place
from rentix.store import StoreError
from rentix.store import backup as files
from rentix.store.backup_postgres import dump_postgres, load_postgres, make_ready
from rentix.store.backup_sqlite import copy_sqlite, restore_sqlite
from rentix.store.queries import Database as Kind
from rentix.wiring import InUse, claimed

BackupTo = Annotated[Path, Parameter(help="Directory of the backup; it is new, or empty.")]
BackupFrom = Annotated[Path, Parameter(help="Directory of a backup.")]


def backup(
    directory: BackupTo,
    *,
    data: Data = None,
    database: Database = None,
    admin_url: AdminUrl = None,
    json: Json = False,
) -> int:
    """Back up the data while it is served, as it is at one moment, and check the copy.

    Example: rentix backup ./backups/monday --data ./rentix-data
    """
    place = _choose(data, database, admin_url)
    kind: Kind = "sqlite" if isinstance(place, Path) else "postgres"
    taken_at = datetime.now(UTC)
    with _refused("no backup was made"), _screen() as tell, files.new_backup(directory) as folder:
        file = folder / files.FILE_NAMES[kind]
        found = (
            copy_sqlite(place, file, tell)
            if isinstance(place, Path)
            else dump_postgres(place, file, tell)
        )
        size, digest = files.seal(file)
        manifest = files.Manifest(
            kind=kind,
            server=found.server,
            schema=found.schema,
            rentix=rentix.__version__,
            taken_at=taken_at,
            bytes=size,
            sha256=digest,
            rows=found.rows,
        )
        files.write_manifest(folder, manifest)
    if json:
        print_json({"directory": str(directory), **to_builtins(manifest)})
    else:
        users, changes = found.rows.get("portal_user", 0), found.rows.get("change", 0)
        say(f"{directory}: {users:,} users, {changes:,} changes, {size:,} bytes, checked.")
        say("A backup is good when it was restored: try it now and then.")
    return 0


def restore(
    directory: BackupFrom,
    *,
    data: Data = None,
    database: Database = None,
    admin_url: AdminUrl = None,
    json: Json = False,
) -> int:
    """Restore a backup into a new directory, or into an empty PostgreSQL database.

    Example: rentix restore ./backups/monday --data ./restored
    """
    place = _choose(data, database, admin_url)
    kind: Kind = "sqlite" if isinstance(place, Path) else "postgres"
    address = None
    # The last that pg_restore sends is a commit, which may be done when nobody waits for it.
    with _refused("nothing was restored", "restored was all or nothing"), _screen() as tell:
        tell("checking the backup")
        manifest = files.read_manifest(directory, kind)
        file = directory / files.FILE_NAMES[kind]
        if isinstance(place, Path):
            with claimed(place):
                restore_sqlite(file, place)
        else:
            load_postgres(file, manifest.server, place, tell)
    if not isinstance(place, Path):
        with _refused("the data was loaded, but is not ready (rentix db migrate may help)"):
            address = make_ready(place, manifest.rows)
    if json:
        print_json({"databaseUrl": address, **to_builtins(manifest)})
        return 0
    say(f"Restored as of {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC. Serve it:")
    if address:
        say(f"export RENTIX_DATABASE={shlex.quote(address)}")
    say("rentix serve" if address else f"rentix serve --data {shlex.quote(str(place))}")
    return 0


def _choose(data: Path | None, database: str | None, admin_url: str | None) -> Place:
    """A directory, or the address of PostgreSQL's administrator."""
    if data is not None and admin_url is not None:
        raise Stop("the data is in one place: give either --data or --admin-url")
    if admin_url is not None and database is None:
        return read_admin_url(admin_url)
    place = find_place(data, database)
    # The service's own role sees the rows of one agency at a time.
    return place if isinstance(place, Path) else read_admin_url(admin_url)


@contextmanager
def _refused(consequence: str, interrupted: str | None = None) -> Iterator[None]:
    try:
        with ending_by_signal():
            yield
    except (StoreError, InUse, OSError) as error:
        raise Stop(f"{consequence}: {error}") from error
    except KeyboardInterrupt:
        raise Stop(f"{interrupted or consequence}: it was told to stop") from None


@contextmanager
def _screen() -> Iterator[files.Tell]:
    """Show how far it is, on a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("") as status:
        yield status.update
