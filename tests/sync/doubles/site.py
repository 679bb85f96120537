"""A real HTTP server on loopback that answers as a double says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from rentix.client import Wait
from rentix.sync.records import Row
from rentix.sync.sources import Source
from rentix.sync.sources.paged import Kind, PagedSource, gather
from rentix.sync.sources.reading import Reading


@dataclass(frozen=True)
class Asked:
    """A request as a double sees it."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str]


@dataclass(frozen=True)
class Said:
    """An answer; `cut` sends half of the body that was announced."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False


Answers = Callable[[Asked], Said]


@contextmanager
def serving(answers: Answers) -> Iterator[str]:
    """Serve a double; give its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            form = dict(parse_qsl(self.rfile.read(length).decode()))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, place.path, dict(parse_qsl(place.query)), headers, form)
            self.send(answers(asked))

        do_POST = do_GET  # noqa: N815 - the library's name

        def send(self, said: Said) -> None:
            whole = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
            self.send_response(said.status)
            for name, value in {"Content-Length": str(len(whole)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(whole[: len(whole) // 2] if said.cut else whole)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@dataclass
class Reader:
    """Reads kinds of sources into a folder, and sleeps through no pause."""

    folder: Path
    secrets: dict[str, str] = field(default_factory=dict)
    waits: list[Wait] = field(default_factory=list)
    sleeps: list[float] = field(default_factory=list)

    def read(self, kind: Kind) -> PagedSource:
        cache = self.folder / "cache"
        reading = Reading(self.folder, cache, self.waits.append, self.sleeps.append, self.secrets)
        return gather(kind, cache / "roster.jsonl", reading)

    def left(self) -> list[str]:
        """Return the names of the files that a reading left."""
        cache = self.folder / "cache"
        return [each.name for each in cache.iterdir()] if cache.exists() else []


def rows(source: Source) -> list[dict[str, Any]]:
    """Return what a source has; every row is one."""
    found = list(source.rows())
    assert all(isinstance(row, Row) for row in found)
    return [dict(row.cells) for row in found if isinstance(row, Row)]
