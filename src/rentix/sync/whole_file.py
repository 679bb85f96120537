"""Files that are there whole or not at all, for their owner alone: they name people."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from rentix.client import SetupError


@contextmanager
def writing_whole(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which gets its name when the block ends well.

    Raises:
        SetupError: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as fault:
        raise SetupError(f"cannot write {path}: {fault.strerror}") from fault
    finally:
        draft.unlink(missing_ok=True)
