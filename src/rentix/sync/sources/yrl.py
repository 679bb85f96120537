"""A feed of listings in Yandex's format (YRL): whoever sells something in it is an agent.

The same `sales-agent` stands in each of his offers. Who has an id is known by it, who has none by
his first phone and his name. Where his offers differ, the first one that says something counts,
and how many agents that concerns is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final
from xml.parsers import expat

from rentix.client import SetupError
from rentix.sync.sources.faults import cut_short
from rentix.sync.sources.paged import Page, Rules
from rentix.sync.sources.reading import Reading
from rentix.sync.sources.web import fetch, forget, show

_CHUNK: Final = 1 << 16
_LONGEST: Final = 1 << 16
_DEEPEST: Final = 64
_MOST_AGENTS: Final = 200_000
_IDS: Final = ("internal-id", "id")
_MEMBERS: Final = ("name", "email", "photo", "category", "organization", "url", "agency-id")

Agent = dict[str, object]


@dataclass(frozen=True, slots=True)
class Yrl:
    """A feed at an address or in a file. Its rows have `id`, `name`, `phone` and the like."""

    url: str | None = None
    file: str | None = None

    rules: ClassVar = Rules(None, ("phones", *_MEMBERS))

    def title(self) -> str:
        """What plans and errors call the source."""
        return f"the YRL feed {show(self.url) if self.url else self.file}"

    def check(self) -> str | None:
        """Return what is wrong with the members together."""
        if (self.url is None) == (self.file is None):
            return '[source] needs either url = "…" or file = "…"'
        return None

    def pages(self, reading: Reading) -> Iterator[Page]:
        """Yield the agents once the feed has been read to its end."""
        if self.url is not None:
            path = fetch(self.url, reading.cache).path
        else:
            path = reading.folder / Path(self.file or "").expanduser()
        feed = _Feed(self.title())
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    feed.read(chunk)
            feed.end()
        except OSError as fault:
            raise SetupError(f"cannot read {self.title()}: {fault.strerror}") from None
        except SetupError:
            if self.url is not None:
                forget(path)  # else the server would say that the broken file is still right
            raise
        yield Page(list(feed.agents.values()))


@dataclass(slots=True)
class _Feed:
    """Reads a feed piece by piece, and keeps nothing of it but the agents."""

    name: str
    agents: dict[str, Agent] = field(default_factory=dict)
    _path: list[str] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _length: int = 0
    _agent: Agent | None = None
    _parser: expat.XMLParserType = field(init=False)

    def __post_init__(self) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._hear
        parser.buffer_text = True
        self._parser = parser

    def read(self, chunk: bytes) -> None:
        """Take the next piece of the feed."""
        self._parse(chunk, final=False)

    def end(self) -> None:
        """Take the end; raise HalfRead if the feed is not at its own."""
        self._parse(b"", final=True)

    def _parse(self, chunk: bytes, *, final: bool) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as fault:
            why = f"line {fault.lineno}: {expat.ErrorString(fault.code)}"
            if final:
                raise cut_short(self.name, why) from None
            raise SetupError(f"{self.name} is not XML: {why}") from None

    def _refuse(self, *_: object) -> None:
        raise SetupError(f"{self.name} has a DOCTYPE, which no feed needs; take it out")

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag)
        self._text, self._length = [], 0
        if len(self._path) == 1 and tag != "realty-feed":
            raise SetupError(f"{self.name} is not a YRL feed: it begins with <{tag}>")
        if len(self._path) > _DEEPEST:
            raise SetupError(f"{self.name} is nested deeper than any feed")
        if tag == "sales-agent" and len(self._path) == 3:  # noqa: PLR2004 - feed, offer, agent
            self._agent = {"phones": []} | {k: v for k, v in attributes.items() if k in _IDS}

    def _hear(self, text: str) -> None:
        if self._agent is None:
            return
        self._length += len(text)
        if self._length > _LONGEST:
            raise SetupError(f"{self.name} has a text of more than {_LONGEST >> 10} KB in an agent")
        self._text.append(text)

    def _close(self, tag: str) -> None:
        depth = len(self._path)
        self._path.pop()
        if self._agent is None:
            return
        if depth == 3:  # noqa: PLR2004 - as above
            self._keep(self._agent)
            self._agent = None
        elif depth == 4 and (said := " ".join("".join(self._text).split())):  # noqa: PLR2004
            phones = self._agent["phones"]
            if tag == "phone" and isinstance(phones, list) and said not in phones:
                phones.append(said)
            elif tag in (*_MEMBERS, *_IDS):
                self._agent.setdefault(tag, said)

    def _keep(self, agent: Agent) -> None:
        key = _identify(agent)
        known = self.agents.setdefault(key, {"id": key or None, "differs": False})
        if len(self.agents) > _MOST_AGENTS:
            raise SetupError(f"{self.name} has more than {_MOST_AGENTS:,} agents")
        if not agent["phones"]:
            del agent["phones"]
        for name in ("phones", *_MEMBERS):
            if name in agent and known.setdefault(name, agent[name]) != agent[name]:
                known["differs"] = True
        if phones := known.get("phones"):
            known["phone"] = ", ".join(phones) if isinstance(phones, list) else phones


def _identify(agent: Agent) -> str:
    """Return what tells an agent apart: his id, else phone and name; "" if he has none of it."""
    for name in _IDS:
        if found := agent.get(name):
            return str(found)
    phones = agent["phones"]
    phone = str(phones[0]) if isinstance(phones, list) and phones else ""
    digits = "".join(sign for sign in phone if sign.isascii() and sign.isdigit())
    return f"{digits} {str(agent.get('name', '')).casefold()}".strip()
