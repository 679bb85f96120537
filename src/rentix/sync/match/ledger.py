"""What an accepted file has led to: beside it, in FILE.links, so that all of it can be undone."""

from __future__ import annotations

from pathlib import Path

import msgspec

from rentix.client import SetupError
from rentix.sync.match.sheet import write_private
from rentix.sync.plan import Item, Plan
from rentix.wire.shapes import AgencyShape


class Round(msgspec.Struct, rename="camel"):
    """Links made together. The plan is written before any of it is sent.

    `linked` are the numbers of its items that were; None until all of them have an answer.
    """

    plan: Plan
    linked: tuple[int, ...] | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """The links that were made."""
        return tuple(self.plan.items[number] for number in self.linked or ())


class Ledger:
    """The rounds of one file."""

    def __init__(self, file: Path) -> None:
        self.path = Path(f"{file}.links")
        self.rounds: list[Round] = []
        if self.path.exists():
            try:
                self.rounds = msgspec.json.decode(self.path.read_bytes(), type=list[Round])
            except OSError as fault:
                raise SetupError(f"cannot read {self.path}: {fault.strerror}") from fault
            except (msgspec.MsgspecError, ValueError, RecursionError) as fault:
                raise SetupError(f"{self.path} is not of this version ({fault})") from fault

    def check_is_there(self, file: Path) -> None:
        """Refuse a file that there is neither a trace of nor itself: its name is misspelt."""
        if not (self.path.exists() or file.is_file()):
            raise SetupError(f"there is no file {file} and no {self.path}; nothing was unlinked")

    def check_is_of(self, portal: str, agency: AgencyShape) -> None:
        """Refuse links of another portal or agency: the same numbers are other users there."""
        for one in self.rounds:
            if (one.plan.portal, one.plan.agency_id) != (portal, agency.id):
                raise SetupError(
                    f"{self.path} is about {one.plan.agency} at {one.plan.portal}; the key opens "
                    f"{agency.name} at {portal}. Use that agency's rentix.toml, or match again "
                    "into another file"
                )

    def journal(self, one: Round) -> Path:
        """Where a round's requests and answers are written down."""
        return self.path.with_name(f"{self.path.name}.{one.plan.id[:12]}.journal")

    def save(self) -> None:
        """Write the rounds, before what they plan is done, or after."""
        text = msgspec.json.format(msgspec.json.encode(self.rounds), indent=1)
        write_private(self.path, text + b"\n", replace=True)

    def keep(self, kept: set[int]) -> None:
        """Forget all links but those of these users; without any there is nothing to keep."""
        for one in self.rounds:
            items = enumerate(one.plan.items)
            one.linked = tuple(
                number
                for number, item in items
                if number in (one.linked or ()) and item.user_id in kept
            )
        self.rounds = [one for one in self.rounds if one.linked]
        if self.rounds:
            self.save()
        else:
            self.path.unlink(missing_ok=True)
