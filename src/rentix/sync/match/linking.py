"""Linking what was accepted, and undoing exactly that.

Both are plans of links or unlinks, carried out as every plan is: with `ifMatch`, under keys made of
their content, with a journal. So a run that dies is gone on with by the same command.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from rentix.client import Rentix
from rentix.client.calls.others import get_agency
from rentix.model import User
from rentix.rules.matching import Agent
from rentix.sync.apply import Account, utc_now
from rentix.sync.config import Config
from rentix.sync.match.finding import find_agents
from rentix.sync.match.ledger import Ledger, Round
from rentix.sync.match.sheet import Accepted
from rentix.sync.plan import Action, FieldChange, Item, Plan, read_actual
from rentix.sync.plan.files import sealed
from rentix.sync.planning import MEMORY, age_of, apply_plan
from rentix.sync.progress import Screen
from rentix.wire.shapes import AgencyShape

Actual = Mapping[int, tuple[User, str]]


@dataclass(slots=True)
class Done:
    """What came of it: how many were done now, how many had been before, and what was not, why.

    `stopped` is what kept it from the end.
    """

    done: int = 0
    before: int = 0
    left: list[str] = field(default_factory=list)
    stopped: BaseException | None = None


class Linking:
    """One accepted file, and the portal that it is about."""

    def __init__(self, config: Config, portal: Rentix, file: Path, screen: Screen) -> None:
        self._config = config
        self._portal = portal
        self._screen = screen
        self._ledger = Ledger(file)
        self._file = file
        self._agency: AgencyShape = portal.send(get_agency())
        self._ledger.check_is_of(portal.base_url, self._agency)

    def link(self, accepted: Sequence[Accepted]) -> Done:
        """Link what was accepted and still can be.

        Raises:
            SetupError: the source, or what stands beside the file, cannot be used.
            RentixError: the portal cannot be read.
        """
        done = Done()
        for one in self._ledger.rounds:
            if one.linked is None and not self._carry_out(one, done):
                return done
        agents = find_agents(self._config, self._portal, self._agency, self._screen)
        actual = self._read_users()
        holders = {user.external_id: user for user, _ in actual.values() if user.external_id}
        items: list[Item] = []
        for each in accepted:
            holder = holders.get(each.external_id)
            if holder is not None and holder.id == each.user_id:
                done.before += 1
            elif doubt := _doubt(each, actual, holder, agents.get(each.external_id)):
                done.left.append(f"line {each.line}, {each.external_id}: {doubt}")
            else:
                items.append(_link(each, *actual[each.user_id]))
        done.before -= done.done  # these were made just now, at the end of a run that was cut off
        if items:
            self._ledger.rounds.append(Round(self._plan(items, "link")))
            self._ledger.save()
            self._carry_out(self._ledger.rounds[-1], done)
        return done

    def undo(self) -> Done:
        """Unlink every user whom this file linked, if that is their link still.

        Raises:
            SetupError: what stands beside the file cannot be used.
            RentixError: the portal cannot be read.
        """
        done = Done()
        for one in self._ledger.rounds:  # what is under way is linked first, for it may be done
            if one.linked is None and not self._carry_out(one, Done()):
                done.left.append("a run of --apply was cut off; run it again before --undo")
                return done
        actual = self._read_users()
        items = []
        for made in (item for one in self._ledger.rounds for item in one.items):
            user, etag = actual.get(made.user_id or 0, (None, ""))
            if user is None or user.external_id != made.external_id:
                now = f"linked to {user.external_id}" if user and user.external_id else "not linked"
                done.left.append(f"user {made.user_id} is {now} now, and stays so")
            else:
                items.append(_unlink(user, etag))
        left = self._unlink(items, done) if items else set[int]()
        self._ledger.keep(left)
        return done

    def _unlink(self, items: list[Item], done: Done) -> set[int]:
        """Unlink users; those who are still linked are returned."""
        plan = self._plan(items, "unlink")
        journal = self._ledger.journal(Round(plan))
        account = apply_plan(plan, self._portal, journal, self._screen)
        journal.unlink(missing_ok=True)
        done.stopped = account.stopped
        ended = _applied(account)
        done.done = len(ended)
        done.left += _refusals(plan, account)
        return {item.user_id or 0 for n, item in enumerate(items) if n not in ended}

    def _carry_out(self, one: Round, done: Done) -> bool:
        """Bring a round to its end; whether it got there."""
        journal = self._ledger.journal(one)
        if age_of(one.plan, utc_now()) > MEMORY:
            self._settle(one, journal)
            return True
        account = apply_plan(one.plan, self._portal, journal, self._screen)
        done.done += len(_applied(account))
        done.left += _refusals(one.plan, account)
        done.stopped = account.stopped
        if account.stopped is None:
            one.linked = _applied(account)
            self._ledger.save()
            journal.unlink(missing_ok=True)
        return account.stopped is None

    def _settle(self, one: Round, journal: Path) -> None:
        """Take what came of a round from the users themselves: its requests are forgotten."""
        holders = {user.id: user.external_id for user, _ in self._read_users().values()}
        one.linked = tuple(
            number
            for number, item in enumerate(one.plan.items)
            if holders.get(item.user_id or 0) == item.external_id
        )
        self._ledger.save()
        journal.unlink(missing_ok=True)

    def _read_users(self) -> dict[int, tuple[User, str]]:
        self._screen.start(f"{self._agency.name} on the portal", None)
        return {user.id: (user, etag) for user, etag in read_actual(self._portal)}

    def _plan(self, items: list[Item], action: Action) -> Plan:
        return sealed(
            Plan(
                id=uuid4().hex,
                made_at=datetime.now(UTC).isoformat(timespec="seconds"),
                portal=self._portal.base_url,
                agency_id=self._agency.id,
                agency=self._agency.name,
                source=self._file.name,
                summary={action: len(items)},
                items=tuple(items),
            )
        )


def _doubt(each: Accepted, actual: Actual, holder: User | None, agent: Agent | None) -> str:
    """Say why a pair cannot be linked as it was accepted; empty if it can."""
    if holder is not None:
        return f"user {holder.id} has this externalId"
    if agent is None:
        return "the source has no agent of this externalId; a spreadsheet may have changed it"
    if _squeezed(agent.name or "") != _squeezed(each.agent_name):
        return (
            f"the source calls this agent {agent.name} and not {each.agent_name}; a spreadsheet "
            "may have changed the externalId; match again"
        )
    user, _ = actual.get(each.user_id, (None, ""))
    if user is None:
        return f"user {each.user_id} is not there"
    return _doubt_user(each, user)


def _doubt_user(each: Accepted, user: User) -> str:
    if user.external_id is not None:
        return f"user {user.id} is linked to {user.external_id}"
    if user.status != "active":
        return f"user {user.id} has left"
    if _squeezed(user.name) != _squeezed(each.user_name):
        return f"user {user.id} is called {user.name} now; match again"
    return ""


def _squeezed(name: str) -> str:
    return " ".join(name.split())


def _link(each: Accepted, user: User, etag: str) -> Item:
    return Item(
        action="link",
        reason="accepted",
        code="same_person",
        external_id=each.external_id,
        user_id=user.id,
        name=user.name,
        line=each.line,
        if_match=etag,
        fields=(FieldChange("externalId", None, each.external_id),),
    )


def _unlink(user: User, etag: str) -> Item:
    return Item(
        action="unlink",
        reason="the link is undone",
        code="undone",
        external_id=user.external_id,
        user_id=user.id,
        name=user.name,
        if_match=etag,
        fields=(FieldChange("externalId", user.external_id, None),),
    )


def _applied(account: Account) -> tuple[int, ...]:
    return tuple(number for number, end in account.endings.items() if end.state == "applied")


def _refusals(plan: Plan, account: Account) -> list[str]:
    return [
        f"user {plan.items[number].user_id}, {plan.items[number].external_id}: {end.message}"
        for number, end in account.endings.items()
        if end.state != "applied"
    ]
