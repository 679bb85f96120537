"""What `rentix init --kind` begins with: for each kind of source a [source] and a map that fits."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

from rentix.client import SetupError
from rentix.sync.config_text import write_portal, write_rest
from rentix.sync.targets import suggest

STARTS: Final = ("bitrix24", "pipedrive", "salesforce", "sql", "yrl", "rest")


def write_start(portal: tuple[str, str], kind: str) -> str:
    """Return a rentix.toml for a portal (its address, the key's variable) and a kind of source."""
    if kind not in STARTS:
        raise SetupError(f"--kind: no kind of source is called {kind!r}{suggest(kind, STARTS)}")
    middle = files(__name__).joinpath(f"{kind}.toml").read_text("utf-8")
    return "\n".join([*write_portal(*portal), middle, *write_rest()]) + "\n"
