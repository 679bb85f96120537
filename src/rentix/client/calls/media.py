"""The endpoints of pictures (contract 7)."""

from __future__ import annotations

from functools import partial
from typing import Final, Unpack

from rentix.client.answers import read
from rentix.client.calls.call import Call, get, path_of, shaped, split_options, write
from rentix.client.errors import SetupError
from rentix.client.fields import MediaImport, Options, SentOnce, UploadOptions
from rentix.wire.bodies import MediaImportBody, MediaLinkBody, UploadBody
from rentix.wire.shapes import (
    DeletedShape,
    MediaLinkShape,
    MediaQueuedShape,
    MediaShape,
    UploadShape,
)

BYTES: Final = "application/octet-stream"


def import_from_url(url: str, **given: Unpack[MediaImport]) -> Call[MediaQueuedShape]:
    """Queue a picture for import. An `external_id` that is known is that media, as it stands."""
    options, body = split_options(given)
    asked = shaped(MediaImportBody, {"url": url, **body})
    return write("POST", "/media/upload-from-url", MediaQueuedShape, asked, options=options)


def begin_upload(**given: Unpack[UploadOptions]) -> Call[UploadShape]:
    """Ask for an address to send a picture's bytes to, good once and for 30 minutes."""
    options, body = split_options(given)
    return write("POST", "/media/upload", UploadShape, shaped(UploadBody, body), options=options)


def send_bytes(upload_url: str, data: bytes) -> Call[MediaQueuedShape]:
    """Send a picture's bytes to the address that `begin_upload` gave. It is tried once."""
    if not upload_url.startswith(("http://", "https://", "/")):
        raise SetupError("the upload address is none; take `upload_url` of begin_upload")
    reader = partial(read, shape=MediaQueuedShape)
    return Call("PUT", "", reader, body=data, budget=None, content_type=BYTES, address=upload_url)


def get_media(
    id: int | None = None,  # noqa: A002 - as the contract calls it
    *,
    external_id: str | None = None,
) -> Call[MediaShape]:
    """Return a picture and its sizes, by the portal's id or the CRM's."""
    return get(path_of("media", id, external_id), MediaShape)


def delete(
    id: int | None = None,  # noqa: A002 - as the contract calls it
    *,
    external_id: str | None = None,
    **options: Unpack[SentOnce],
) -> Call[DeletedShape]:
    """Delete a picture, and detach it from every agent and listing that shows it."""
    return write("DELETE", path_of("media", id, external_id), DeletedShape, options=options)


def link(
    id: int,  # noqa: A002 - as the contract calls it
    external_id: str,
    **options: Unpack[Options],
) -> Call[MediaLinkShape]:
    """Attach an external id to a picture."""
    body = MediaLinkBody(external_id=external_id)
    return write("POST", f"/media/{id}/link", MediaLinkShape, body, options=options)


def unlink(
    id: int,  # noqa: A002 - as the contract calls it
    **options: Unpack[SentOnce],
) -> Call[MediaLinkShape]:
    """Detach a picture's external id; the answer names the former one."""
    return write("DELETE", f"/media/{id}/link", MediaLinkShape, options=options)
