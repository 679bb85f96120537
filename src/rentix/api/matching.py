"""POST /users/match: who of the unlinked users is which agent; read-only."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from msgspec import UNSET

from rentix.api.call import Call, Reply, json_reply
from rentix.errors import Code, Fault, invalid
from rentix.model import User
from rentix.operations import Note
from rentix.rules.matching import Agent, Candidate, Matching, Verdict, phones_in
from rentix.store import Reads, UserFilter
from rentix.wire.bodies import MAX_OPERATIONS
from rentix.wire.decode import parse_object, read, unknown_members
from rentix.wire.match_shapes import (
    MatchAgentBody,
    MatchBody,
    MatchCandidateShape,
    MatchResultShape,
    MatchShape,
)

USERS_MAX: Final = 5000
"""So many unlinked users are compared by name; a number is looked for among all."""

_STEP, _HOLDERS_MAX = 200, 20


async def match_users(call: Call) -> Reply:
    """Say which unlinked user each agent of a CRM is, or may be.

    Nothing is stored. `auto` is safe to link: the same mobile number, nobody else's among users and
    the agents sent, and a name that agrees in two words. A user who has an external id is never a
    candidate.
    """
    caller, agency = call.tenant
    raw = parse_object(call.body)
    body = _read_body(raw)
    # One at a time for an agency: this reads and compares thousands.
    async with call.portal.turn(caller.agency_id):
        answer = await asyncio.to_thread(
            _match, call.portal.store, caller.agency_id, agency.region, body.agents
        )
    answer.warnings = tuple(_unknown_notes(raw)) or UNSET
    return json_reply(answer)


def _read_body(raw: dict[str, Any]) -> MatchBody:
    agents = raw.get("agents")
    if isinstance(agents, list) and not 1 <= len(agents) <= MAX_OPERATIONS:
        message = f"agents must contain 1 to {MAX_OPERATIONS} elements; there are {len(agents)}"
        raise invalid([Fault(Code.OUT_OF_RANGE, message, ("agents",))])
    body, faults = read(MatchBody, raw)
    if body is None or faults:
        raise invalid(faults)
    return body


def _match(
    store: Reads, agency_id: int, region: str, bodies: Sequence[MatchAgentBody]
) -> MatchShape:
    agents = [_agent(body, region) for body in bodies]
    by_number = _find_by_number(store, agency_id, agents)
    unlinked = list(_unlinked(store, agency_id))
    near = {user.id: user for user in [*by_number, *unlinked[:USERS_MAX]]}
    users = [
        Candidate(user.id, user.name, user.phone)
        for user in near.values()
        if user.external_id is None
    ]
    held = [user.phone.e164 for user in near.values() if user.external_id is not None]
    matching = Matching(users, agents, held)
    linked = _find_linked(store, agency_id, agents)
    sent = Counter(agent.external_id for agent in agents if agent.external_id)
    verdicts = [
        linked.get(agent.external_id or "")
        or _doubted(matching.judge(agent), sent[agent.external_id or ""])
        for agent in agents
    ]
    return MatchShape(
        results=tuple(_result(index, verdict) for index, verdict in enumerate(verdicts)),
        partial=len(unlinked) > USERS_MAX or UNSET,
    )


def _agent(body: MatchAgentBody, region: str) -> Agent:
    return Agent(
        external_id=body.external_id or None,
        name=body.name,
        phones=phones_in(body.phone or None, region),
    )


def _find_by_number(store: Reads, agency_id: int, agents: Sequence[Agent]) -> list[User]:
    """The active users, linked or not, who have a number of the agents'."""
    numbers = dict.fromkeys(phone.e164 for agent in agents for phone in agent.phones)
    found: list[User] = []
    for number in numbers:
        wanted = UserFilter(phone=number, status="active")
        found += store.users(agency_id, wanted, 0, _HOLDERS_MAX)
    return found


def _unlinked(store: Reads, agency_id: int) -> Iterator[User]:
    """Yield the active users without external id, in order of id, one more than are compared."""
    after, left = 0, USERS_MAX + 1
    wanted = UserFilter(linked=False, status="active")
    while left > 0:
        step = min(_STEP, left)
        users = store.users(agency_id, wanted, after, step)
        yield from users
        if len(users) < step:
            return
        after, left = users[-1].id, left - step


def _find_linked(store: Reads, agency_id: int, agents: Sequence[Agent]) -> dict[str, Verdict]:
    """The verdicts of agents whose external id somebody has."""
    ids = [agent.external_id for agent in agents if agent.external_id]
    users = store.find_users([(agency_id, external_id) for external_id in ids])
    return {
        external_id: Verdict("none", reasons=(f"user {user.id} has this externalId already",))
        for external_id, user in zip(ids, users, strict=True)
        if user
    }


def _doubted(verdict: Verdict, sent: int) -> Verdict:
    """A verdict about an agent whose external id so many of those sent have."""
    if verdict.call != "auto" or sent <= 1:
        return verdict
    return Verdict("review", verdict.pairs, (f"{sent} of the agents sent have this externalId",))


def _result(index: int, verdict: Verdict) -> MatchResultShape:
    return MatchResultShape(
        index=index,
        verdict=verdict.call,
        user_id=verdict.pairs[0].user.user_id if verdict.call == "auto" else None,
        score=verdict.score,
        reasons=verdict.reasons,
        candidates=tuple(
            MatchCandidateShape(
                user_id=pair.user.user_id,
                name=pair.user.name,
                phone=pair.user.phone.international,
                score=pair.score,
                reasons=pair.reasons,
            )
            for pair in verdict.pairs
        ),
    )


def _unknown_notes(raw: dict[str, Any]) -> Iterator[Note]:
    for name in unknown_members(MatchBody, raw):
        yield Note(name, "unknown_field", f"{name} is not a member of this body; it was ignored")
    for name in dict.fromkeys(
        name for agent in raw["agents"] for name in unknown_members(MatchAgentBody, agent)
    ):
        yield Note(
            f"agents.{name}", "unknown_field", f"{name} is not a member of an agent; it was ignored"
        )
