"""Whose pictures lie in a place. A sweep with another database would take them all for orphans."""

from __future__ import annotations

from hashlib import sha256

from rentix.media.blobs import OWNER, Blobs, BlobsRefused

_EVER = 1 << 62
_LENGTH = 32


def name_installation(secret: bytes) -> str:
    """What an installation is called: it tells nothing of the secret, which is in its database."""
    return sha256(b"rentix: name of the installation\0" + secret).hexdigest()[:_LENGTH]


def claim_place(blobs: Blobs, secret: bytes) -> None:
    """See that a place is this installation's; an empty one that is nobody's becomes so.

    Raises:
        BlobsRefused: it is another's, or nothing says whose the files in it are.
        BlobsAway: the place cannot be reached.
    """
    name, owner = name_installation(secret), blobs.owner()
    if owner is None and next(iter(blobs.listed(_EVER)), None) is None:
        blobs.own(name)
        owner = blobs.owner()  # another may have been faster
    if owner is None:
        raise BlobsRefused(
            f"there are pictures in {blobs}, and nothing says whose; if they are this database's, "
            f"say so: write {name} into {OWNER} there"
        )
    if owner != name:
        raise BlobsRefused(
            f"the pictures in {blobs} are another database's: {OWNER} there says "
            f"{owner[:_LENGTH]}, and this database is {name}; give the database and the place that "
            "belong together"
        )
