"""A read of a listing is answered as if nothing were kept, whatever has happened before."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import httpx2
import pytest

from rentix.model import Picture, Variant
from rentix.operations import Answer, Caller, FinishAvatar, Request
from rentix.rules.contact import choose_contact
from rentix.store.listing_loads import TOLD
from rentix.wire.answers import encode
from rentix.wire.listings import listing
from rentix.writer import commit
from tests.contract.listings.shapes import COMPLETE, PHOTOS, bulk, create, ok, put, read
from tests.service import Tenant

STEPS, SEED = 150, 20_261_128
PICTURE = Picture("image/png", 9, (Variant("drawn.webp", "512", 9, 512, 400),))
NAMES = ("flat", "room", "house")
AGENTS = ("ana", "ion")
Step = Callable[[], object]


class Portal:
    """An agency with a few listings and agents, to which anything may happen."""

    def __init__(self, tenant: Tenant, pick: random.Random) -> None:
        self.tenant, self._pick, self._http = tenant, pick, tenant.http
        self.ids = [create(tenant, name, **COMPLETE, files=PHOTOS) for name in NAMES]
        self._media = [file["id"] for one in self.ids for file in read(tenant, one)["files"]]
        self._agents = [tenant.create(name) for name in AGENTS]

    def steps(self) -> Sequence[Step]:
        pick, http = self._pick, self._http
        one, photo = pick.choice(self.ids), pick.choice(self._media)
        agent, name = pick.choice(self._agents), pick.choice(AGENTS)
        number, word = pick.randrange(1000, 9999), pick.choice(NAMES)
        return (
            lambda: put(self.tenant, id=one, announcementValue=number),
            lambda: put(self.tenant, id=one, announcementStatus=pick.choice(["active", "hidden"])),
            lambda: put(self.tenant, id=one, externalUserId=pick.choice([*AGENTS, "late", None])),
            lambda: put(self.tenant, id=one, sourceUpdatedAt="2030-01-01T00:00:00Z"),
            lambda: http.delete(f"/listings/{one}/link"),
            lambda: http.post(f"/listings/{one}/link", json={"externalId": word}),
            lambda: self.tenant.put(id=agent, name=f"Ana {number}", phone=f"+37360{number:06}"),
            lambda: http.post(f"/users/{agent}/deactivate", json={}),
            lambda: http.post(f"/users/{agent}/reactivate", json={}),
            lambda: http.delete(f"/users/{agent}/link"),
            lambda: http.post(f"/users/{agent}/link", json={"externalId": name}),
            lambda: http.put("/agency", json={"name": f"Casa {number}", "phone": "+37322123456"}),
            lambda: http.post(f"/media/{photo}/link", json={"externalId": f"photo-{number % 3}"}),
            lambda: http.delete(f"/media/{photo}/link"),
            lambda: self.tenant.service.store.queue.take(2, number, number + 1),
            lambda: self._finish(photo, picture=PICTURE),
            lambda: self._finish(photo, error="no picture"),
            lambda: number % 5 or http.delete(f"/media/{photo}"),
        )

    def _finish(self, media_id: int, **end: Any) -> None:
        finish = FinishAvatar(media_id=media_id, token=0, **end)
        request = Request(caller=Caller(self.tenant.agency_id), operations=(finish,))
        [ending] = commit(self.tenant.service.store, [request], self.tenant.service.clock())
        assert isinstance(ending, Answer)

    def printed(self, listing_id: int) -> bytes:
        """Give what the answer is, made anew of what is stored."""
        service = self.tenant.service
        portal = service.app.portal
        [view] = service.store.find_listings([(self.tenant.agency_id, listing_id)])
        assert view
        base = portal.public_url or ""
        return encode(listing(view, choose_contact(view), base, portal.files_url))


@pytest.mark.slow
def test_whatever_happens(tenant: Tenant) -> None:
    pick = random.Random(SEED)  # noqa: S311 - a trace, not a secret
    portal = Portal(tenant, pick)
    etags = dict.fromkeys(portal.ids, '"none"')
    seen = set[bytes]()
    for _ in range(STEPS):
        pick.choice(portal.steps())()
        for listing_id in portal.ids:
            expected = portal.printed(listing_id)
            answer = tenant.get(f"/listings/{listing_id}")
            assert answer.content == expected
            again = tenant.get(f"/listings/{listing_id}", **{"If-None-Match": etags[listing_id]})
            assert (again.status_code == 304) == (answer.headers["ETag"] == etags[listing_id])
            etags[listing_id] = answer.headers["ETag"]
            named = answer.json()["externalId"]
            if named:
                assert tenant.get(f"/listings/external/{named}").content == expected
            seen.add(expected)
    assert len(seen) > STEPS / 3


def test_of_two_agencies_each_reads_its_own(
    tenant: Tenant, new_tenant: Callable[..., Tenant]
) -> None:
    other = new_tenant()
    ours, theirs = create(tenant, "flat"), create(other, "flat")
    for one, listing_id in ((tenant, ours), (other, theirs), (tenant, ours)):
        assert ok(one.get("/listings/external/flat"))["id"] == listing_id
    answers: list[httpx2.Response] = [
        tenant.get(f"/listings/{theirs}"),
        other.get(f"/listings/{ours}"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_a_name_that_passes_on(tenant: Tenant) -> None:
    first, second = create(tenant, "flat"), create(tenant, "room")
    for given_up, got in ((first, second), (second, first)):
        assert read(tenant, "flat")["id"] == given_up
        for listing_id in (first, second):
            ok(tenant.http.delete(f"/listings/{listing_id}/link"))
        assert tenant.get("/listings/external/flat").status_code == 404
        ok(tenant.http.post(f"/listings/{got}/link", json={"externalId": "flat"}))
        assert read(tenant, "flat")["id"] == got
        ok(tenant.http.post(f"/listings/{given_up}/link", json={"externalId": "room"}))


def test_a_photo_that_is_gone_is_gone_before_its_listings_are_told(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = tenant.service
    later = service.app.portal.later
    tell = later.tell
    monkeypatch.setattr(later, "tell", lambda: None)
    create(tenant, "flat", **COMPLETE, files=PHOTOS)
    shared, *others = (file["id"] for file in read(tenant, "flat")["files"])
    files = [{"id": one} for one in (shared, *others)]
    shares = [{"op": "upsert", "externalId": f"room {n}", "files": files} for n in range(TOLD)]
    last = ok(bulk(tenant, *shares))["results"][-1]["id"]
    kept = tenant.get(f"/listings/{last}")
    ok(tenant.http.delete(f"/media/{shared}"))
    [untold] = service.store.find_listings([(tenant.agency_id, last)])
    assert untold
    assert shared in untold.listing.files
    for _ in range(2):
        assert [file["id"] for file in read(tenant, last)["files"]] == others
        asked_again = tenant.get(f"/listings/{last}", **{"If-None-Match": kept.headers["ETag"]})
        assert asked_again.status_code == 200
        assert asked_again.headers["ETag"] != kept.headers["ETag"]
        tell()
    assert read(tenant, last)["etag"] != kept.json()["etag"]
