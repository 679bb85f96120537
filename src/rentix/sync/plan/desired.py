"""What the source wants: each external id once."""

from __future__ import annotations

from collections.abc import Iterable

from rentix.sync.plan.compare import send_of
from rentix.sync.plan.items import Item
from rentix.sync.records import Record, Rejection, Skipped


class Desired:
    """The source's records by external id, and the items of rows that are none.

    Rows that say the same twice count once. If they differ, nobody knows which is right: that is a
    conflict. `idle` are rows that make no agent, but whose number is somebody's all the same.
    """

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.idle: list[Record | Skipped] = []
        self.rows = 0
        self.unreadable = 0
        self.nameless = 0
        self._records: dict[str, Record] = {}
        self._known: set[str] = set()

    def add(self, entry: Record | Rejection | Skipped) -> None:
        """Take in one row."""
        self.rows += 1
        if isinstance(entry, Record):
            self._add_record(entry)
            return
        if entry.external_id is not None:
            self._known.add(entry.external_id)
        if isinstance(entry, Rejection):
            self.unreadable += 1
            self.nameless += entry.external_id is None
        else:
            self.idle.append(entry)
        code = entry.code if isinstance(entry, Rejection) else "skip_rule"
        self.items.append(
            Item(
                action="skip",
                reason=entry.reason,
                code=code,
                external_id=entry.external_id,
                line=entry.line,
            )
        )

    def _add_record(self, record: Record) -> None:
        external_id = record.external_id
        first = self._records.get(external_id)
        if first is not None:
            self._add_again(record, first)
        elif external_id in self._known:
            self._skip_more(record)
        else:
            self._known.add(external_id)
            self._records[external_id] = record

    def _add_again(self, record: Record, first: Record) -> None:
        if record.operation == first.operation:
            return
        del self._records[record.external_id]
        self.idle += (first, record)
        lines = f"lines {first.line} and {record.line}"
        self.items.append(
            Item(
                action="conflict",
                reason=f"{lines} give this externalId different values; mend the source",
                code="external_id_repeated",
                external_id=record.external_id,
                name=send_of(first).get("name"),
                line=first.line,
            )
        )

    def _skip_more(self, record: Record) -> None:
        self.idle.append(record)
        self.items.append(
            Item(
                action="skip",
                reason="an earlier line has this externalId, and nothing is done about it",
                code="external_id_repeated",
                external_id=record.external_id,
                line=record.line,
            )
        )

    def has(self, external_id: str) -> bool:
        """Whether any row names this agent, usable or not."""
        return external_id in self._known

    def take(self, external_id: str) -> Record | None:
        """The record of an external id, which is then dealt with."""
        return self._records.pop(external_id, None)

    def rest(self) -> Iterable[Record]:
        """The records that nobody has taken."""
        return self._records.values()
