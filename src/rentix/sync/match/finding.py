"""Who may be whom: the source's agents who are nobody yet, and the portal's unlinked users."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from rentix.client import Rentix, SetupError
from rentix.client.calls.others import get_agency
from rentix.model import User
from rentix.rules.matching import Agent, Candidate, Matching, Pair, Verdict
from rentix.rules.steering import Terms
from rentix.sync.config import Config
from rentix.sync.plan import read_actual
from rentix.sync.plan.compare import skipped, want
from rentix.sync.plan.desired import Desired
from rentix.sync.plan.linking import agent_of, bystanders, candidate_of
from rentix.sync.planning import open_mapped, terms_of
from rentix.sync.progress import Screen
from rentix.sync.records import Rejection
from rentix.sync.targets import suggest
from rentix.wire.shapes import AgencyShape


@dataclass(frozen=True, slots=True)
class Row:
    """An agent of the source who is not linked, and what is said of them."""

    line: int
    agent: Agent
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class _Crowd:
    """Everybody who must be known before one is judged.

    `others` are in rows that make no agent; `held` are the numbers of linked users.
    """

    agents: dict[str, Agent]
    others: tuple[Agent, ...]
    users: list[Candidate]
    held: list[str]


@dataclass(slots=True)
class Matches:
    """Everything that was compared. `unread` are rows of the source that name no usable agent."""

    agency: AgencyShape
    rows: list[Row] = field(default_factory=list)
    linked: int = 0
    users: int = 0
    unread: int = 0

    @property
    def summary(self) -> dict[str, int]:
        """The sums."""
        calls = Counter(row.verdict.call for row in self.rows)
        return {
            "auto": calls["auto"],
            "review": calls["review"],
            "none": calls["none"],
            "linked": self.linked,
            "unreadRows": self.unread,
            "unlinkedUsers": self.users,
        }


def find_matches(config: Config, portal: Rentix, screen: Screen) -> Matches:
    """Read the source and the portal, and judge every agent. Nothing is written anywhere.

    Raises:
        HalfRead: the source ends midway.
        SetupError: the source or its map cannot be used.
        RentixError: the portal cannot be read.
    """
    agency = portal.send(get_agency())
    desired, emails = read_agents(config, portal, agency, screen)
    terms = terms_of(agency)
    agents = _read_records(desired, emails, terms)
    matches = Matches(agency, unread=len(desired.items))
    screen.start(f"{agency.name} on the portal", None)
    users, held = _split_users(read_actual(portal), desired, matches)
    matches.users = len(users)
    others = tuple(bystanders(desired.idle, agents, terms.region))
    rows = _judge(desired, _Crowd(agents, others, users, held), config.sync.new)
    matches.rows = sorted(rows, key=lambda row: row.line)
    return matches


def find_agents(
    config: Config, portal: Rentix, agency: AgencyShape, screen: Screen
) -> dict[str, Agent]:
    """Read the source's usable agents by external id."""
    desired, emails = read_agents(config, portal, agency, screen)
    return _read_records(desired, emails, terms_of(agency))


def read_agents(
    config: Config, portal: Rentix, agency: AgencyShape, screen: Screen
) -> tuple[Desired, dict[str, str]]:
    """Read the source's agents, and their e-mail addresses by external id."""
    source, field_map = open_mapped(config, portal, agency, screen)
    column = config.match.email
    if column is not None and column not in source.columns:
        raise SetupError(
            f"[match] email: the source has no column {column!r}{suggest(column, source.columns)}"
        )
    desired, emails = Desired(), dict[str, str]()
    for number, row in enumerate(source.rows(), start=1):
        entry = row if isinstance(row, Rejection) else field_map.read(row)
        desired.add(entry)
        if column and not isinstance(row, Rejection) and entry.external_id is not None:
            emails[entry.external_id] = str(row.cells.get(column) or "").strip()
        if number % 1000 == 0:
            screen.advance(number)
    return desired, emails


def _read_records(desired: Desired, emails: dict[str, str], terms: Terms) -> dict[str, Agent]:
    """Every record as the rule of matching sees it; one that the portal would refuse is none."""
    agents: dict[str, Agent] = {}
    for record in list(desired.rest()):
        wanted = want(record, terms)
        if wanted.put is None:
            desired.take(record.external_id)
            desired.items.append(skipped(wanted))
            desired.idle.append(record)
            continue
        agent = agent_of(wanted, terms.region)
        agents[record.external_id] = replace(agent, email=emails.get(record.external_id))
    return agents


def _split_users(
    actual: Iterable[tuple[User, str]], desired: Desired, matches: Matches
) -> tuple[list[Candidate], list[str]]:
    """Part those who may be someone from those who are; the numbers of the latter are returned."""
    users: list[Candidate] = []
    held: list[str] = []
    for user, _ in actual:
        if user.external_id is None:
            if user.status == "active":
                users.append(candidate_of(user))
            continue
        if user.status == "active":
            held.append(user.phone.e164)
        matches.linked += desired.take(user.external_id) is not None
    return users, held


def _judge(desired: Desired, crowd: _Crowd, new: Sequence[str]) -> Iterator[Row]:
    """Yield a row for each agent whose external id nobody has."""
    by_id = {user.user_id: user for user in crowd.users}
    rest = list(desired.rest())
    claims = Counter(record.user_id for record in rest)
    # Whom the CRM names by the portal's own id is no question for others.
    free = [user for user in crowd.users if user.user_id not in claims]
    claimed_numbers = [user.phone.e164 for user in crowd.users if user.user_id in claims]
    everybody = (*crowd.agents.values(), *crowd.others)
    matching = Matching(free, everybody, crowd.held + claimed_numbers)
    for record in rest:
        agent, claimed = crowd.agents[record.external_id], record.user_id
        if claimed is not None:
            verdict = _claimed(by_id.get(claimed), claimed, claims[claimed])
        elif record.external_id in new:
            verdict = Verdict("none", reasons=("rentix.toml says that they are new",))
        else:
            verdict = matching.judge(agent)
        yield Row(record.line, agent, verdict)


def _claimed(user: Candidate | None, claimed: int, claims: int) -> Verdict:
    if user is None:
        reason = f"the source says user {claimed}, who is not there, has left or is linked"
        return Verdict("none", reasons=(reason,))
    if claims > 1:
        reason = f"{claims} agents of the source say that they are this user"
        return Verdict("review", (Pair(user, 50, (reason,)),), (reason,))
    reason = "the source names this user by the portal's id"
    return Verdict("auto", (Pair(user, 100, (reason,)),), (reason,))
