"""[source] of a rentix.toml: a file, an address, or a CRM of some kind.

[source]
kind = "bitrix24"
webhook_env = "BITRIX24_WEBHOOK"   # the variable's name, never the secret

The members of a kind are the fields of its dataclass: what type one has, and what it is called,
say how it is checked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

import httpx2

from rentix.client import SetupError
from rentix.sync.map_tables import LAYOUT_MEMBERS, read_layout
from rentix.sync.sources import FORMS, Form, Layout, is_url
from rentix.sync.sources.kinds import find_kind
from rentix.sync.sources.paged import Kind
from rentix.sync.sources.web import show
from rentix.sync.toml_file import TomlFile

FILE_MEMBERS: Final = ("kind", "file", "url", "form", *LAYOUT_MEMBERS)
VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """Where the roster is: a path, an http(s) address, or a CRM of a kind.

    `form` None leaves it to the file; `folder` is where the configuration lies.
    """

    location: str
    form: Form | None = None
    layout: Layout = field(default_factory=Layout)
    kind: Kind | None = None
    folder: Path = field(default_factory=Path)

    @property
    def shown(self) -> str:
        """The location for people and for what is kept: an address may hold a secret."""
        return show(self.location) if is_url(self.location) else self.location


def check_source(file: TomlFile) -> None:
    """Refuse members of [source] that its kind does not have."""
    kind = _kind_class(file)
    members = FILE_MEMBERS if kind is None else ("kind", *members_of(kind))
    file.table("source", members)


def members_of(kind: type[Any]) -> tuple[str, ...]:
    """Return the members that a kind has beside `kind` itself."""
    return tuple(each.name for each in fields(kind))


def variables_of(given: SourceConfig) -> tuple[str, ...]:
    """Return the environment variables that a source takes its secrets from."""
    if given.kind is None:
        return ()
    found = (getattr(given.kind, n) for n in members_of(type(given.kind)) if n.endswith("_env"))
    return tuple(name for name in found if name is not None)


def read_source(file: TomlFile, folder: Path) -> SourceConfig:
    """Read [source]; raise SetupError that names the line at fault and the way out."""
    kind_class = _kind_class(file)
    if kind_class is not None:
        kind = _read_kind(file, kind_class)
        return SourceConfig(kind.title(), kind=kind, folder=folder)
    path, url = file.text("source", "file"), file.text("source", "url")
    if (path is None) == (url is None):
        raise file.fault("source", '[source] needs either file = "…" or url = "…"')
    if url is not None:
        _check_url(file, url)
    if path is not None and (not path or is_url(path)):
        raise file.fault("source.file", '[source] file is a path; an address is url = "…"')
    location = url or str(folder / Path(path or "").expanduser())
    form = file.choice("source", "form", FORMS, None)
    return SourceConfig(location, form, read_layout(file), folder=folder)


def _kind_class(file: TomlFile) -> type[Any] | None:
    if not isinstance(file.said.get("source", {}), dict):
        raise file.fault("source", "[source] must be a table")
    name = file.text("source", "kind")
    if name is None:
        return None
    try:
        return find_kind(name)
    except SetupError as fault:
        raise file.fault("source.kind", f"[source] kind: {fault}") from fault


def _read_kind(file: TomlFile, kind_class: type[Any]) -> Kind:
    said = dict(file.said["source"])
    del said["kind"]
    hints = get_type_hints(kind_class)
    for each in fields(kind_class):
        if each.name in said:
            said[each.name] = _checked(file, each.name, hints[each.name], said[each.name])
        elif each.default is MISSING and each.default_factory is MISSING:
            raise file.fault(
                "source.kind",
                f"[source] of this kind needs {each.name} = {_form(hints[each.name])}",
            )
    kind: Kind = kind_class(**said)
    check = getattr(kind, "check", None)
    if check is not None and (wrong := check()):
        raise file.fault("source", wrong)
    return kind


def _checked(file: TomlFile, name: str, hint: Any, value: Any) -> Any:
    place = f"source.{name}"
    kinds = [each for each in _alternatives(hint) if each is not type(None)]
    if isinstance(value, list) and _takes_list(kinds):
        if all(isinstance(each, str) for each in value):
            return tuple(value)
    elif type(value) in kinds:
        if name.endswith("_env"):
            _check_variable(file, name, value)
        elif name == "url":
            _check_url(file, value)
            if httpx2.URL(value).userinfo:
                raise file.fault(place, "[source] url must hold no user and password")
        elif isinstance(value, str) and not value.strip() and name != "token_prefix":
            raise file.fault(place, f"[source] {name} is empty")
        return value
    raise file.fault(place, f"[source] {name} must be {_form(hint)}")


def _alternatives(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if isinstance(hint, UnionType) else (hint,)


def _takes_list(kinds: Sequence[Any]) -> bool:
    return any(get_origin(each) is tuple for each in kinds)


def _form(hint: Any) -> str:
    kinds = _alternatives(hint)
    if _takes_list(kinds):
        return 'a list of texts: ["…", "…"]'
    if bool in kinds:
        return "true or false"
    return "a whole number" if int in kinds else '"…"'


def _check_variable(file: TomlFile, name: str, value: str) -> None:
    # Not repeated: it may be the secret itself.
    if not VARIABLE.fullmatch(value):
        raise file.fault(
            f"source.{name}",
            f"[source] {name} is the name of an environment variable that holds the secret; "
            "the secret itself has no place in a file",
        )


def _check_url(file: TomlFile, url: str) -> None:
    try:
        usable = is_url(url) and bool(httpx2.URL(url).host)
    except httpx2.InvalidURL:
        usable = False
    if not usable:
        raise file.fault("source.url", "[source] url must begin with http:// or https://")
