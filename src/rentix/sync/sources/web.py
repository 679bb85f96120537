"""Rosters at an address: fetched into a file, and not again while they are the same.

Beside the file lies what the server said of it (ETag, Last-Modified), to be sent back the next
time. Both hold what a roster holds, so nobody else may read them. The address itself, which may
have a secret in it, is not written down.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest, sha256
from http import HTTPStatus
from pathlib import Path
from typing import BinaryIO, Final

import httpx2
import msgspec

import rentix
from rentix.client import SetupError
from rentix.client.access import is_loopback
from rentix.sync.sources.faults import cut_short

REDIRECTS: Final = (301, 302, 303, 307, 308)
TIMEOUT: Final = httpx2.Timeout(30, connect=10)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a server may send, for how long, and how often it may send us elsewhere."""

    largest_bytes: int = 256 << 20
    longest_s: float = 600
    redirects: int = 5


LIMITS: Final = Limits()


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a file that was fetched before."""

    sha256: str
    etag: str | None = None
    last_modified: str | None = None
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A roster that came from an address. `name` is what errors call it."""

    path: Path
    name: str
    content_type: str
    unchanged: bool


def fetch(url: str, cache_dir: Path, limits: Limits = LIMITS) -> Fetched:
    """Return the file at an address; raise SetupError with what to do, HalfRead if it is cut."""
    name = show(url)
    cache_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = cache_dir / sha256(url.encode()).hexdigest()[:32]
    kept = _read_kept(path)
    try:
        with _answer(url, _conditions(kept), limits) as answer:
            if answer.status_code == HTTPStatus.NOT_MODIFIED and kept is not None:
                return Fetched(path, name, kept.content_type, unchanged=True)
            _check_status(answer, name)
            kept = _keep(answer, path, name, limits)
    except httpx2.InvalidURL as fault:
        raise SetupError(f"the address {name} is not a URL: {fault}") from None
    except httpx2.RemoteProtocolError as fault:
        raise cut_short(name, f"the connection ended early ({fault})") from None
    except httpx2.TimeoutException:
        raise SetupError(f"{name} did not answer in time; try again later") from None
    except httpx2.HTTPError as fault:
        raise SetupError(f"cannot fetch {name}: {fault}") from None
    return Fetched(path, name, kept.content_type, unchanged=False)


def show(url: str) -> str:
    """Return an address without what may be secret in it: user, password and query."""
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL:
        return "of the source"
    port = f":{parsed.port}" if parsed.port else ""
    return f"{parsed.scheme}://{parsed.host}{port}{parsed.path}"


def forget(path: Path) -> None:
    """Ask for a file anew the next time, whatever the server says of it."""
    _note(path).unlink(missing_ok=True)


def _conditions(kept: Kept | None) -> dict[str, str]:
    said = {"If-None-Match": kept and kept.etag, "If-Modified-Since": kept and kept.last_modified}
    return {name: value for name, value in said.items() if value}


@contextmanager
def _answer(url: str, conditions: dict[str, str], limits: Limits) -> Iterator[httpx2.Response]:
    headers = {"User-Agent": f"rentix/{rentix.__version__}", "Accept": "*/*", **conditions}
    with httpx2.Client(timeout=TIMEOUT, trust_env=not is_loopback(url)) as client:
        place = httpx2.URL(url)
        for _ in range(limits.redirects + 1):
            with client.stream("GET", place, headers=headers) as answer:
                if answer.status_code not in REDIRECTS:
                    yield answer
                    return
                place = _next_place(place, answer.headers.get("Location", ""))
    raise SetupError(f"{show(url)} sends us elsewhere more than {limits.redirects} times")


def _next_place(place: httpx2.URL, location: str) -> httpx2.URL:
    there = place.join(location)
    if there.scheme not in ("http", "https") or (place.scheme, there.scheme) == ("https", "http"):
        raise SetupError(
            f"{show(str(place))} sends us to {show(str(there))}, away from https; "
            "give the address that it means, if you trust it"
        )
    same_house = (place.host, place.port) == (there.host, there.port)
    # A password is for whom it was given to.
    return there.copy_with(userinfo=place.userinfo) if same_house else there


def _check_status(answer: httpx2.Response, name: str) -> None:
    status = answer.status_code
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise SetupError(
            f"{name} answers {status}: it wants a sign-in. Give an address that can be read "
            "without one, such as a link for sharing"
        )
    if status != HTTPStatus.OK:
        raise SetupError(f"{name} answers {status} {answer.reason_phrase} and not with a file")


def _keep(answer: httpx2.Response, path: Path, name: str, limits: Limits) -> Kept:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            _receive(answer, file, name, limits)
        with open(temporary, "rb") as file:  # noqa: PTH123 - what mkstemp gives is a string
            digest = file_digest(file, "sha256").hexdigest()
        kept = Kept(
            digest,
            answer.headers.get("ETag"),
            answer.headers.get("Last-Modified"),
            answer.headers.get("Content-Type", ""),
        )
        os.replace(temporary, path)  # noqa: PTH105 - as above
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _write_kept(path, kept)
    return kept


def _receive(answer: httpx2.Response, file: BinaryIO, name: str, limits: Limits) -> None:
    """Write the body down; raise HalfRead if it is shorter than announced."""
    end_s = time.monotonic() + limits.longest_s
    received = 0
    for chunk in answer.iter_bytes():
        received += len(chunk)
        if received > limits.largest_bytes:
            raise SetupError(f"{name} is larger than {limits.largest_bytes >> 20} MiB")
        if time.monotonic() > end_s:
            raise SetupError(f"{name} took more than {limits.longest_s:.0f} s to come")
        file.write(chunk)
    announced = answer.headers.get("Content-Length", "")
    if announced.isdigit() and answer.num_bytes_downloaded < int(announced):
        came = f"{answer.num_bytes_downloaded:,} of {int(announced):,} bytes came"
        raise cut_short(name, came)


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _write_kept(path: Path, kept: Kept) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}-")
    with os.fdopen(handle, "wb") as file:
        file.write(msgspec.json.encode(kept))
    os.replace(temporary, _note(path))  # noqa: PTH105 - as above


def _read_kept(path: Path) -> Kept | None:
    """Return what was said of the file that lies there, if it is still that very file."""
    try:
        kept = msgspec.json.decode(_note(path).read_bytes(), type=Kept)
        with path.open("rb") as file:
            same = file_digest(file, "sha256").hexdigest() == kept.sha256
    except (OSError, msgspec.DecodeError):
        return None
    return kept if same else None
