"""The photos of a submitted listing: which media they are, or where to import them from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from rentix.errors import Code
from rentix.operations import FileRef, Note
from rentix.rules.pictures import is_plain, picture_url
from rentix.rules.printed import PHOTO
from rentix.rules.submissions import Submission, ignore_others
from rentix.wire.decode import Path, field_name, read
from rentix.wire.listing_bodies import FILES_MAX, FileBody

_NEITHER = (UNSET, UNSET)


def read_files(seen: Submission, sent: Sequence[FileBody], raw: Any) -> tuple[FileRef, ...]:
    """The photos that `sent` names, each once; `raw` is the list it came from, if there is one."""
    plain = None if raw else _plain_files(sent)
    if plain is not None:
        return plain
    refs: list[FileRef] = []
    for index, body in enumerate(sent):
        path: Path = ("files", index)
        if isinstance(raw, list):
            ignore_others(seen, FileBody, raw[index], PHOTO, path)
        ref = _read_file(seen, body, path)
        if ref is None:
            continue
        earlier = next((place for place, one in enumerate(refs) if _same(ref, one)), None)
        if earlier is None:
            refs.append(ref)
            continue
        if ref.external_id:  # the name of both, if only the later one brings it
            refs[earlier] = replace(refs[earlier], external_id=ref.external_id)
        field = field_name(path)
        message = f"{field} is a photo that comes earlier in files, so it is shown there"
        seen.ignore(field, "duplicate_file", message)
    return tuple(refs)


def _plain_files(sent: Sequence[FileBody]) -> tuple[FileRef, ...] | None:
    """Nothing but plain URLs, each another, as most CRMs send: there is nothing to say of them."""
    urls = [
        body.url
        for body in sent
        if isinstance(body.url, str) and is_plain(body.url)
        if body.id is UNSET and body.external_file_id is UNSET
    ]
    if len(set(urls)) < len(sent):
        return None
    return tuple(FileRef(url=url, index=index) for index, url in enumerate(urls))


def check_files(seen: Submission, raw: Any) -> None:
    """Find what else is wrong with photos of which some have faults that decoding told."""
    for index, item in enumerate(raw[:FILES_MAX] if isinstance(raw, list) else ()):
        if isinstance(item, dict):
            body, faults = read(FileBody, item)
            if body is not None and not faults:
                _read_file(seen, body, ("files", index))


def _read_file(seen: Submission, body: FileBody, path: Path) -> FileRef | None:
    others = (body.url, body.external_file_id)
    if (body.id is UNSET) == (others == _NEITHER):
        reason = "must have a url, an id or an externalFileId; only url and externalFileId together"
        seen.refuse(Code.EXCLUSIVE, path, reason)
        return None
    url = None
    if body.url is not UNSET:
        url = _read_url(seen, body.url, (*path, "url"))
        if url is None:
            return None
    index = path[-1]
    assert isinstance(index, int)  # noqa: S101 - a place in a list
    return FileRef(
        id=body.id or None, url=url, external_id=body.external_file_id or None, index=index
    )


def _read_url(seen: Submission, sent: str, path: Path) -> str | None:
    try:
        url = picture_url(sent)
    except ValueError as error:
        seen.refuse(Code.URL_INVALID, path, str(error))
        return None
    if url != sent:
        field = field_name(path)
        seen.notes.append(Note(field, "normalised", f"{field} is stored as {url}"))
    return url


def _same(one: FileRef, other: FileRef) -> bool:
    if one.external_id and other.external_id:
        return one.external_id == other.external_id
    by_id = one.id is not None and one.id == other.id
    return by_id or (one.url is not None and one.url == other.url)
