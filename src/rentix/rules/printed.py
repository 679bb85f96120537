"""What only the portal says: members of its reads and answers that a body does not have.

Who sends a read back is told so of each, and not to check its spelling.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from rentix.wire.listing_shapes import (
    ListingDeletedShape,
    ListingFileShape,
    ListingLinkShape,
    ListingShape,
    PutListingShape,
)
from rentix.wire.shapes import AvatarShape, ProfileShape, PutAgencyShape, PutShape

Printed = Mapping[str, str]
"""Names, each with what is to be sent instead; most have nothing."""


def _printed(*shapes: type[Struct], **instead: str) -> Printed:
    names = {name for shape in shapes for name in shape.__struct_encode_fields__}
    return dict.fromkeys(names, "") | instead


NOTHING: Final[Printed] = {}
_TEXTS = "send description as an object"

PICTURE: Final = _printed(AvatarShape)
PROFILE: Final = _printed(
    *(ProfileShape, PutShape),
    status="POST /api/v1/users/:id/deactivate or /reactivate",
    descriptions=_TEXTS,
)
AGENCY: Final = _printed(PutAgencyShape, descriptions=_TEXTS)
LISTING: Final = _printed(
    *(ListingShape, PutListingShape, ListingLinkShape, ListingDeletedShape),
    formData="send its fields beside each other in the body",
    status="send announcementStatus",
    posting_type="",  # as in an agent's settings
)
PHOTO: Final = _printed(ListingFileShape, externalId="send externalFileId to name a photo")
