"""The sets of record linkage: Splink's fake people, and FEBRL's.

They have names with slips and swaps, and know who is whom, but no phones. What identifies a person
there stands in for the mobile number: the e-mail, or the number of social security, both of which
are wrong or missing now and then. Of each person the first record is the user, and the second, if
there is one, the agent; of every fourth person no user is registered.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from pathlib import Path

from benchmarks.matching.cases import Case, mobile
from rentix.model import Phone

Row = Mapping[str, str]


def linkage_cases(folder: Path) -> Iterator[Case]:
    """Yield a case for each set in the folder `linkage` of the test data."""
    yield _case(
        "splink fake_1000",
        _rows(folder / "splink" / "fake_1000.csv"),
        lambda row: row["cluster"],
        lambda row: f"{row['first_name']} {row['surname']}",
        lambda row: row["email"],
    )
    for number in (1, 2, 3):
        yield _case(
            f"febrl {number}",
            _rows(folder / "febrl" / f"dataset{number}.csv"),
            lambda row: row["rec_id"].split("-")[1],
            lambda row: f"{row['given_name']} {row['surname']}",
            lambda row: row["soc_sec_id"],
        )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, skipinitialspace=True))


def _case(
    name: str,
    rows: list[dict[str, str]],
    person_of: Callable[[Row], str],
    name_of: Callable[[Row], str],
    number_of: Callable[[Row], str],
) -> Case:
    case = Case(name)
    people: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        people.setdefault(person_of(row), []).append(row)
    for number, records in enumerate(people.values()):
        first, *others = records
        user_id = None
        if number % 4:
            phones = _stand_in(number_of(first)) or (mobile(9_000_000 + number),)
            user_id = case.add_user(name_of(first), phones[0])
        for row in others[:1]:
            case.add_agent(name_of(row), _stand_in(number_of(row)), user_id)
    return case


def _stand_in(text: str) -> tuple[Phone, ...]:
    """A number of its own for each text."""
    if not text.strip():
        return ()
    digest = blake2b(text.strip().encode(), digest_size=8).digest()
    return (mobile(int.from_bytes(digest) % 9_000_000),)
