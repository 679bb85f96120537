"""Options about pictures: where their files lie, and where they may come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from rentix import settings
from rentix.cli.output import Stop, say
from rentix.media.fetch.urls import read_allowed
from rentix.settings import Place
from rentix.wiring import Pictures

BlobsPlace = Annotated[
    str | None,
    Parameter(
        help="Where files of pictures lie: a directory or s3://bucket/prefix; else RENTIX_BLOBS, "
        "else blobs in --data. A bucket's key is AWS_ACCESS_KEY_ID and so on."
    ),
]
FetchAllow = Annotated[
    list[str] | None,
    Parameter(
        negative="",
        help="HOST:PORT that pictures may come from though it is no public address; repeatable. "
        "Also RENTIX_FETCH_ALLOW.",
    ),
]
Imports = Annotated[int, Parameter(help="How many pictures are imported at a time; 0: none here.")]
PublicUrl = Annotated[
    str | None,
    Parameter(help="What addresses begin with, as clients see them; else RENTIX_PUBLIC_URL."),
]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class PictureOptions:
    """What `rentix serve` is told about pictures."""

    blobs: BlobsPlace = None
    fetch_allow: FetchAllow = None
    imports: Imports = 4
    public_url: PublicUrl = None


def choose_pictures(
    place: Place,
    blobs: str | None = None,
    fetch_allow: Sequence[str] | None = None,
    imports: int = 4,
    public_url: str | None = None,
) -> Pictures:
    """What was said about pictures. What may be fetched though it is not public is told aloud.

    Raises:
        Stop: it is not said rightly.
    """
    if imports < 0:
        raise Stop(f"--imports {imports} must be at least 0")
    allow = frozenset(map(_read_allowed, settings.find_allowed(fetch_allow or ())))
    for host, port in sorted(allow):
        say(f"Pictures may come from {host}:{port}, public or not")
    try:
        url = settings.find_public_url(public_url)
    except settings.BadPlace as error:
        raise Stop(str(error)) from None
    return Pictures(settings.find_blobs(blobs, place), allow, imports, url)


def _read_allowed(text: str) -> tuple[str, int]:
    try:
        return read_allowed(text)
    except ValueError as error:
        raise Stop(f"--fetch-allow {error}") from None
