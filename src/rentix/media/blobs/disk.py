"""Blobs in a folder of this machine."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rentix.media.blobs import (
    MAX_BLOB_BYTES,
    OWNER,
    Blob,
    BlobMissing,
    BlobsAway,
    BlobsRefused,
    BlobTooLarge,
    Listed,
    RangeOutside,
)
from rentix.media.blobs.keys import check_key, is_key

_UNFINISHED = re.compile(r"unfinished/[0-9a-f]{32}")
_READ = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
_OWNER_BYTES = 200
_LOCK = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
_HEALING = {errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO, errno.ESTALE}


class DiskBlobs:
    """Blobs below `root`, which is made when new, readable by us alone.

    A file gets its name only when it is whole and on the disk. `rename` and `sync` are there for
    tests, which let them fail.
    """

    def __init__(
        self,
        root: Path,
        max_bytes: int = MAX_BLOB_BYTES,
        *,
        rename: Callable[[Path, Path], object] = os.rename,
        sync: Callable[[int], None] = os.fsync,
    ) -> None:
        self._root = root
        self._max_bytes = max_bytes
        self._rename = rename
        self._sync = sync
        with self._translated():
            self._make_root()
            self.check()
            (self._root / "unfinished").mkdir(mode=0o700, exist_ok=True)

    def __repr__(self) -> str:
        return f"DiskBlobs({str(self._root)!r})"

    def __str__(self) -> str:
        return str(self._root)

    def put(self, key: str, data: bytes) -> None:
        """Store a blob: see `Blobs`."""
        check_key(key)
        if len(data) > self._max_bytes:
            raise BlobTooLarge(f"{len(data)} bytes; a blob has at most {self._max_bytes}")
        path = self._root / key
        with self._translated(), self._locked(fcntl.LOCK_SH):
            if not _renew(path, len(data)):
                path.parent.mkdir(mode=0o700, exist_ok=True)
                self._write(path, data)
            # Also when it was there: whoever renamed it may have died before this.
            self._sync_folder(path.parent)
            self._sync_folder(self._root)

    def get(self, key: str, wanted: tuple[int, int] | None = None) -> Blob:
        """Read a blob: see `Blobs`."""
        with self._opened(key) as file:
            size = os.fstat(file).st_size
            start, stop = wanted or (0, size)
            stop = min(stop, size)
            if wanted and not 0 <= start < stop:
                raise RangeOutside(f"{key} has {size} bytes")
            if stop - start > self._max_bytes:
                raise BlobTooLarge(f"{key} has {size} bytes, at most {self._max_bytes} are read")
            return Blob(_read(file, start, stop), size, start)

    def size(self, key: str) -> int:
        """How many bytes a blob has: see `Blobs`."""
        with self._opened(key) as file:
            return os.fstat(file).st_size

    def delete(self, key: str, *, unless_since_ms: int | None = None) -> None:
        """Remove a blob, or what a crash left of one: see `Blobs`."""
        if not _UNFINISHED.fullmatch(key):
            check_key(key)
        path = self._root / key
        locked = self._locked(fcntl.LOCK_EX)
        with self._translated(), locked, suppress(FileNotFoundError):
            if unless_since_ms is None or _written_ms(path.lstat()) < unless_since_ms:
                path.unlink()

    def listed(self, before_ms: int) -> Iterator[Listed]:
        """Blobs, and unfinished files that a crash left: see `Blobs`."""
        with self._translated():
            for folder in self._root.iterdir():
                yield from _listed_in(folder, before_ms)

    def check(self) -> None:
        """See that the folder is there, ours to write, and nobody else's: see `Blobs`."""
        with self._translated():
            found = self._root.stat()
            if not stat.S_ISDIR(found.st_mode) or found.st_mode & stat.S_IWOTH:
                raise BlobsRefused(f"{self._root} is open to all; choose another folder")
            if not os.access(self._root, os.R_OK | os.W_OK | os.X_OK):
                raise BlobsRefused(f"{self._root} cannot be written")

    def owner(self) -> str | None:
        """Who wrote that the folder is theirs: see `Blobs`."""
        with self._translated():
            try:
                file = os.open(self._root / OWNER, _READ)
            except FileNotFoundError:
                return None
            try:
                return _read(file, 0, _OWNER_BYTES).decode(errors="replace").strip()
            finally:
                os.close(file)

    def own(self, name: str) -> None:
        """Write whose folder this is: see `Blobs`."""
        with self._translated():
            self._write(self._root / OWNER, f"{name}\n".encode())
            self._sync_folder(self._root)

    def _make_root(self) -> None:
        places = (self._root, *self._root.parents)
        missing = [place for place in places if not place.exists()]
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        for place in missing:
            self._sync_folder(place.parent)

    def _write(self, path: Path, data: bytes) -> None:
        unfinished = self._root / "unfinished" / secrets.token_hex(16)
        try:
            with os.fdopen(os.open(unfinished, _WRITE, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                self._sync(file.fileno())
            self._rename(unfinished, path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise

    def _sync_folder(self, folder: Path) -> None:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self._sync(opened)
        finally:
            os.close(opened)

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        # Or a sweep, in whatever process, could look at an old file, and remove it after it was
        # renewed. A file, as folders of NFS cannot be locked.
        lock = os.open(self._root / "lock", _LOCK, 0o600)
        try:
            fcntl.flock(lock, how)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _opened(self, key: str) -> Iterator[int]:
        check_key(key)
        with self._translated():
            try:
                file = os.open(self._root / key, _READ)
            except FileNotFoundError:
                raise BlobMissing(f"there is no blob {key}") from None
            try:
                yield file
            finally:
                os.close(file)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            kind = BlobsAway if error.errno in _HEALING else BlobsRefused
            raise kind(f"{self._root} cannot be used: {error.strerror}") from error


def _renew(path: Path, size: int) -> bool:
    """Whether the whole file is there; then it counts as written now."""
    try:
        if path.lstat().st_size != size:
            return False
        os.utime(path, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _read(file: int, start: int, stop: int) -> bytes:
    pieces = []
    while start < stop and (piece := os.pread(file, stop - start, start)):
        pieces.append(piece)
        start += len(piece)
    return b"".join(pieces)


def _listed_in(folder: Path, before_ms: int) -> Iterator[Listed]:
    try:
        entries = list(os.scandir(folder))
    except NotADirectoryError:
        return  # not ours
    for entry in entries:
        key = f"{folder.name}/{entry.name}"
        if is_key(key) or _UNFINISHED.fullmatch(key):
            with suppress(FileNotFoundError):
                found = entry.stat(follow_symlinks=False)
                if _written_ms(found) < before_ms:
                    yield Listed(key, found.st_size, _written_ms(found))


def _written_ms(found: os.stat_result) -> int:
    return found.st_mtime_ns // 1_000_000
