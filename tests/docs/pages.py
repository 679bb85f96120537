"""The documentation as tests see it: pages, their code blocks, and what is asked of each block.

An HTML comment on the line before a block says what a test does with it:

- `<!-- file: NAME -->` saves it under that name for the blocks that follow;
- `<!-- output -->` is what the block run before it printed; `…` stands for anything;
- `<!-- background -->` is started and left running to the end of the page;
- `<!-- exit: 1 -->` is run and ends with that code;
- `<!-- not run: REASON -->` is left alone.

Without one, `bash` and `python` are run, `json` and `toml` must be well-formed, `text` is a
picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUN = ("bash", "python")
READ = ("json", "toml", "text", "csv")

_FENCE = re.compile(
    r"(?:^[ ]*<!-- *(?P<wish>[^\n]*?) *-->\n)?"
    r"^(?P<indent>[ ]*)```(?P<language>\w*)\n(?P<code>.*?)^[ ]*```$",
    re.MULTILINE | re.DOTALL,
)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
_ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block: the line of its fence, its language, its text, and the wish before it."""

    line: int
    language: str
    code: str
    wish: str

    @property
    def file(self) -> str | None:
        return self.wish.removeprefix("file: ") if self.wish.startswith("file: ") else None

    @property
    def exit_code(self) -> int:
        return int(self.wish.removeprefix("exit: ")) if self.wish.startswith("exit: ") else 0

    @property
    def runs(self) -> bool:
        wished = self.wish == "" or self.wish.startswith("exit: ")
        return self.language in RUN and wished


def pages() -> list[Path]:
    """All that a reader of the repository is offered, README first."""
    found = [*sorted(ROOT.glob("*.md"), reverse=True), *sorted(ROOT.glob("docs/**/*.md"))]
    return [*found, ROOT / "benchmarks" / "README.md"]


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        indent = len(found["indent"])
        code = "\n".join(line[indent:] for line in found["code"].splitlines())
        line = text.count("\n", 0, found.start("language")) + 1
        yield Block(line, found["language"], code, found["wish"] or "")


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def links(page: Path) -> list[str]:
    return _LINK.findall(prose(page))


def anchors(page: Path) -> set[str]:
    """The fragments that a page's headings answer to, spelled as GitHub and GitLab do."""
    headings = _HEADING.findall(prose(page))
    return {
        re.sub(r"[^\w\- ]", "", heading.lower().replace("`", "")).replace(" ", "-")
        for heading in headings
    }


def table(page: Path, after: str) -> list[list[str]]:
    """The rows of the first table behind the heading `after`, without its head."""
    _, found, rest = page.read_text(encoding="utf-8").partition(f" {after}\n")
    assert found, f"{name(page)} has no heading {after!r}"
    section = re.split(r"^#+ ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    rows = [[cell.strip() for cell in row.split("|")] for row in _ROW.findall(section)]
    return rows[2:]
