"""Source × portal: the plan, from one reading of the source and one listing of the portal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from rentix.model import User
from rentix.rules.matching import Agent, Pair
from rentix.rules.merge import Merge
from rentix.rules.steering import Terms
from rentix.sync.config import CapsConfig, SyncConfig
from rentix.sync.config_text import quote
from rentix.sync.plan import limits, linking
from rentix.sync.plan.compare import Wanted, create, says_the_same, send_of, skipped, update, want
from rentix.sync.plan.desired import Desired
from rentix.sync.plan.files import sealed
from rentix.sync.plan.items import ACTIONS, FieldChange, Item, Plan
from rentix.sync.records import Record, Rejection, Skipped
from rentix.wire.shapes import AgencyShape

Entry = Record | Rejection | Skipped
Actual = Iterable[tuple[User, str]]


class Planner:
    """Compares what a source wants with what a portal has.

    Memory grows with the source's records, the plan's items and the users without external id, not
    with those who are linked.
    `on_progress` is told how many rows and users are dealt with.
    """

    def __init__(
        self,
        terms: Terms,
        sync: SyncConfig,
        caps: CapsConfig,
        *,
        on_progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._sync = sync
        self._caps = caps
        self._on_progress = on_progress
        self._terms = terms
        self._desired = Desired()
        self._registered = linking.Registered()
        self._items: list[Item] = []
        self._warnings: dict[str, tuple[int, str]] = {}
        self._unchanged = 0
        self._linked = 0
        self._missing: list[tuple[User, str]] = []

    def read_source(self, entries: Iterable[Entry]) -> None:
        """Take in the source, whole."""
        for number, entry in enumerate(entries, start=1):
            self._desired.add(entry)
            if number % 1000 == 0:
                self._on_progress(number)

    def compare(self, actual: Actual) -> None:
        """Compare with the portal, whole: who is there, who is not, and who should not be."""
        for number, (user, etag) in enumerate(actual, start=1):
            if user.external_id is None:
                self._registered.add(user, etag)
            else:
                self._registered.note_linked(user)
                self._compare_linked(user, user.external_id, etag)
            if number % 1000 == 0:
                self._on_progress(number)
        rest = [wanted for record in self._desired.rest() if (wanted := self._read(record))]
        agents, idle = self._registered.agents, self._desired.idle
        self._registered.others += linking.bystanders(idle, agents, self._terms.region)
        claims = (wanted.record.user_id for wanted in rest)
        self._registered.claims.update(claimed for claimed in claims if claimed is not None)
        self._items += [self._place(wanted) for wanted in rest]
        self._items += self._desired.items
        self._items.sort(key=lambda item: item.line or 0)
        self._items += self._absent()

    def _compare_linked(self, user: User, external_id: str, etag: str) -> None:
        active = user.status == "active"
        self._linked += active
        record = self._desired.take(external_id)
        if record is None:
            if active and not self._desired.has(external_id):
                self._missing.append((user, etag))
        elif record.user_id not in (None, user.id):
            self._items.append(_claimed_other(record, user))
        elif says_the_same(record, user, self._terms.locale):
            self._unchanged += 1
            agent = Agent(external_id=external_id, name=user.name, phones=(user.phone,))
            self._registered.agents[external_id] = agent
        elif wanted := self._read(record):
            self._compare_read(wanted, user, etag)

    def _read(self, record: Record) -> Wanted | None:
        """A record as the portal would read it; none, and an item, if that would refuse it."""
        wanted = want(record, self._terms)
        if wanted.put is None:
            self._items.append(skipped(wanted))
            self._desired.idle.append(record)
            return None
        agent = linking.agent_of(wanted, self._terms.region)
        self._registered.agents[record.external_id] = agent
        return wanted

    def _compare_read(self, wanted: Wanted, user: User, etag: str) -> None:
        item, merged = update(wanted, user, etag)
        self._note(user, merged)
        if item is None:
            self._unchanged += 1
        else:
            self._items.append(item)

    def _note(self, user: User, merged: Merge) -> None:
        kept = {f"{field}_held": field for field in merged.fates.held}
        kept |= {reason: field for field, reason in merged.fates.ignored.items()}
        for code, field in kept.items():
            count, example = self._warnings.get(code, (0, f"{field} of user {user.id} is kept"))
            self._warnings[code] = (count + 1, example)

    def _place(self, wanted: Wanted) -> Item:
        """The item of a record whose external id nobody has."""
        registered = self._registered
        claimed = wanted.record.user_id
        if claimed is not None:
            found = registered.by_id.get(claimed)
            if found is None:
                return _claim_unknown(wanted, claimed)
            if registered.claims[claimed] > 1:
                return _claim_repeated(wanted, claimed, registered.claims[claimed])
            return self._link(wanted, found, "the source names this user by the portal's id")
        if self._sync.link == "never" or wanted.record.external_id in self._sync.new:
            return create(wanted)
        verdict = registered.judge(wanted.record.external_id)
        if verdict.call == "auto":
            evidence = registered.evidence(verdict.pairs[0])
            return self._link(wanted, evidence, "; ".join(verdict.reasons))
        doubtful = [pair for pair in verdict.pairs if pair.alone or pair.agrees]
        return _doubtful(wanted, doubtful) if doubtful else create(wanted)

    def _link(self, wanted: Wanted, found: linking.Evidence, reason: str) -> Item:
        user, etag = found
        item, merged = update(wanted, user, etag)
        self._note(user, merged)
        external_id = wanted.record.external_id
        linked = FieldChange("externalId", None, external_id)
        return Item(
            action="link",
            reason=reason,
            code="same_person",
            external_id=external_id,
            user_id=user.id,
            name=user.name,
            line=wanted.record.line,
            if_match=etag,
            fields=(linked, *(item.fields if item else ())),
            send=item.send if item else {},
        )

    def _absent(self) -> Iterator[Item]:
        """The items of linked agents whom the source lacks."""
        absent = self._sync.absent
        if absent == "keep":
            return
        nameless = self._desired.nameless
        for user, etag in self._missing:
            if nameless:
                yield _maybe_there(user, nameless)
                continue
            field = ("externalId", user.external_id, None)
            left = ("status", "active", "inactive")
            yield Item(
                action=absent,
                reason="the source has no agent with this externalId",
                code="absent",
                external_id=user.external_id,
                user_id=user.id,
                name=user.name,
                if_match=etag,
                fields=(FieldChange(*(left if absent == "deactivate" else field)),),
            )

    def plan(self, portal: str, agency: AgencyShape, source: str) -> Plan:
        """The plan, with its limits and its digest."""
        counts = Counter(item.action for item in self._items)
        summary = {action: counts[action] for action in ACTIONS} | {"unchanged": self._unchanged}
        fired = limits.fired(
            self._caps,
            self._items,
            linked=self._linked,
            missing=len(self._missing),
            rows=self._desired.rows,
            unreadable=self._desired.unreadable,
        )
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return sealed(
            Plan(
                id=uuid4().hex,
                made_at=now,
                portal=portal,
                agency_id=agency.id,
                agency=agency.name,
                source=source,
                summary=summary,
                limits=fired,
                warnings=self._warnings,
                items=tuple(self._items),
            )
        )


def _conflict(record: Record, user_id: int | None, code: str, reason: str) -> Item:
    return Item(
        action="conflict",
        reason=reason,
        code=code,
        external_id=record.external_id,
        user_id=user_id,
        name=send_of(record).get("name"),
        line=record.line,
    )


def _claimed_other(record: Record, holder: User) -> Item:
    reason = (
        f"the source says that this is user {record.user_id}, but user {holder.id} holds the "
        f"externalId; unlink that one, or mend the source"
    )
    return _conflict(record, holder.id, "external_id_taken", reason)


def _claim_unknown(wanted: Wanted, claimed: int) -> Item:
    reason = (
        f"the source says that this is user {claimed}, who is not there or has another externalId; "
        f"mend the source, or unlink that user"
    )
    return _conflict(wanted.record, claimed, "already_linked", reason)


def _claim_repeated(wanted: Wanted, claimed: int, claims: int) -> Item:
    reason = f"{claims} agents of the source say that they are user {claimed}; mend the source"
    return _conflict(wanted.record, claimed, "already_linked", reason)


def _doubtful(wanted: Wanted, pairs: Sequence[Pair]) -> Item:
    """The item of an agent who may be one of some users, the likeliest first."""
    record, likeliest = wanted.record, pairs[0]
    user_id = likeliest.user.user_id
    more = ", ".join(str(pair.user.user_id) for pair in pairs[1:])
    others = f" (or user {more})" if more else ""
    reason = (
        f"user {user_id}, who is not linked, may be this agent: {'; '.join(likeliest.reasons)}"
        f"{others}; nobody is linked or created until you decide: "
        f"link them (rentix match, or POST /users/{user_id}/link), or say that this agent is "
        f"somebody new (put {quote(record.external_id)} into [sync] new)"
    )
    code = "phone_of_another" if likeliest.alone else "phone_of_several"
    return _conflict(record, user_id, code, reason)


def _maybe_there(user: User, nameless: int) -> Item:
    reason = (
        f"the source seems to lack this agent, but {nameless} of its rows cannot be told apart and "
        f"may be this one; nothing is done until they are mended"
    )
    return Item(
        action="conflict",
        reason=reason,
        code="source_unreadable",
        external_id=user.external_id,
        user_id=user.id,
        name=user.name,
    )
