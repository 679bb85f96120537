"""The kinds of sources: those that are built in, and those that others install."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any, Final

from rentix.client import SetupError
from rentix.sync.sources.bitrix24 import Bitrix24
from rentix.sync.sources.pipedrive import Pipedrive
from rentix.sync.sources.rest import Rest
from rentix.sync.sources.salesforce import Salesforce
from rentix.sync.sources.sql import Sql
from rentix.sync.sources.yrl import Yrl
from rentix.sync.targets import suggest

GROUP: Final = "rentix.sources"
"""Entry points of other packages: a kind's name, and the dataclass that is it."""

BUILT_IN: Final[dict[str, type[Any]]] = {
    "bitrix24": Bitrix24,
    "pipedrive": Pipedrive,
    "salesforce": Salesforce,
    "sql": Sql,
    "yrl": Yrl,
    "rest": Rest,
}


def find_kind(name: str) -> type[Any]:
    """Return the class of a kind; raise SetupError if there is none or it cannot be loaded."""
    if name in BUILT_IN:
        return BUILT_IN[name]
    installed = {each.name: each for each in entry_points(group=GROUP)}
    if name not in installed:
        raise SetupError(f"no kind of source is called {name!r}{suggest(name, known_kinds())}")
    try:
        found = installed[name].load()
    except Exception as fault:
        raise SetupError(f"the kind of source {name!r} cannot be loaded: {fault}") from fault
    if not isinstance(found, type) or not hasattr(found, "__dataclass_fields__"):
        raise SetupError(f"the kind of source {name!r} is not a dataclass")
    return found


def known_kinds() -> tuple[str, ...]:
    """Return the names of all kinds that are there."""
    return (*BUILT_IN, *sorted(each.name for each in entry_points(group=GROUP)))
