"""Rosters and portals by chance: the same agents, seen by a CRM and by a portal."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from rentix.client import Rentix
from rentix.client.calls.others import get_agency
from rentix.operations import Caller, DeactivateUser, Request
from rentix.sync.apply import Account, Application, Journal
from rentix.sync.config import CapsConfig, SyncConfig
from rentix.sync.plan import Plan, Planner, read_actual
from rentix.sync.plan.making import Entry
from rentix.sync.planning import terms_of
from rentix.sync.records import Record
from tests.service import Tenant

NAMES = ("Ana Rusu", "Rusu  Ana", "Ион Попа", "Ștefan Țurcanu", "Maria O'Neil", "  Ion Popa ")
PHONES = (
    "069 123 456",
    "+373 69 123 456",
    "022 123 456",
    "0 (79) 500-111",
    "069111222, 022 1",
    "x",
)
TEXTS = ("Case noi", "Case  noi\n\n\nîn centru", "<b>Case</b> noi", "Дома", None)
SOCIALS = ("@ana.rusu", "instagram.com/ana.rusu", "https://www.instagram.com/ana.rusu/", None)
LOCALES = ("ro", "ru", "en")


def random_fields(random: Random, *, clears: bool) -> dict[str, Any]:
    """Return some of a profile's members, as a CRM may send them."""
    fields: dict[str, Any] = {}
    if random.random() < 0.9:
        fields["name"] = random.choice(NAMES)
    if random.random() < 0.9:
        fields["phone"] = random.choice((*PHONES, f"069 {random.randrange(100_000, 999_999)}"))
    if random.random() < 0.5:
        fields["description"] = random.choice(
            [*TEXTS, {random.choice(LOCALES): random.choice(TEXTS)}, {"ro": "a", "en": None}]
        )
    if random.random() < 0.4:
        fields["instagram"] = random.choice(SOCIALS)
    if random.random() < 0.4:
        url = f"https://pictures.example/{random.randrange(3)}.jpg"
        fields["avatar"] = random.choice([{"url": url}, None])
    if random.random() < 0.4:
        channel = random.choice(("phone", "whatsapp", "viber", "telegram"))
        fields["settings"] = {f"contact_{channel}": random.random() < 0.5}
    return {name: value for name, value in fields.items() if clears or value is not None}


def populate(tenant: Tenant, random: Random, agents: int) -> None:
    """Give an agency agents of every kind: linked, registered, both, and some who have left."""
    for number in range(agents):
        kind = random.random()
        if kind < 0.2:
            phone = f"+373691{random.randrange(10_000, 99_999)}"
            user_id = tenant.register(random.choice(NAMES).strip(), phone)
            if kind < 0.1:
                tenant.http.post(f"/users/{user_id}/link", json={"externalId": f"c{number}"})
            continue
        fields = {"name": "Ana Rusu", "phone": "069 123 456"} | random_fields(random, clears=True)
        answer = tenant.put(externalId=f"c{number}", **fields)
        if answer.status_code == 200 and random.random() < 0.25:
            leave(tenant, answer.json()["id"], by_crm=random.random() < 0.5)


def leave(tenant: Tenant, user_id: int, *, by_crm: bool) -> None:
    """Let an agent leave, by the CRM's key or by a person."""
    if by_crm:
        assert tenant.http.post(f"/users/{user_id}/deactivate", json={}).status_code == 200
        return
    operation = DeactivateUser(id=user_id)
    tenant.service.commit(Request(caller=Caller(tenant.agency_id), operations=(operation,)))


def record(line: int, external_id: str, user_id: int | None = None, **fields: Any) -> Record:
    """Return a row as the map makes it."""
    operation = {"op": "upsert", "externalId": external_id, **fields}
    return Record(line, external_id, msgspec.json.encode(operation, order="deterministic"), user_id)


def random_roster(random: Random, tenant: Tenant, agents: int) -> list[Record]:
    """Return a CRM's rows for an agency's agents: some, as they are or otherwise, and new."""
    items = tenant.get("/users?stored=true").json()["items"]
    rows = []
    for line, number in enumerate(random.sample(range(agents + 10), agents), start=2):
        rows.append(record(line, f"c{number}", **random_fields(random, clears=True)))
    for user in items:
        if user["externalId"] is None and random.random() < 0.6:
            name = random.choice((user["name"], " ".join(reversed(user["name"].split())), "Else"))
            by_id = user["id"] if random.random() < 0.3 else None
            fields = random_fields(random, clears=True) | {"name": name, "phone": user["phone"]}
            rows.append(record(len(rows) + 2, f"n{user['id']}", by_id, **fields))
    return rows


def plan_of(tenant: Tenant, rows: Iterable[Entry], **sync: Any) -> Plan:
    """Return the plan that brings rows into an agency."""
    with Rentix(tenant.key, tenant.service.url) as portal:
        agency = portal.send(get_agency())
        planner = Planner(terms_of(agency), SyncConfig(**sync), CapsConfig())
        planner.read_source(rows)
        planner.compare(read_actual(portal))
        return planner.plan(portal.base_url, agency, "rows")


def apply(tenant: Tenant, plan: Plan, folder: Path) -> Account:
    """Apply a plan, with a journal in a folder."""
    with (
        Rentix(tenant.key, tenant.service.url) as portal,
        Journal(folder / f"{plan.id}.journal", plan.id) as journal,
    ):
        return Application(plan, portal, journal).run()
