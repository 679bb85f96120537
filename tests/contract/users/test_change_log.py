"""Contract 5: **writes nothing**; and the change log that it speaks of."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from typing import LiteralString

import apsw
import psycopg
import pytest

from tests.contract.users.shapes import FIXED, MOBILE, ok
from tests.service import Service, Tenant

THREADS, WRITES = 64, 6


def write_at_once(tenants: list[Tenant]) -> None:
    """Let 64 threads write to the same few users, some by bulk."""

    def work(thread: int) -> None:
        tenant = tenants[thread % len(tenants)]
        for number in range(WRITES):
            external_id = str((thread + number) % 7)
            body = {"externalId": external_id, "name": f"Ana {thread}.{number}", "phone": MOBILE}
            twin = {**body, "externalId": f"b{external_id}"}
            answer = (
                tenant.bulk({"op": "upsert", **body}, {"op": "upsert", **twin})
                if number % 3 == 0
                else tenant.put(**body)
            )
            assert answer.status_code == 200

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))


@pytest.mark.slow
@pytest.mark.parametrize("agencies", [1, 5])
def test_sequences_have_no_gap(new_tenant: Callable[..., Tenant], agencies: int) -> None:
    """Each change gets a gap-free, commit-ordered number per agency, whoever writes at once."""
    tenants = [new_tenant() for _ in range(agencies)]
    write_at_once(tenants)
    for tenant in tenants:
        changes = tenant.changes()
        assert [change.seq for change in changes] == list(range(1, len(changes) + 1))
        listed = ok(tenant.get("/users"))["items"]
        assert len(listed) == 14
        latest = {change.subject_id: str(change.seq) for change in changes}
        assert {user["id"]: user["etag"] for user in listed} == latest


@pytest.mark.slow
def test_each_change_begins_where_the_last_ended(tenant: Tenant) -> None:
    """Writes of one agency are serial, so there are no lost updates."""
    write_at_once([tenant])
    changes = sorted(tenant.changes(), key=lambda change: (change.subject_id, change.seq))
    for _, group in groupby(changes, key=lambda change: change.subject_id):
        names = [change.fields["name"] for change in group]
        assert names[0][0] is None
        assert [before for before, _ in names[1:]] == [after for _, after in names[:-1]]


def test_a_change_says_who_what_and_when(tenant: Tenant, service: Service) -> None:
    """Agency, seq, subject, field-level before and after, at, which key, which run."""
    user_id = tenant.create("7")
    before = service.clock()
    body = {"externalId": "7", "name": "Ana M", "settings": {"contact_viber": False}}
    tenant.http.put("/users", json=body, headers={"X-Run-Id": "run-1"})
    change = tenant.changes()[-1]
    assert (change.agency_id, change.seq) == (tenant.agency_id, 2)
    assert (change.subject, change.subject_id) == ("user", user_id)
    assert change.fields == {"name": ("Ana Rusu", "Ana M"), "settings.contact_viber": (True, False)}
    assert before <= change.at_ms <= service.clock()
    assert (change.key_id, change.run) == (tenant.key_id, "run-1")


def test_writes_nothing_means_nothing(tenant: Tenant) -> None:
    """**Writes nothing** means: no change record, no new etag, no sequence number."""
    user_id = tenant.create("7")
    registered = tenant.register(phone=FIXED)
    before = ok(tenant.get("/users")), tenant.changes()
    person = {"externalId": "7", "name": "Ana Rusu", "phone": MOBILE}
    silent = [
        tenant.put(**person),
        tenant.put(**person, sourceUpdatedAt="2026-01-31T12:00:00Z"),
        tenant.put(**person, fone="1"),
        tenant.put(externalId="7", phone="abc"),
        tenant.put(id=registered, phone=MOBILE),
        tenant.put(externalId="7", name="Ion", mode="fill"),
        tenant.put("?dryRun=true", externalId="7", name="Ion"),
        tenant.bulk({"op": "validate", **person, "name": "Ion"}),
        tenant.http.put("/users", json=person, headers={"Idempotency-Key": "k"}),
        tenant.http.post(f"/users/{user_id}/link", json={"externalId": "7"}),
        tenant.http.delete(f"/users/{registered}/link"),
    ]
    assert [answer.status_code for answer in silent] == [200] * len(silent)
    assert (ok(tenant.get("/users")), tenant.changes()) == before
    ok(tenant.put(externalId="7", name="Ion"))
    assert tenant.changes()[-1].seq == before[1][-1].seq + 1


def refused_by_sqlite(directory: Path, statement: str) -> None:
    connection = apsw.Connection(str(directory / "rentix.db"))
    try:
        connection.set_busy_timeout(5000)
        with pytest.raises(apsw.ConstraintError, match="append-only"):
            connection.execute(statement)
    finally:
        connection.close()


def refused_by_postgres(admin_url: str, app_url: str, statement: LiteralString) -> None:
    with psycopg.connect(app_url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement)
    database = app_url.rpartition("/")[2]
    with (
        psycopg.connect(admin_url, dbname=database) as admin,
        pytest.raises(psycopg.errors.RaiseException, match="append-only"),
    ):
        admin.execute(statement)


@pytest.mark.parametrize("statement", ["UPDATE change SET at_ms = 0", "DELETE FROM change"])
def test_the_log_is_append_only(
    tenant: Tenant, service: Service, request: pytest.FixtureRequest, statement: str
) -> None:
    """One append-only table."""
    tenant.create("7")
    before = tenant.changes()
    if isinstance(service.place, Path):
        refused_by_sqlite(service.place, statement)
    else:
        refused_by_postgres(request.getfixturevalue("postgres_admin_url"), service.place, statement)
    assert tenant.changes() == before


def test_two_creates_at_once_make_one_user(tenant: Tenant) -> None:
    """External ids are … unique per agency and kind, whoever comes first."""
    person = {"externalId": "7", "name": "Ana Rusu", "phone": MOBILE}
    with ThreadPoolExecutor(16) as pool:
        answers = [ok(a) for a in pool.map(lambda _: tenant.put(**person), range(32))]
    assert len({answer["id"] for answer in answers}) == 1
    assert sum("created" in answer for answer in answers) == 1
    assert len(tenant.changes()) == 1
