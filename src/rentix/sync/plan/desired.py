"""What the source wants: each external id once, as the portal's rules read it."""

from __future__ import annotations

from collections.abc import Iterator

from rentix.rules.matching import Agent
from rentix.rules.steering import Terms
from rentix.sync.plan.compare import Wanted, skipped, want
from rentix.sync.plan.items import Item
from rentix.sync.plan.linking import Registered, agent_of
from rentix.sync.records import Record, Rejection, Skipped


class Desired:
    """The source's records by external id, and the items of rows that are none.

    Rows that say the same twice count once. If they differ, nobody knows which is right: that is a
    conflict.
    """

    def __init__(self, terms: Terms) -> None:
        self.items: list[Item] = []
        self.rows = 0
        self.unreadable = 0
        self.nameless = 0
        self.agents: dict[str, Agent] = {}
        self._terms = terms
        self._wanted: dict[str, Wanted] = {}
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
        first = self._wanted.get(external_id)
        if first is not None:
            self._add_again(record, first)
        elif external_id in self._known:
            self._skip_more(record)
        else:
            self._known.add(external_id)
            wanted = want(record, self._terms)
            if wanted.put is None:
                self.items.append(skipped(wanted))
                return
            self._wanted[external_id] = wanted
            self.agents[external_id] = agent_of(wanted, self._terms.region)

    def _add_again(self, record: Record, first: Wanted) -> None:
        if record.operation == first.record.operation:
            return
        del self._wanted[record.external_id]
        lines = f"lines {first.record.line} and {record.line}"
        self.items.append(
            Item(
                action="conflict",
                reason=f"{lines} give this externalId different values; mend the source",
                code="external_id_repeated",
                external_id=record.external_id,
                name=first.name,
                line=first.record.line,
            )
        )

    def _skip_more(self, record: Record) -> None:
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

    def take(self, external_id: str) -> Wanted | None:
        """The record of an external id, which is then dealt with."""
        return self._wanted.pop(external_id, None)

    def rest(self) -> Iterator[Wanted]:
        """Yield the records that nobody has taken."""
        yield from self._wanted.values()

    def registered(self) -> Registered:
        """An empty sheet for the portal's users whom a record may mean."""
        ids = (wanted.record.user_id for wanted in self._wanted.values())
        return Registered(
            agents=tuple(self.agents.values()),
            wanted_ids=frozenset(user_id for user_id in ids if user_id is not None),
        )
