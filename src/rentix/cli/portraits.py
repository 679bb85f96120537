"""Pictures for the demo, drawn when they are asked for: initials on a colour, and homes."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product

from rentix.cli.canvas import print_png
from rentix.cli.scenes import draw_scene
from rentix.rules.search import fold_words
from rentix.sync.mapping import FieldMap
from rentix.sync.records import Rejection, Row
from rentix.sync.sources import Source

_SIDE = 578
_CELL = 34  # pixels of a dot
_INK = (0xFF, 0xFF, 0xFF)
_GROUNDS = ("2f6f73", "7a4b6a", "4a5d8f", "8a5a3c", "4f7a4a", "6b5b95", "9b4f4f", "3f6c8c")
_SCENE = re.compile(r"/([a-z]+)-(\d)\.png")
_LETTERS = bytes.fromhex(  # A to Z: seven rows of five dots each
    "0e11111f1111111e11111e11111e0e11101010110e1e11111111111e1f10101e10101f"
    "1f10101e1010100e11101711110e1111111f1111110e04040404040e0702020202120c"
    "111214181412111010101010101f111b1515111111111915131111110e11111111110e"
    "1e11111e1010100e11111115120d1e11111e1412110f10100e01011e1f040404040404"
    "1111111111110e11111111110a0411111115151b1111110a040a111111110a04040404"
    "1f01020408101f"
)


def draw_initials(initials: str) -> bytes:
    """A square PNG with up to two letters of A to Z."""
    letters = [ord(letter) - ord("A") for letter in initials.upper() if "A" <= letter <= "Z"][:2]
    dots = {(x, y) for place, letter in enumerate(letters) for x, y in _dots(letter, place)}
    width = 6 * len(letters) - 1
    left, top = (_SIDE // _CELL - width) // 2, (_SIDE // _CELL - 7) // 2
    rows = []
    for row in range(_SIDE // _CELL):
        line = b"".join(
            (b"\1" if (column - left, row - top) in dots else b"\0") * _CELL
            for column in range(_SIDE // _CELL)
        )
        rows.append((b"\0" + line) * _CELL)
    ground = bytes.fromhex(_GROUNDS[sum(letters) % len(_GROUNDS)])
    return print_png(_SIDE, _SIDE, b"".join(rows), ground + bytes(_INK))


def _dots(letter: int, place: int) -> Iterator[tuple[int, int]]:
    rows = _LETTERS[7 * letter :]
    for x, y in product(range(5), range(7)):
        if rows[y] & (16 >> x):
            yield x + 6 * place, y


def _draw(path: str) -> bytes:
    scene = _SCENE.fullmatch(path)
    drawn = draw_scene(scene[1], int(scene[2])) if scene else None
    return drawn or draw_initials(path.strip("/").partition(".")[0])


class _Portraits(BaseHTTPRequestHandler):
    """Answers `/AM.png`, whatever the letters, and `/kitchen-2.png`."""

    def do_GET(self) -> None:
        """Draw what the path names."""
        drawn = _draw(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(drawn)))
        self.end_headers()
        self.wfile.write(drawn)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving_portraits() -> Iterator[str]:
    """A server on loopback that draws initials and homes; `HOST:PORT` is given."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Portraits) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True, slots=True)
class Portrayed:
    """A roster whose agents all have a portrait, drawn by the server at `place`."""

    source: Source
    field_map: FieldMap
    place: str

    @property
    def columns(self) -> tuple[str, ...]:
        """The roster's own."""
        return self.source.columns

    @property
    def nested(self) -> bool:
        """As the roster."""
        return self.source.nested

    @property
    def lines(self) -> int:
        """As many as the roster has."""
        return self.source.lines

    @property
    def form(self) -> str:
        """The roster's own."""
        return self.source.form

    def check_whole(self) -> None:
        """As the roster."""
        self.source.check_whole()

    def rows(self) -> Iterator[Row | Rejection]:
        """The roster's rows, the picture's address exchanged for a portrait's."""
        name, picture = (self.field_map.columns.get(field) for field in ("name", "avatar"))
        for row in self.source.rows():
            if isinstance(row, Row) and name and picture:
                initials = "".join(word[0] for word in fold_words(str(row.cells.get(name))))
                portrait = f"http://{self.place}/{initials[:2].upper() or 'X'}.png"
                yield Row(row.line, {**row.cells, picture: portrait})
            else:
                yield row
