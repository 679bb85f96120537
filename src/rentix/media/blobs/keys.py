"""Keys: `ab/abc….webp`, the SHA-256 of the content and what kind of picture it is.

What a client uploaded is called by chance and ends in `.upload`: it has no address, is nobody
else's even when the content is the same, and is removed once it was imported.
"""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

from rentix.media.blobs import KeyRefused

CONTENT_TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}
"""What may be stored, by suffix."""

UPLOAD = "upload"

_NAME = re.compile(rf"([0-9a-f]{{64}})\.({'|'.join(CONTENT_TYPES)}|{UPLOAD})")
_SHOWN = 80


def blob_key(data: bytes, suffix: str = "webp") -> str:
    """The key of these bytes: the same ones always have the same."""
    key = _place(f"{sha256(data).hexdigest()}.{suffix}")
    check_key(key)
    return key


def new_upload_key() -> str:
    """A key that no upload has had."""
    return _place(f"{secrets.token_hex(32)}.{UPLOAD}")


def upload_key(name: str) -> str:
    """The key of an upload, from its name as `name_of_key` gave it."""
    return _place(name)


def _place(name: str) -> str:
    return f"{name[:2]}/{name}"


def key_of_name(name: str) -> str:
    """The key of a file that is called `<sha256>.<suffix>` in an address.

    Raises:
        KeyRefused: no blob can be called so, or it is one that is not shown.
    """
    if not _NAME.fullmatch(name) or name.endswith(UPLOAD):
        raise KeyRefused(f"no blob is called {name[:_SHOWN]!r}")
    return _place(name)


def name_of_key(key: str) -> str:
    """What a blob is called in an address: its key without the folder.

    Raises:
        KeyRefused: it is no key.
    """
    check_key(key)
    return key[3:]


def is_key(key: str) -> bool:
    """Whether `blob_key` could have made it; then it leads to no other folder."""
    return _NAME.fullmatch(key[3:]) is not None and key[:3] == f"{key[3:5]}/"


def check_key(key: str) -> None:
    """See that a key is one.

    Raises:
        KeyRefused: it is not.
    """
    if not is_key(key):
        raise KeyRefused(f"{key[:_SHOWN]!r} is no key of a blob")


def content_type_of(key: str) -> str:
    """`image/webp` and the like, as the suffix says."""
    return CONTENT_TYPES.get(key.rpartition(".")[2], "application/octet-stream")
