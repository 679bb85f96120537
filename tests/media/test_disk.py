"""What only a folder can do to us: be cut off, be full, be somebody else's."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rentix.media.blobs import BlobMissing, BlobsAway, BlobsRefused, BlobTooLarge, KeyRefused, disk
from rentix.media.blobs.disk import DiskBlobs
from rentix.media.blobs.keys import blob_key

PICTURE = b"a picture"
KEY = blob_key(PICTURE)
NEVER_MS = 1 << 60

CUT_OFF = """
import os, sys
from pathlib import Path
from rentix.media.blobs.disk import DiskBlobs
from rentix.media.blobs.keys import blob_key
blobs = DiskBlobs(Path(sys.argv[1]), rename=lambda *_: os._exit(9))
blobs.put(blob_key(b"a picture"), b"a picture")
"""


def files_below(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and path.name != "lock"]


def test_a_crash_before_the_rename_leaves_no_blob(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CUT_OFF, tmp_path], check=False)
    assert done.returncode == 9
    blobs = DiskBlobs(tmp_path)
    with pytest.raises(BlobMissing):
        blobs.get(KEY)
    [left] = list(blobs.listed(NEVER_MS))
    blobs.delete(left.key, unless_since_ms=left.written_ms)  # it may be being written
    assert files_below(tmp_path)
    blobs.delete(left.key)
    assert files_below(tmp_path) == []
    blobs.put(KEY, PICTURE)
    assert blobs.get(KEY).data == PICTURE


def test_what_a_crash_left_is_neither_read_nor_written(tmp_path: Path) -> None:
    blobs, left = DiskBlobs(tmp_path), f"unfinished/{'0' * 32}"
    with pytest.raises(KeyRefused):
        blobs.get(left)
    with pytest.raises(KeyRefused):
        blobs.put(left, PICTURE)


def test_a_full_disk_is_away_and_leaves_nothing(tmp_path: Path) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    DiskBlobs(tmp_path)
    blobs = DiskBlobs(tmp_path, sync=fail)
    with pytest.raises(BlobsAway, match="No space left"):
        blobs.put(KEY, PICTURE)
    assert files_below(tmp_path) == []


class Steps:
    """Notes in which order a file is renamed and what reaches the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.taken: list[str] = []

    def rename(self, source: Path, target: Path) -> None:
        self.taken.append(f"rename to {target.relative_to(self.root)}")
        source.rename(target)

    def sync(self, opened: int) -> None:
        place = Path(f"/proc/self/fd/{opened}").readlink()
        name = "file" if place.parent.name == "unfinished" else place.relative_to(self.root)
        self.taken.append(f"sync {name}")


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc what a descriptor leads to")
def test_it_is_on_the_disk_before_it_has_its_name_and_the_name_before_we_say_so(
    tmp_path: Path,
) -> None:
    steps = Steps(tmp_path)
    blobs = DiskBlobs(tmp_path, rename=steps.rename, sync=steps.sync)
    blobs.put(KEY, PICTURE)
    folders = [f"sync {KEY[:2]}", "sync ."]
    assert steps.taken == ["sync file", f"rename to {KEY}", *folders]
    steps.taken.clear()
    blobs.put(KEY, PICTURE)
    assert steps.taken == folders


def test_putting_again_makes_it_young(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)
    blobs.put(KEY, PICTURE)
    os.utime(tmp_path / KEY, (1, 1))
    assert [found.written_ms for found in blobs.listed(2000)] == [1000]
    blobs.put(KEY, PICTURE)
    assert list(blobs.listed(2000)) == []


def test_what_is_renewed_while_a_sweep_looks_at_it_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep has seen an old file, and removes it after that."""
    blobs, others = DiskBlobs(tmp_path), DiskBlobs(tmp_path)
    blobs.put(KEY, PICTURE)
    os.utime(tmp_path / KEY, (1, 1))
    renewing = threading.Thread(target=others.put, args=(KEY, PICTURE))

    def look(found: os.stat_result) -> int:
        if renewing.ident is None:
            renewing.start()
            renewing.join(0.2)  # it cannot end before the sweep has, unless that is wrong
        return found.st_mtime_ns // 1_000_000

    monkeypatch.setattr(disk, "_written_ms", look)
    blobs.delete(KEY, unless_since_ms=2000)
    renewing.join()
    assert blobs.get(KEY).data == PICTURE


def test_a_file_that_was_cut_short_is_written_anew(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)
    blobs.put(KEY, PICTURE)
    os.truncate(tmp_path / KEY, 3)
    blobs.put(KEY, PICTURE)
    assert blobs.get(KEY).data == PICTURE


def test_only_we_may_look(tmp_path: Path) -> None:
    root = tmp_path / "a" / "b"
    DiskBlobs(root).put(KEY, PICTURE)
    for path in (root, *root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_a_folder_that_is_open_to_all_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(BlobsRefused, match="open to all"):
        DiskBlobs(tmp_path)


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("")
    with pytest.raises(BlobsRefused):
        DiskBlobs(tmp_path / "blobs")


def test_a_folder_that_went_away_is_noticed(tmp_path: Path) -> None:
    root = tmp_path / "blobs"
    blobs = DiskBlobs(root)
    blobs.check()
    (root / "unfinished").rmdir()
    root.rmdir()
    with pytest.raises(BlobsRefused):
        blobs.check()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of others")
    blobs = DiskBlobs(tmp_path / "blobs")
    (tmp_path / "blobs" / KEY[:2]).mkdir()
    (tmp_path / "blobs" / KEY).symlink_to(secret)
    with pytest.raises(BlobsRefused):
        blobs.get(KEY)


def test_what_is_not_ours_is_not_listed(tmp_path: Path) -> None:
    blobs = DiskBlobs(tmp_path)
    (tmp_path / "ab").mkdir()
    for name in ("ab/notes.txt", "lost"):
        (tmp_path / name).write_text("x")
    assert list(blobs.listed(NEVER_MS)) == []


def test_one_that_somebody_else_made_too_large_is_not_read(tmp_path: Path) -> None:
    DiskBlobs(tmp_path).put(KEY, PICTURE)
    small = DiskBlobs(tmp_path, max_bytes=5)
    with pytest.raises(BlobTooLarge):
        small.get(KEY)
    assert small.get(KEY, (2, 4)).data == PICTURE[2:4]
