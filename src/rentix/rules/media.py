"""The bodies of media's endpoints, checked and normalised (contract 7)."""

from __future__ import annotations

from typing import Any, TypeVar

from rentix.errors import Code, Fault, invalid
from rentix.operations import AwaitMedia, ImportMedia, LinkMedia, Note
from rentix.rules.pictures import imports_off_note, picture_url
from rentix.wire.bodies import MediaImportBody, MediaLinkBody, UploadBody
from rentix.wire.decode import read, unknown_members

Shape = TypeVar("Shape")


def read_import(raw: dict[str, Any], *, imports_off: bool = False) -> ImportMedia:
    """The import that `raw` asks for; `imports_off` as in `rules.puts.Terms`.

    Raises:
        Problem: 400, with every fault.
    """
    body, faults = read(MediaImportBody, raw)
    notes = _unknown_notes(MediaImportBody, raw)
    url, sent = "", raw.get("url")
    if isinstance(sent, str) and not any(fault.path == ("url",) for fault in faults):
        try:
            url = picture_url(sent)
        except ValueError as error:
            faults.append(Fault(Code.URL_INVALID, f"url {error}", ("url",)))
    if body is None or faults:
        raise invalid(faults)
    if url != body.url:
        notes += (Note("url", "normalised", f"url is stored as {url}"),)
    if imports_off:
        notes += (imports_off_note("url"),)
    return ImportMedia(
        url=url, external_id=body.external_id or None, use=body.use or "photo", notes=notes
    )


def read_upload(raw: dict[str, Any], until_ms: int) -> AwaitMedia:
    """The upload, to come until then, that `raw` announces.

    Raises:
        Problem: 400, with every fault.
    """
    body, notes = _read_whole(UploadBody, raw)
    return AwaitMedia(
        until_ms=until_ms,
        external_id=body.external_id or None,
        use=body.use or "photo",
        notes=notes,
    )


def read_media_link(raw: dict[str, Any], media_id: int) -> LinkMedia:
    """The link of a media that `raw` asks for.

    Raises:
        Problem: 400, with every fault.
    """
    body, notes = _read_whole(MediaLinkBody, raw)
    return LinkMedia(id=media_id, external_id=body.external_id, notes=notes)


def _read_whole(shape: type[Shape], raw: dict[str, Any]) -> tuple[Shape, tuple[Note, ...]]:
    body, faults = read(shape, raw)
    if body is None or faults:
        raise invalid(faults)
    return body, _unknown_notes(shape, raw)


def _unknown_notes(shape: type, raw: dict[str, Any]) -> tuple[Note, ...]:
    return tuple(
        Note(name, "unknown_field", f"{name} is not known here and was ignored; check its spelling")
        for name in unknown_members(shape, raw)
    )
