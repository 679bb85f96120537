"""A map proposed for a source, by its headers and by what stands below them.

A header alone can mislead: a column "Telegram" may hold names where the field takes yes and no,
and one "Foto" names of files. So every guess must agree with a sample of the cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from msgspec import UNSET

from rentix.sync import synonyms
from rentix.sync.cells import take_column
from rentix.sync.map_tables import fold
from rentix.sync.records import Row
from rentix.sync.sources import Source
from rentix.sync.synonyms import read_list, without_noise, words
from rentix.sync.targets import TARGETS
from rentix.sync.values import WORDS, is_text

SAMPLE: Final = 2000
MOST_STATES: Final = 12

Names = Mapping[tuple[str, ...], int]


@dataclass(slots=True)
class Proposal:
    """A map to write down. `states` are the values of a column that may say who has left.

    `items` is the path to the array of agents in a JSON document, and `other_arrays` are those that
    may be it, too. `is_blind`: the source has no rows, so nothing stood below its headers.
    """

    columns: dict[str, str] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    status: str | None = None
    states: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    doubts: list[str] = field(default_factory=list)
    is_blind: bool = False
    items: str | None = None
    other_arrays: tuple[str, ...] = ()

    @property
    def has_id(self) -> bool:
        """Whether a column is known that says which agent a row is."""
        return "externalId" in self.columns

    def missing(self) -> tuple[str, ...]:
        """Return the fields that nothing fills."""
        filled = {*self.columns, *self.templates}
        texts = any(name.startswith("description") for name in filled)
        return tuple(
            target
            for target in TARGETS
            if target not in filled
            and target not in ("userId", "settings.contact_phone")
            and not (target.startswith("description") and (texts or "." in target))
        )


@dataclass(frozen=True, slots=True)
class Column:
    """A column of plain values: its header's words, and the cells of a sample that have any."""

    name: str
    words: tuple[str, ...]
    cells: tuple[str, ...]
    rows: int

    @property
    def is_open(self) -> bool:
        """Whether anything may stand below the header: something does, or there is no row yet."""
        return bool(self.cells) or not self.rows


def propose(source: Source) -> Proposal:
    """Read a sample of a source and propose a map for it."""
    columns = _sample(source)
    proposal = Proposal(is_blind=not any(column.rows for column in columns))
    _find_ids(columns, proposal)
    _find_name(columns, proposal)
    _find_one(columns, proposal, "phone", read_list(synonyms.PHONE), _has_digits)
    _find_descriptions(columns, proposal)
    _find_one(columns, proposal, "avatar", read_list(synonyms.AVATAR), _are_urls)
    for target, listed in synonyms.SOCIALS.items():
        _find_one(columns, proposal, target, read_list(listed), _anything)
    for target, listed in synonyms.CHANNELS.items():
        _find_one(columns, proposal, target, read_list(listed), _are_flags)
    _find_status(columns, proposal)
    return proposal


def _sample(source: Source) -> list[Column]:
    cells = [row.cells for row in islice(source.rows(), SAMPLE) if isinstance(row, Row)]
    found = []
    for name, times in Counter(source.columns).items():
        if times > 1 or not is_text(name) or not name.isprintable():
            continue  # a map cannot name it
        take = take_column(name)
        values = [take(each) for each in cells]
        if any(isinstance(value, dict | list) for value in values):
            continue
        filled = (str(v).strip() for v in values if v is not None and v is not UNSET)
        found.append(Column(name, words(name), tuple(v for v in filled if v), len(cells)))
    return found


def _ranked(columns: Sequence[Column], names: Names) -> list[Column]:
    """Return the columns that a list has, best first; of a path the last word may be enough."""
    ranks: list[tuple[int, int, Column]] = []
    for place, column in enumerate(columns):
        forms = (column.words, without_noise(column.words), words(column.name.rpartition(".")[2]))
        known = [
            names[form] + len(names) * (number == 2 and form != column.words)  # noqa: PLR2004 - the last form
            for number, form in enumerate(forms)
            if form in names
        ]
        if known:
            ranks.append((min(known), place, column))
    return [column for _, _, column in sorted(ranks, key=lambda rank: rank[:2])]


def _find_one(
    columns: Sequence[Column],
    proposal: Proposal,
    target: str,
    names: Names,
    fits: Callable[[Column], str | None],
) -> None:
    for column in _ranked(columns, names):
        if column.name in proposal.columns.values():
            continue
        if doubt := _doubt(column, fits):
            proposal.doubts.append(f"{target}: {column.name!r} {doubt}")
        else:
            proposal.columns[target] = column.name
            return


def _doubt(column: Column, fits: Callable[[Column], str | None]) -> str | None:
    if not column.rows:
        return None  # nothing says otherwise than the header
    return fits(column) if column.cells else "is empty"


def _find_ids(columns: Sequence[Column], proposal: Proposal) -> None:
    own = [column for column in columns if column.name == "userId"]
    portal = own or _ranked(columns, read_list(synonyms.USER_ID))
    if portal:
        proposal.columns["userId"] = portal[0].name
    rest = [column for column in columns if column not in portal[:1]]
    _find_one(rest, proposal, "externalId", read_list(synonyms.EXTERNAL_ID), _is_unique)


def _find_name(columns: Sequence[Column], proposal: Proposal) -> None:
    def first(listed: str, *taken: str | None) -> str | None:
        found = _ranked(columns, read_list(listed))
        free = (c.name for c in found if c.name not in taken and c.is_open)
        return next(free, None)

    if full := first(synonyms.FULL_NAME):
        proposal.columns["name"] = _plainer(columns, full)
        return
    given = first(synonyms.FIRST_NAME)
    family = first(synonyms.LAST_NAME, given)
    braces = any(sign in f"{given}{family}" for sign in "{}")
    if given and family and not braces:
        middle = first(synonyms.PATRONYMIC, given, family)
        parts = (given, middle, family)
        proposal.templates["name"] = " ".join(f"{{{part}}}" for part in parts if part)
    elif lone := first(synonyms.LONE_NAME) or family:
        proposal.columns["name"] = lone


def _plainer(columns: Sequence[Column], full: str) -> str:
    """A column that is called a name and no more, if it holds the full names too."""
    names = next({*column.cells} for column in columns if column.name == full)
    for column in columns:
        if (column.words in read_list(synonyms.LONE_NAME) and column.name != full) and (
            2 * sum(cell in names for cell in column.cells) > len(column.cells)
        ):
            return column.name
    return full


def _find_descriptions(columns: Sequence[Column], proposal: Proposal) -> None:
    languages = {
        word: key for key, listed in synonyms.LANGUAGE.items() for word in read_list(listed)
    }
    plain: list[tuple[str, str]] = []
    for column in columns:
        tags = [languages[(word,)] for word in column.words if (word,) in languages]
        rest = without_noise(tuple(w for w in column.words if (w,) not in languages))
        spoken = next(
            (key for key, said in synonyms.DESCRIPTION.items() if rest in read_list(said)), None
        )
        if spoken is None or not column.is_open:
            continue
        if len(tags) == 1:
            proposal.columns.setdefault(f"description.{tags[0]}", column.name)
        elif not tags:
            plain.append((spoken, column.name))
    if len(plain) == 1 and not any(name.startswith("description.") for name in proposal.columns):
        proposal.columns["description"] = plain[0][1]
        return
    for spoken, name in plain:  # its language is the header's, where there is more than one text
        if spoken in synonyms.LANGUAGE:
            proposal.columns.setdefault(f"description.{spoken}", name)


def _find_status(columns: Sequence[Column], proposal: Proposal) -> None:
    used = {*proposal.columns.values()}
    for column in _ranked(columns, read_list(synonyms.STATUS)):
        states = Counter(column.cells)
        if column.name not in used and 1 <= len(states) <= MOST_STATES:
            gone = {" ".join(each) for each in read_list(synonyms.LEFT)}
            proposal.status = column.name
            proposal.states = tuple(state for state, _ in states.most_common())
            proposal.left = tuple(s for s in proposal.states if " ".join(words(s)) in gone)
            return


def _is_unique(column: Column) -> str | None:
    if len(column.cells) < column.rows:
        empty = column.rows - len(column.cells)
        # An agent or two without an id is a row to mend; a column of holes is another thing.
        if empty * 10 > column.rows:
            return f"is empty in {empty:,} of {column.rows:,} rows"
    repeated = len(column.cells) - len(set(column.cells))
    if repeated * 10 > len(column.cells):
        return f"has the same value in many rows, such as {column.cells[0]!r}"
    return None


def _has_digits(column: Column) -> str | None:
    with_digits = sum(any(sign.isdigit() for sign in cell) for cell in column.cells)
    return None if with_digits * 2 > len(column.cells) else "holds no telephone numbers"


def _are_urls(column: Column) -> str | None:
    urls = sum(cell.casefold().startswith(("http://", "https://")) for cell in column.cells)
    if urls * 2 > len(column.cells):
        return None
    return (
        f"holds no addresses, such as {column.cells[0]!r}; if pictures lie on a server, a template "
        f'makes addresses of them: avatar = "https://…/{{{column.name}}}"'
    )


def _are_flags(column: Column) -> str | None:
    others = {cell for cell in column.cells if fold(cell) not in WORDS}
    return f"holds more than yes and no, such as {min(others)!r}" if others else None


def _anything(_: Column) -> None:
    return None
