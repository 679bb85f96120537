"""The file that a person reviews: a line for each pair, and what was accepted of it.

As CSV it opens in a spreadsheet: a mark says that it is UTF-8, and no cell can be taken for a
formula. Cells are parted by semicolons, as Excel wants them wherever a comma is in the midst of
numbers: in Romanian, Russian, Ukrainian. It has no line `sep=`, because Excel takes that for a
reason not to see the mark. As a workbook the file opens in any language.

What comes back may have passed through a spreadsheet, so it is read as any roster is: whatever
delimiter, encoding, or form.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rentix.client import SetupError
from rentix.rules.matching import Agent, Pair
from rentix.sync.match.finding import Matches, Row
from rentix.sync.match.workbook import Cell, workbook
from rentix.sync.records import Rejection
from rentix.sync.sources import open_source
from rentix.sync.values import WORDS

COLUMNS: Final = (
    "accept",
    "verdict",
    "score",
    "reasons",
    "externalId",
    "crmName",
    "crmPhone",
    "crmEmail",
    "userId",
    "portalName",
    "portalPhone",
)
_NEEDED: Final = ("accept", "externalId", "crmName", "userId", "portalName")
_DELIMITER: Final = ";"
_FORMULA: Final = re.compile(r"(^|[;,])(?=[=+\-@\t\r'])")
"""Where one may begin; by its language a spreadsheet parts cells at semicolons or at commas."""
_MARKED: Final = re.compile(r"(^|[;,])'(?=[=+\-@\t\r'])")


@dataclass(frozen=True, slots=True)
class Accepted:
    """A pair that a person, or the rule, accepted; `line` is the file's."""

    line: int
    external_id: str
    agent_name: str
    user_id: int
    user_name: str


def write_sheet(path: Path, matches: Matches, *, force: bool = False) -> None:
    """Write the pairs, the surest first; only the owner may read the file, for it names people.

    It is a workbook if it is called .xlsx, and CSV otherwise.

    Raises:
        SetupError: it cannot be written, or is there already, maybe with a person's decisions.
    """
    rows = sorted(matches.rows, key=lambda row: -row.verdict.score)
    lines = [COLUMNS, *(_cells(row, pair) for row in rows for pair in row.verdict.pairs)]
    is_workbook = path.suffix.lower() == ".xlsx"
    content = workbook(lines, ("yes", "no")) if is_workbook else _csv(lines)
    write_private(path, content, replace=force)


def _csv(lines: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=_DELIMITER)
    writer.writerows([_safe(str(cell)) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def check_free(path: Path) -> None:
    """Refuse a file that is there."""
    if path.exists():
        raise SetupError(
            f"{path} is there already and may hold decisions; --force writes over it, or name "
            f"another with -o"
        )


def write_private(path: Path, content: bytes, *, replace: bool) -> None:
    """Write a file whole or not at all."""
    if not replace:
        check_free(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as fault:
        draft.unlink(missing_ok=True)
        raise SetupError(f"cannot write {path}: {fault.strerror}") from fault


def _cells(row: Row, pair: Pair) -> tuple[Cell, ...]:
    agent = row.agent
    return (
        "yes" if row.verdict.call == "auto" else "",
        row.verdict.call,
        pair.score,
        "; ".join(pair.reasons),
        agent.external_id or "",
        agent.name or "",
        phones_of(agent),
        agent.email or "",
        pair.user.user_id,
        pair.user.name,
        pair.user.phone.international,
    )


def phones_of(agent: Agent) -> str:
    """All of an agent's numbers, in a line."""
    return ", ".join(phone.international for phone in agent.phones)


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return _FORMULA.sub(r"\1'", cell)


def _bare(cell: object) -> str:
    """What `_safe` was given."""
    return _MARKED.sub(r"\1", "" if cell is None else str(cell))


def read_sheet(path: Path) -> list[Accepted]:
    """Read what was accepted.

    Raises:
        SetupError: the file cannot be used; every line that is at fault is named.
    """
    if not path.is_file():
        raise SetupError(f"there is no file {path}; make one: rentix match -o {path.name}")
    source = open_source(path)
    if missing := [name for name in _NEEDED if name not in source.columns]:
        raise SetupError(f"{path} has no column {', '.join(missing)}; is it of rentix match?")
    source.check_whole()
    accepted: list[Accepted] = []
    faults: list[str] = []
    for row in source.rows():
        if isinstance(row, Rejection):
            faults.append(f"line {row.line}: {row.reason}")
            continue
        cells = {name: _bare(row.cells.get(name)).strip() for name in _NEEDED}
        word = cells["accept"].casefold()
        if word and WORDS.get(word) is None:
            faults.append(f"line {row.line}: accept is {word!r}, not yes, no or empty")
        elif word and WORDS[word]:
            found = _accepted(row.line, cells)
            if isinstance(found, str):
                faults.append(found)
            else:
                accepted.append(found)
    faults += _repeated(accepted)
    if faults:
        raise SetupError(f"nothing was linked; {path} needs mending:\n  " + "\n  ".join(faults))
    return accepted


def _accepted(line: int, cells: dict[str, str]) -> Accepted | str:
    user_id = cells["userId"].removesuffix(".0")
    if not (user_id.isascii() and user_id.isdigit() and cells["externalId"]):
        return f"line {line}: it is accepted, but externalId or userId is missing"
    return Accepted(
        line, cells["externalId"], cells["crmName"], int(user_id[:19]), cells["portalName"]
    )


def _repeated(accepted: list[Accepted]) -> Iterator[str]:
    """Say who is accepted twice: an agent is one user, and a user one agent."""
    users: dict[int, Accepted] = {}
    agents: dict[str, Accepted] = {}
    for each in accepted:
        if other := users.get(each.user_id):
            yield f"lines {other.line} and {each.line}: user {each.user_id} is accepted twice"
        elif other := agents.get(each.external_id):
            yield f"lines {other.line} and {each.line}: {each.external_id} is accepted twice"
        users[each.user_id] = agents[each.external_id] = each
