"""The portal: its address, the key, the clock, and what the key may do.

Asked without the client, which repeats, waits and follows no redirect: here the bare answer counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, TypeVar

import httpx2
import msgspec

from rentix.sync.doctor.check import Check, bad, dubious, well
from rentix.wire.shapes import AgencyShape, ErrorShape

T = TypeVar("T")

CLOCK_OFF_S: Final = 60
_DRY: Final = {"externalId": "rentix-doctor", "name": "Rentix Doctor", "phone": "-"}
"""Sent as a dry run, which stores nothing; whether it is refused for its phone does not matter."""

_Found = tuple[Check, AgencyShape | None]


@dataclass(frozen=True, slots=True)
class Portal:
    """Where it is, and what asks it."""

    url: str
    http: httpx2.Client


def check_portal(portal: Portal) -> Iterator[_Found]:
    """Yield the checks of a portal, and the agency with the one that finds it."""
    try:
        answer = portal.http.get("/agency")
    except httpx2.HTTPError as fault:
        yield bad("address", _unreachable(portal.url, fault)), None
        return
    address = _check_address(portal.url, answer)
    yield address, None
    if address.state == "failed":
        return
    yield _check_clock(answer.headers.get("date", "")), None
    key, agency = _check_accepted(answer)
    yield key, agency
    if key.state != "failed":
        yield _check_scopes(portal, answer, agency), None


def _unreachable(url: str, fault: httpx2.HTTPError) -> str:
    text = str(fault) or type(fault).__name__
    if "certificate" in text.lower() or "ssl" in text.lower() or "tls" in text.lower():
        return f"{url} answers, but not by TLS that can be trusted ({text}); has it a certificate?"
    if isinstance(fault, httpx2.TimeoutException):
        return f"{url} does not answer in time; is a firewall or proxy in between?"
    return f"{url} does not answer ({text}); check [portal] url, and that the portal is up"


def _check_address(url: str, answer: httpx2.Response) -> Check:
    status = answer.status_code
    if "location" in answer.headers and status // 100 == 3:  # noqa: PLR2004 - a redirect
        target = answer.headers["location"]
        return bad("address", f"{url} sends on to {target}; write that address in [portal] url")
    foreign = _refusal(answer) is None and _agency(answer) is None
    if foreign or status == HTTPStatus.NOT_FOUND:
        return bad(
            "address",
            f"{url} answers {status}, and not as the API does; is there a path too much or too "
            "little in [portal] url, or another service?",
        )
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return bad("address", f"{url} answers {status}: the portal is in trouble; try again later")
    return well("address", f"{url} answers")


def _check_clock(date: str) -> Check:
    try:
        ahead_s = time.time() - parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return dubious("clock", "the portal does not say what time it is there")
    if abs(ahead_s) <= CLOCK_OFF_S:
        return well("clock", "this machine's and the portal's agree")
    side = "ahead of" if ahead_s > 0 else "behind"
    return dubious(
        "clock", f"this machine's is {abs(ahead_s):,.0f} s {side} the portal's; set it by NTP"
    )


def _check_accepted(answer: httpx2.Response) -> tuple[Check, AgencyShape | None]:
    agency = _agency(answer)
    if agency is not None:
        return well("access", f"the key opens agency {agency.id}, {agency.name}"), agency
    refusal = _refusal(answer)
    code = refusal.code if refusal else ""
    if code == "scope_missing":
        return well("access", "the key is accepted"), None
    said = refusal.message if refusal else f"it answers {answer.status_code}"
    way_out = {
        HTTPStatus.UNAUTHORIZED: "ask the portal for a new key",
        HTTPStatus.FORBIDDEN: "ask the portal to let the agency in",
        HTTPStatus.TOO_MANY_REQUESTS: "wait a minute",
    }.get(HTTPStatus(answer.status_code), "ask the portal")
    return bad("access", f"the portal refuses: {said}; {way_out}"), None


def _check_scopes(portal: Portal, answer: httpx2.Response, agency: AgencyShape | None) -> Check:
    """What the key lacks of what a sync asks; found out by asking, for no answer lists scopes."""
    asked: list[tuple[str, Callable[[], httpx2.Response]]] = [
        ("agency:read", lambda: answer),
        ("users:read", lambda: portal.http.get("/users", params={"limit": "1"})),
        ("users:write", lambda: portal.http.put("/users", params={"dryRun": "true"}, json=_DRY)),
    ]
    try:
        lacking = [scope for scope, ask in asked if _lacks(ask())]
    except httpx2.HTTPError as fault:
        return dubious("scopes", _unreachable(portal.url, fault))
    scopes = " ".join(scope for scope, _ in asked)
    if not lacking:
        return well("scopes", f"the key has {scopes}")
    number = agency.id if agency else "AGENCY-ID"
    return bad(
        "scopes",
        f"the key lacks {' '.join(lacking)}; the portal's operator makes one that has it: "
        f"rentix key create {number} --scope {scopes}",
    )


def _lacks(answer: httpx2.Response) -> bool:
    refusal = _refusal(answer)
    return refusal is not None and refusal.code == "scope_missing"


def _agency(answer: httpx2.Response) -> AgencyShape | None:
    if answer.status_code != HTTPStatus.OK:
        return None
    return _decode(answer.content, AgencyShape)


def _refusal(answer: httpx2.Response) -> ErrorShape | None:
    if answer.status_code < HTTPStatus.BAD_REQUEST:
        return None
    return _decode(answer.content, ErrorShape)


def _decode(body: bytes, shape: type[T]) -> T | None:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
