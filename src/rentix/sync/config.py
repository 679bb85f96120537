"""rentix.toml: the portal, the source, the map, and how far a run may go.

[portal]
url = "https://crm.example.md"
key_env = "RENTIX_API_KEY"         # the variable's name, never the key

[source]
file = "agents.xlsx"               # from this file's folder; or url, or kind: source_config.py

[columns]                          # and the other tables of a map: see map_tables.py
externalId = "Cod"

[sync]
absent = "keep"

[match]
email = "E-mail"                   # a column to be shown beside each pair

[caps]
deactivate = { percent = 10, count = 50, floor = 3 }

docs/reference/rentix-toml.md has every member. The defaults of caps stand here and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final, Literal

from rentix.client import SetupError
from rentix.client.access import read_base_url
from rentix.sync.map_tables import (
    MAP_TABLES,
    MapTables,
    read_layout,
    read_map_tables,
)
from rentix.sync.source_config import VARIABLE, SourceConfig, check_source, read_source
from rentix.sync.sources import Layout
from rentix.sync.toml_file import TomlFile, read_toml

Absent = Literal["keep", "unlink", "deactivate"]
Empty = Literal["keep", "clear"]
Link = Literal["strong", "never"]

_KEY: Final = re.compile(r"rtx_(live|test)_", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PortalConfig:
    """Where the portal is, and the name of the environment variable that holds the key."""

    url: str
    key_env: str = "RENTIX_API_KEY"


@dataclass(frozen=True, slots=True)
class SyncConfig:
    """What a run does beside bringing in what the source has.

    `absent`: what becomes of linked agents that the source lacks. `empty`: what an empty cell
    of a mapped column does to a field. `link`: whether agents who are on the portal already are
    linked when more than a name says that they are the same. `new`: agents of the source, by
    external id, of whom a person has said that they are nobody on the portal.
    """

    absent: Absent = "keep"
    empty: Empty = "keep"
    link: Link = "strong"
    new: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchConfig:
    """What `rentix match` shows beside names and numbers: the column of e-mail addresses."""

    email: str | None = None


@dataclass(frozen=True, slots=True)
class Cap:
    """How many of one kind may happen in a run before it is stopped for a person to look.

    The lesser of `percent` and `count` holds, but `floor` are always let through: ten percent
    of four agents is none.
    """

    percent: float
    count: int
    floor: int

    def most(self, base: int) -> int:
        """Return how many are let through of `base`."""
        return max(self.floor, min(self.count, int(base * self.percent / 100)))


@dataclass(frozen=True, slots=True)
class CapsConfig:
    """A cap for each kind of change that hurts when it is a mistake.

    `deactivate`, `unlink`, `clear` (agents who lose a value), `avatar` (who lose their picture)
    and `phone` (who get another one) are of the portal's linked agents. `shrink` is how many of
    these the source may lack, whatever is done about them; `unreadable` how many of the source's
    rows may be unreadable.
    """

    deactivate: Cap = Cap(percent=10, count=50, floor=3)
    unlink: Cap = Cap(percent=10, count=50, floor=3)
    clear: Cap = Cap(percent=10, count=100, floor=5)
    avatar: Cap = Cap(percent=10, count=100, floor=5)
    phone: Cap = Cap(percent=20, count=200, floor=5)
    shrink: Cap = Cap(percent=30, count=1000, floor=3)
    unreadable: Cap = Cap(percent=1, count=20, floor=0)


@dataclass(frozen=True, slots=True)
class Config:
    """A rentix.toml, checked as far as it can be without the source."""

    portal: PortalConfig
    source: SourceConfig
    mapping: MapTables = field(default_factory=MapTables)
    sync: SyncConfig = field(default_factory=SyncConfig)
    caps: CapsConfig = field(default_factory=CapsConfig)
    match: MatchConfig = field(default_factory=MatchConfig)


def read_config(path: Path) -> Config:
    """Read a configuration; raise SetupError that names the line at fault and the way out."""
    file = read_toml(path)
    check_tables(file)
    return Config(
        _read_portal(file),
        read_source(file, path.parent),
        read_map_tables(file),
        _read_sync(file),
        _read_caps(file),
        MatchConfig(file.text("match", "email")),
    )


def read_map(path: Path) -> tuple[MapTables, Layout]:
    """Read a map by itself: a rentix.toml of which the portal and the source are not used."""
    file = read_toml(path)
    check_tables(file)
    return read_map_tables(file), read_layout(file)


def check_tables(file: TomlFile) -> None:
    """Refuse a table or a member that nobody knows, whether it is used or not."""
    file.table("", ("portal", "source", *MAP_TABLES, "sync", "match", "caps"))
    file.table("portal", _members(PortalConfig))
    check_source(file)
    file.table("sync", _members(SyncConfig))
    file.table("match", _members(MatchConfig))
    file.table("caps", _members(CapsConfig))


def _members(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def _read_portal(file: TomlFile) -> PortalConfig:
    url = file.text("portal", "url")
    if url is None:
        raise file.fault("portal", '[portal] url is needed: url = "https://…", as you got it')
    try:
        url = read_base_url(url)
    except SetupError as fault:
        raise file.fault("portal.url", f"[portal] url: {fault}") from None
    try:
        key_env = check_key_env(file.text("portal", "key_env", "RENTIX_API_KEY") or "")
    except SetupError as fault:
        raise file.fault("portal.key_env", f"[portal] key_env {fault}") from None
    return PortalConfig(url, key_env)


def check_key_env(name: str) -> str:
    """Return the name of an environment variable; refuse what is a key, without repeating it."""
    if _KEY.match(name) or not VARIABLE.fullmatch(name):
        raise SetupError(
            "is the name of an environment variable, such as RENTIX_API_KEY, that holds the key; "
            "the key itself has no place in a file"
        )
    return name


def _read_sync(file: TomlFile) -> SyncConfig:
    return SyncConfig(
        file.choice("sync", "absent", ("keep", "unlink", "deactivate"), "keep"),
        file.choice("sync", "empty", ("keep", "clear"), "keep"),
        file.choice("sync", "link", ("strong", "never"), "strong"),
        file.texts("sync", "new"),
    )


def _read_caps(file: TomlFile) -> CapsConfig:
    default = CapsConfig()
    return CapsConfig(**{
        kind: _read_cap(file, kind, getattr(default, kind))
        for kind in _members(CapsConfig)
    })  # fmt: skip


def _read_cap(file: TomlFile, kind: str, default: Cap) -> Cap:
    said = file.table(f"caps.{kind}", _members(Cap))
    for name, value in said.items():
        kinds = int | float if name == "percent" else int
        if not isinstance(value, kinds) or isinstance(value, bool) or not value >= 0:
            whole = "a number" if name == "percent" else "a whole number"
            raise file.fault(f"caps.{kind}.{name}", f"[caps] {kind}: {name} must be {whole}")
    cap = Cap(**{name: said.get(name, getattr(default, name)) for name in _members(Cap)})
    if cap.percent > 100:  # noqa: PLR2004 - a percentage
        raise file.fault(f"caps.{kind}.percent", f"[caps] {kind}: percent is at most 100")
    return cap
