"""An agency of many agents of every kind that a plan knows, and what became of them."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final

from rentix.model import Change
from rentix.operations import Caller, RegisterUser, Request
from rentix.rules.phones import read_phones
from rentix.sync.plan import Item, Plan
from rentix.writer import commit
from tests.service import Tenant
from tests.sync.office import Agent

KINDS: Final = ("new",) * 8 + ("changed",) * 7 + ("same",) * 2 + ("registered",) * 2 + ("absent",)
"""Of each twenty agents: so many are new, have changed, …"""

_PAGE: Final = 5000
_OWN: Final = frozenset({"id", "etag", "createdAt", "updatedAt", "lastSyncedAt"})
"""What two agencies with the same agents do not share."""


def kind_of(number: int) -> str:
    """What kind of agent a number is."""
    return KINDS[number % len(KINDS)]


def agent(number: int) -> Agent:
    """An agent as the source has them."""
    return f"a-{number}", f"Ana Rusu {number}", f"+37369{number:06}", f"Agent {number}, Chișinău"


def settle(tenant: Tenant, agents: int) -> list[Agent]:
    """Bring those agents onto the portal who are there before the run; give the source's rows."""
    numbers = range(agents)
    there = [number for number in numbers if kind_of(number) in ("changed", "same", "absent")]
    for first in range(0, len(there), 100):
        answer = tenant.bulk(*map(_as_it_was, there[first : first + 100]))
        assert answer.json()["summary"]["failed"] == 0, answer.text
    _register(tenant, [number for number in numbers if kind_of(number) == "registered"])
    return [agent(number) for number in numbers if kind_of(number) != "absent"]


def _as_it_was(number: int) -> dict[str, Any]:
    external_id, name, phone, description = agent(number)
    was = {"op": "upsert", "externalId": external_id, "description": description}
    if kind_of(number) == "changed":
        return was | {"name": f"{name} Veche", "phone": phone.replace("+37369", "+37368")}
    return was | {"name": name, "phone": phone}


def _register(tenant: Tenant, numbers: list[int]) -> None:
    registrations = []
    for number in numbers:
        _, name, phone, _ = agent(number)
        found = read_phones(phone, "MD").phone
        assert found is not None
        registrations.append(RegisterUser(name=name, phone=found))
    request = Request(caller=Caller(tenant.agency_id), operations=tuple(registrations))
    [answer] = commit(tenant.service.store, [request], tenant.service.clock())
    assert not isinstance(answer, Exception), answer


def profiles(tenant: Tenant) -> dict[str, dict[str, Any]]:
    """Every agent of the portal by external id, without what is each agency's own."""
    found = {}
    for profile in tenant.get("/users").json()["items"]:
        shared = {name: value for name, value in profile.items() if name not in _OWN}
        found[profile["externalId"] or profile["phone"]] = shared
    return found


def changes_after(tenant: Tenant, seq: int) -> list[Change]:
    """The change log after a number, whole."""

    def pages() -> Iterator[list[Change]]:
        after = seq
        while page := tenant.service.store.changes(tenant.agency_id, after, _PAGE):
            yield page
            after = page[-1].seq

    return [change for page in pages() for change in page]


def last_seq(tenant: Tenant) -> int:
    """The number of the last change."""
    changes = changes_after(tenant, 0)
    return changes[-1].seq if changes else 0


def effects(tenant: Tenant, seq: int) -> Counter[tuple[str, str]]:
    """Each change after a number as the agent's external id and what it did, with how often."""
    users = tenant.get("/users").json()["items"]
    names = {profile["id"]: profile["externalId"] for profile in users}
    return Counter(
        (names[change.subject_id], _text(change.fields)) for change in changes_after(tenant, seq)
    )


def foreseen(plan: Plan) -> Counter[tuple[str, str]]:
    """The changes that a plan foresees, in the form of `effects`: one an item, a link's two."""
    expected: Counter[tuple[str, str]] = Counter()
    for item in plan.writes:
        for fields in _changes_of(item):
            expected[item.external_id or "", _text(fields)] += 1
    return expected


def _changes_of(item: Item) -> Iterator[dict[str, tuple[object, object]]]:
    steps: defaultdict[bool, dict[str, tuple[object, object]]] = defaultdict(dict)
    for change in item.fields:
        is_link = item.action == "link" and change.field == "externalId"
        steps[is_link][change.field] = (change.old, change.new)
    yield from steps.values()


def _text(fields: dict[str, tuple[object, object]]) -> str:
    return json.dumps(fields, sort_keys=True)
