"""Contract 6: the page of a listing shows each change on the next visit, and is kept until then."""

from __future__ import annotations

import httpx2
import pytest

from rentix.model import Picture, Variant
from rentix.operations import Caller, FinishAvatar, Request
from rentix.store.agencies import set_active
from rentix.writer import commit
from tests.contract.listings.shapes import COMPLETE, PHOTOS, create, ok, put, read
from tests.service import Tenant, operated


@pytest.fixture
def listing_id(tenant: Tenant) -> int:
    """Publish a listing whose agent is still to come, and visit it."""
    form = {**COMPLETE, "announcementStatus": "completed", "files": PHOTOS}
    made = create(tenant, "flat", externalUserId="late", **form)
    page(tenant, made)
    return made


def visit(tenant: Tenant, listing_id: int, **headers: str) -> httpx2.Response:
    address = f"{tenant.service.url}/announcement/{listing_id}?locale=en"
    return httpx2.get(address, headers=headers)


def page(tenant: Tenant, listing_id: int) -> str:
    """Visit twice: what is kept is what was made."""
    first, second = (visit(tenant, listing_id) for _ in range(2))
    assert (first.status_code, first.content) == (200, second.content)
    assert visit(tenant, listing_id, **{"If-None-Match": first.headers["ETag"]}).status_code == 304
    return first.text


def finish(tenant: Tenant, media_id: int) -> None:
    """End the import of a photo, as a worker does."""
    picture = Picture("image/png", 9, (Variant("drawn.webp", "512", 9, 512, 400),))
    end = FinishAvatar(media_id=media_id, token=0, picture=picture)
    request = Request(caller=Caller(tenant.agency_id), operations=(end,))
    [ending] = commit(tenant.service.store, [request], tenant.service.clock())
    assert not isinstance(ending, Exception)


@pytest.mark.slow
def test_a_price(tenant: Tenant, listing_id: int) -> None:
    ok(put(tenant, id=listing_id, announcementValue=71234))
    assert "71,234" in page(tenant, listing_id)


@pytest.mark.slow
def test_an_agent_who_comes_and_changes_and_goes(tenant: Tenant, listing_id: int) -> None:
    assert "Casa Test" in page(tenant, listing_id)
    user_id = tenant.create("late", name="Ana Rusu")
    assert "Ana Rusu" in page(tenant, listing_id)
    ok(tenant.put(id=user_id, name="Ana Ursu"))
    assert "Ana Ursu" in page(tenant, listing_id)
    ok(tenant.http.post(f"/users/{user_id}/deactivate", json={}))
    assert "Ana" not in page(tenant, listing_id)


def test_the_agency(tenant: Tenant, listing_id: int) -> None:
    ok(tenant.http.put("/agency", json={"name": "Casa Albă"}))
    assert "Casa Albă" in page(tenant, listing_id)


@pytest.mark.slow
def test_what_the_agency_says_of_itself(tenant: Tenant, listing_id: int) -> None:
    for said in ("Flats by the park.", "Houses with gardens."):
        ok(tenant.http.put("/agency", json={"description": {"en": said}}))
        assert f"<p>{said}</p>" in page(tenant, listing_id)
    ok(tenant.http.put("/agency", json={"description": {"en": None}}))
    assert "gardens" not in page(tenant, listing_id)


@pytest.mark.slow
def test_photos_that_become_ready(tenant: Tenant, listing_id: int) -> None:
    first, second, _ = read(tenant, listing_id)["files"]
    assert "drawn.webp" not in page(tenant, listing_id)
    finish(tenant, second["id"])
    one = page(tenant, listing_id)
    assert "drawn.webp" in one
    finish(tenant, first["id"])
    assert page(tenant, listing_id) != one


def test_what_is_hidden_again(tenant: Tenant, listing_id: int) -> None:
    ok(put(tenant, id=listing_id, announcementStatus="hidden"))
    assert visit(tenant, listing_id).status_code == 404


def test_a_suspended_agency(tenant: Tenant, listing_id: int) -> None:
    operated(tenant.service.store, set_active, tenant.agency_id, active=False)
    assert visit(tenant, listing_id).status_code == 404
    operated(tenant.service.store, set_active, tenant.agency_id, active=True)
    page(tenant, listing_id)


def test_a_hidden_number_is_for_the_agencys_own_eyes(tenant: Tenant) -> None:
    """`user.phone` is [P], and asks for the agency's key; `contact` is what a visitor sees."""
    hidden = {"contact_phone": False, "contact_whatsapp": False, "contact_viber": False}
    user_id = tenant.create("ana", phone="+37360000107", settings=hidden)
    form = {**COMPLETE, "announcementStatus": "completed"}
    listing_id = create(tenant, "flat", externalUserId="ana", **form)
    shown = read(tenant, "flat")
    assert shown["user"]["phone"] == "+373 600 00 107"
    assert shown["contact"]["phone"] is None
    assert [channel["kind"] for channel in shown["contact"]["channels"]] == ["telegram"]
    for path in (f"announcement/{listing_id}", f"agents/{user_id}", f"agents/{user_id}.vcf"):
        text = httpx2.get(f"{tenant.service.url}/{path}").text
        assert "https://t.me/+37360000107" in text
        for word in ("tel:", "wa.me", "viber", "600 00 107"):
            assert word not in text
    ok(tenant.put(id=user_id, settings={"contact_telegram": False}))
    shown = read(tenant, "flat")
    assert shown["user"]["phone"] == "+373 600 00 107"
    assert "60000107" not in str(shown["contact"])
    for path in (f"announcement/{listing_id}", f"agents/{user_id}", f"agents/{user_id}.vcf"):
        text = httpx2.get(f"{tenant.service.url}/{path}").text
        assert "60000107" not in text
        assert "600 00 107" not in text
