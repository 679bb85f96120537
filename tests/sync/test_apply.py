"""A plan applied to the real service: exactly it, in order, once, each item only if it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from msgspec.structs import replace
from rich.console import Console

from rentix.client import ApiError, Rentix, SetupError
from rentix.client.calls import Call
from rentix.sync.apply import Account, Application, Journal
from rentix.sync.config import read_config
from rentix.sync.plan import Plan
from rentix.sync.planning import apply_plan, make_plan
from rentix.sync.progress import Lines
from tests.service import Tenant
from tests.sync.office import Agent, Office, agents

T = TypeVar("T")

ANA: Agent = ("a-1", "Ana Rusu", "+37369000001", "Centru")
ION: Agent = ("a-2", "Ion Ceban", "+37369000002", "Botanica")


class Desk:
    """Plans for one agency, made and applied in this process."""

    def __init__(self, tenant: Tenant, folder: Path) -> None:
        self.tenant = tenant
        self.portal = Rentix(tenant.key, tenant.service.url)
        self.screen = Lines(Console(file=StringIO()))
        self._folder = folder
        self.journal = folder / "journal"

    def plan(self, *roster: Agent, sync: str = "") -> Plan:
        office = Office(self._folder / "office", self.tenant.service.url, self.tenant.key, sync)
        office.write_roster(roster)
        return make_plan(read_config(office.config), self.portal, self.screen)

    def apply(self, plan: Plan, **how: Any) -> Account:
        account = apply_plan(plan, self.portal, self.journal, self.screen, **how)
        assert account.stopped is None
        return account

    def last_seq(self) -> int:
        changes = self.tenant.changes()
        return changes[-1].seq if changes else 0

    def profile(self, external_id: str) -> dict[str, Any]:
        answer = self.tenant.get(f"/users/external/{external_id}")
        profile: dict[str, Any] = answer.json()
        return profile


@pytest.fixture
def desk(tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Give a desk of an agency in Moldova."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    desk = Desk(tenant, tmp_path)
    with desk.portal:
        yield desk


class Watched:
    """The portal, with an eye on what is sent; it refuses bulks of more operations than `most`."""

    def __init__(
        self, portal: Rentix, most: int = 100, before: Callable[[str], None] = lambda _: None
    ) -> None:
        self._portal = portal
        self._most = most
        self._before = before
        self.sent: list[list[dict[str, Any]]] = []
        self.keys: list[str | None] = []

    def send(self, call: Call[T]) -> T:
        assert call.body is not None
        operations = msgspec.json.decode(call.body)["operations"]
        self._before(operations[0]["op"])
        self.keys.append(call.idempotency_key)
        if len(operations) > self._most:
            raise ApiError(413, "Payload Too Large")
        self.sent.append(operations)
        return self._portal.send(call)

    @property
    def sizes(self) -> list[int]:
        return [len(operations) for operations in self.sent]


def carry_out(desk: Desk, plan: Plan, portal: Watched) -> Account:
    with Journal(desk.journal, plan.id) as journal:
        return Application(plan, portal, journal).run()


def crowd(desk: Desk, sync: str = "") -> Plan:
    """A plan with an item of every kind that writes, but for the other way to take away."""
    desk.tenant.create("gone")
    desk.tenant.create("a-2", name="Ion Vechi", phone="+37369000002")
    desk.tenant.register("Elena Rusu", "+37360123404")
    elena = ("a-3", "Rusu Elena", "+37360123404", "Ciocana")
    return desk.plan(ANA, ION, elena, sync=sync)


@pytest.mark.parametrize(
    ("absent", "order"),
    [
        ("unlink", ["unlink", "link", "upsert", "upsert", "upsert"]),
        ("deactivate", ["link", "upsert", "upsert", "upsert", "deactivate"]),
    ],
)
def test_frees_before_it_gives_and_deactivates_last(
    desk: Desk, absent: str, order: list[str]
) -> None:
    plan = crowd(desk, f'absent = "{absent}"')
    watched = Watched(desk.portal)
    account = carry_out(desk, plan, watched)
    assert [each["op"] for operations in watched.sent for each in operations] == order
    assert account.summary == {"applied": 4, "skipped": 0, "failed": 0}
    status = {
        user["externalId"]: user["status"] for user in desk.tenant.get("/users").json()["items"]
    }
    gone = status.pop(None if absent == "unlink" else "gone")
    assert gone == ("active" if absent == "unlink" else "inactive")
    assert status == {"a-1": "active", "a-2": "active", "a-3": "active"}


def test_who_is_linked_is_updated_by_the_etag_that_the_link_gave(desk: Desk) -> None:
    user_id = desk.tenant.register("Elena Rusu", "+37360123404")
    plan = desk.plan(("a-3", "Elena Rusu", "+37360123404", "Ciocana"))
    watched = Watched(desk.portal)
    carry_out(desk, plan, watched)
    [link], [upsert] = watched.sent
    linked, updated = desk.tenant.changes()[-2:]
    assert link["ifMatch"] == plan.items[0].if_match != upsert["ifMatch"]
    assert upsert["ifMatch"] == str(linked.seq)
    assert {linked.subject_id, updated.subject_id} == {user_id}
    assert desk.profile("a-3")["description"] == "Ciocana"


def test_who_moves_between_the_link_and_the_update_is_told_as_half_done(desk: Desk) -> None:
    user_id = desk.tenant.register("Elena Rusu", "+37360123404")
    plan = desk.plan(("a-3", "Elena Rusu", "+37360123404", "Ciocana"))

    def interfere(op: str) -> None:
        if op == "upsert":
            desk.tenant.put(id=user_id, description="by hand")

    account = carry_out(desk, plan, Watched(desk.portal, before=interfere))
    [ending] = account.endings.values()
    assert (ending.state, ending.code) == ("skipped", "precondition_failed")
    assert ending.message.startswith("linked, but not updated: ")
    assert desk.profile("a-3")["description"] == "by hand"


def test_each_request_is_in_the_journal_before_it_is_sent(desk: Desk) -> None:
    plan = crowd(desk)
    seen: list[int] = []

    def look(_: str) -> None:
        seen.append(desk.journal.read_text().count('"sent"'))

    watched = Watched(desk.portal, before=look)
    carry_out(desk, plan, watched)
    assert seen == list(range(1, len(watched.sent) + 1))


def test_a_request_that_is_too_large_is_halved_until_it_is_not(desk: Desk) -> None:
    plan = desk.plan(*agents(10))
    watched = Watched(desk.portal, most=3)
    account = carry_out(desk, plan, watched)
    assert watched.sizes == [2, 3, 2, 3]
    assert account.summary["applied"] == len(desk.tenant.changes()) == 10


def test_an_item_that_is_too_large_by_itself_fails_and_the_rest_goes_on(desk: Desk) -> None:
    plan = desk.plan(*agents(3))
    account = carry_out(desk, plan, Watched(desk.portal, most=0))
    assert {ending.code for ending in account.endings.values()} == {"body_too_large"}
    assert account.summary == {"applied": 0, "skipped": 0, "failed": 3}


def test_who_was_changed_since_is_skipped_with_the_reason(desk: Desk) -> None:
    for external_id in ("a-1", "a-2"):
        desk.tenant.create(external_id)
    plan = desk.plan(ANA, ION)
    desk.tenant.put(externalId="a-1", description="by hand")
    account = desk.apply(plan)
    moved, applied = account.endings[0], account.endings[1]
    assert (moved.state, moved.code) == ("skipped", "precondition_failed")
    assert "not in the state that was asked for" in moved.message
    assert applied.state == "applied"
    assert desk.profile("a-1")["description"] == "by hand"
    assert desk.profile("a-2")["name"] == "Ion Ceban"


def test_who_was_unlinked_since_is_skipped_and_not_created_anew(desk: Desk) -> None:
    user_id = desk.tenant.create("a-1", name="Ana Rusu", phone="+37369000001")
    plan = desk.plan(ANA)
    desk.tenant.http.delete(f"/users/{user_id}/link")
    [ending] = desk.apply(plan).endings.values()
    assert (ending.state, ending.code) == ("skipped", "user_unknown")
    assert len(desk.tenant.get("/users").json()["items"]) == 1


def test_who_was_created_since_is_skipped(desk: Desk) -> None:
    plan = desk.plan(ANA)
    desk.tenant.create("a-1", name="Ana de mână")
    [ending] = desk.apply(plan).endings.values()
    assert ending.state == "skipped"
    assert desk.profile("a-1")["name"] == "Ana de mână"


@pytest.mark.slow
@pytest.mark.parametrize("journal", ["kept", "lost", "of zeros"])
def test_applying_twice_changes_nothing(desk: Desk, journal: str) -> None:
    plan = crowd(desk, 'absent = "deactivate"')
    first = desk.apply(plan)
    seq = desk.last_seq()
    if journal == "lost":
        desk.journal.unlink()
    if journal == "of zeros":
        desk.journal.write_bytes(bytes(500))
    again = desk.apply(plan)
    assert again.summary == first.summary == {"applied": 4, "skipped": 0, "failed": 0}
    assert again.resumed == (4 if journal == "kept" else 0)
    assert desk.last_seq() == seq


def test_with_the_journal_lost_and_the_portal_forgetful_nothing_is_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = crowd(desk, 'absent = "deactivate"')
    desk.apply(plan)
    seq = desk.last_seq()
    desk.journal.unlink()
    monkeypatch.setattr(desk.tenant.service.clock, "ahead_ms", 8 * 24 * 3600 * 1000)
    assert desk.apply(plan).summary == {"applied": 0, "skipped": 4, "failed": 0}
    assert desk.last_seq() == seq


def test_two_plans_that_say_the_same_share_no_key(desk: Desk) -> None:
    one, other = desk.plan(ANA), desk.plan(ANA)
    assert one.digest == other.digest
    first, second = Watched(desk.portal), Watched(desk.portal)
    carry_out(desk, one, first)
    carry_out(desk, other, second)
    assert not set(first.keys) & set(second.keys)


def test_another_agencys_key_does_not_open_the_plan(
    desk: Desk, new_tenant: Callable[..., Tenant]
) -> None:
    plan = desk.plan(ANA)
    other = new_tenant(name="Casa Străină")
    with (
        Rentix(other.key, other.service.url) as portal,
        pytest.raises(SetupError, match=r"the key opens Casa Străină .* make a new plan"),
    ):
        apply_plan(plan, portal, desk.journal, desk.screen)
    assert not desk.journal.exists()
    assert not other.changes()


def test_a_plan_that_the_portal_has_forgotten_is_refused_with_the_way_out(desk: Desk) -> None:
    plan = desk.plan(ANA)
    made = datetime.fromisoformat(plan.made_at)
    with pytest.raises(SetupError, match=r"8 days ago.* rentix plan -o"):
        desk.apply(plan, clock=lambda: made + timedelta(days=8))
    assert not desk.tenant.changes()
    assert desk.apply(plan, clock=lambda: made + timedelta(days=6)).summary["applied"] == 1


@pytest.mark.parametrize("made_at", ["", "yesterday", "2026-01-01T00:00:00"])
def test_a_plan_of_no_time_is_refused(desk: Desk, made_at: str) -> None:
    plan = replace(desk.plan(ANA), made_at=made_at)
    with pytest.raises(SetupError, match="does not say when it was made"):
        desk.apply(plan, clock=lambda: datetime(2026, 1, 2, tzinfo=UTC))
