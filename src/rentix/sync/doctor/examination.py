"""The checks in their order. One that needs another that failed says so instead of guessing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import httpx2

from rentix.client import SetupError
from rentix.client.access import PREFIX, is_loopback
from rentix.rules.keys import read_key_id
from rentix.sync.apply.lock import holder, state_folder
from rentix.sync.config import Config, read_config
from rentix.sync.doctor.check import Check, State, bad, dubious, well
from rentix.sync.doctor.portal import Portal, check_portal
from rentix.sync.doctor.roster import check_source
from rentix.wire.shapes import AgencyShape

__all__ = ["Check", "State", "examine"]

_TIMEOUT_S = 20


def examine(config: Path) -> Iterator[Check]:
    """Yield each check as it is made. Nothing is stored on the portal."""
    try:
        settings = read_config(config)
    except SetupError as fault:
        yield bad("configuration", f"{fault}; rentix init writes a new one")
        return
    portal = settings.portal
    yield well(
        "configuration", f"{config}: {settings.source.shown} to {portal.url}, "
        f"who is absent: {settings.sync.absent}"
    )  # fmt: skip
    key = _key_in(portal.key_env)
    yield _check_key(portal.key_env, key)
    agency: AgencyShape | None = None
    for check, found in _ask(portal.url, key):
        agency = found or agency
        yield check
    yield from _check_place(settings, agency)
    yield from check_source(settings, agency)


def _key_in(variable: str) -> str:
    return os.environ.get(variable, "").strip()


def _check_key(variable: str, key: str) -> Check:
    if not key:
        return bad("key", f"{variable} holds nothing; set it: export {variable}=rtx_…")
    if read_key_id(key) is None:
        return bad(
            "key", f"{variable} holds no whole API key (rtx_live_…, with the eight letters and "
            "digits at the end that check it); copy it again"
        )  # fmt: skip
    return well("key", f"{variable} holds API key {read_key_id(key)}")


def _ask(url: str, key: str) -> Iterator[tuple[Check, AgencyShape | None]]:
    sendable = key if key.isascii() and key.isprintable() and " " not in key else ""
    with httpx2.Client(
        base_url=f"{url}{PREFIX}",
        headers={"Authorization": f"ApiKey {sendable}"} if sendable else {},
        timeout=_TIMEOUT_S,
        trust_env=not is_loopback(url),
    ) as http:
        yield from check_portal(Portal(url, http))


def _check_place(settings: Config, agency: AgencyShape | None) -> Iterator[Check]:
    if agency is None:
        yield dubious("state", "not checked, for the portal did not say which agency it is")
        return
    try:
        folder = state_folder(settings.portal.url, agency.id)
    except SetupError as fault:
        yield bad("state", f"{fault}; set XDG_STATE_HOME to a folder that can be written")
        return
    try:
        probe = folder / f".doctor.{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as fault:
        yield bad("state", f"{folder} cannot be written: {fault.strerror}; give it to this user")
        return
    yield well("state", f"{folder} can be written")
    process = holder(folder)
    if process is None:
        yield well("other runs", "nobody else works on this agency from here")
    else:
        yield dubious("other runs", f"process {process} works on this agency; a sync has to wait")
