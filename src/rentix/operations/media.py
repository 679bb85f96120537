"""What can be asked of media."""

from __future__ import annotations

import msgspec

from rentix.model import Picture, Use
from rentix.operations.asking import Note


class ImportMedia(msgspec.Struct, frozen=True, kw_only=True):
    """Import a picture from `url`; one whose external id is known is there already (contract 7)."""

    url: str
    external_id: str | None = None
    use: Use = "photo"
    notes: tuple[Note, ...] = ()


class AwaitMedia(msgspec.Struct, frozen=True, kw_only=True):
    """Make room for a picture whose bytes will be sent until `until_ms`."""

    until_ms: int
    external_id: str | None = None
    use: Use = "photo"
    notes: tuple[Note, ...] = ()


class ReceiveMedia(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of an awaited picture have come; they lie in the file `source`."""

    id: int
    source: str


class LinkMedia(msgspec.Struct, frozen=True, kw_only=True):
    """Attach an external id to a media that has none."""

    id: int
    external_id: str
    notes: tuple[Note, ...] = ()


class UnlinkMedia(msgspec.Struct, frozen=True, kw_only=True):
    """Detach the external id of a media."""

    id: int
    notes: tuple[Note, ...] = ()


class DeleteMedia(msgspec.Struct, frozen=True, kw_only=True):
    """Remove a media, named by exactly one of its two ids, from wherever it is shown."""

    id: int | None = None
    external_id: str | None = None
    notes: tuple[Note, ...] = ()


class TellListings(msgspec.Struct, frozen=True, kw_only=True):
    """Tell the next listings with a photo, by ids above `after`, that it has ended or is gone.

    It is asked by the portal itself, after the change that was too much for one batch.
    """

    media_id: int
    after: int


class FinishAvatar(msgspec.Struct, frozen=True, kw_only=True):
    """The end of an import: a `picture`, or the `error` for which there is none.

    It counts only while `token` is the one of the import's last hold. Whoever waits for the media
    is shown it.
    """

    media_id: int
    token: int
    picture: Picture | None = None
    error: str | None = None
