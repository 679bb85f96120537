"""Contract 6: reads of listings, lists, links and deletion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.contract.listings.shapes import (
    COMPLETE,
    PHOTOS,
    READ,
    bulk,
    create,
    ok,
    put,
    read,
    warned,
)
from tests.contract.users.shapes import TIMESTAMP
from tests.contract.wire import refused
from tests.service import Tenant


def test_a_read(tenant: Tenant) -> None:
    """`{id, externalId, publicUrl, createdAt, …, formData, user, files, contact, etag}` [P]."""
    listing_id = create(tenant, "a/b ț", **COMPLETE, files=PHOTOS, hobby="chess")
    found = read(tenant, listing_id)
    assert found.keys() == READ
    assert found == ok(tenant.get("/listings/external/a%2Fb%20%C8%9B"))
    assert found["formData"] == {
        "id": listing_id,
        "announcementStatus": "draft",
        **COMPLETE,
        "hobby": "chess",
    }
    for name in ("createdAt", "updatedAt", "lastSyncedAt"):
        assert TIMESTAMP.fullmatch(found[name])
    assert [file["optimization"] for file in found["files"]] == ["pending"] * 3
    assert found["files"][0].keys() >= {*("id", "externalId", "contentType", "size")}


def test_not_modified(tenant: Tenant) -> None:
    listing_id = create(tenant, "a")
    etag = tenant.get(f"/listings/{listing_id}").headers["ETag"]
    same = tenant.get(f"/listings/{listing_id}", **{"If-None-Match": etag})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag)
    ok(put(tenant, id=listing_id, announcementValue=5))
    assert tenant.get(f"/listings/{listing_id}", **{"If-None-Match": etag}).status_code == 200


def test_the_list(tenant: Tenant) -> None:
    """All listings in order of id; with `limit` and `cursor` in pages."""
    ids = [create(tenant, f"{n}") for n in range(5)]
    body = ok(tenant.get("/listings"))
    assert body.keys() == {"items"}
    assert [item["id"] for item in body["items"]] == ids
    assert body["items"][0] == read(tenant, ids[0])
    pages, query = [], "limit=2"
    while True:
        page = ok(tenant.get(f"/listings?{query}"))
        pages.append([item["id"] for item in page["items"]])
        if page["nextCursor"] is None:
            break
        query = f"limit=2&cursor={page['nextCursor']}"
    assert pages == [ids[:2], ids[2:4], ids[4:]]


def test_filters(tenant: Tenant) -> None:
    """`userId`, `status`; both must hold, in pages as well."""
    ana, ion = tenant.create("crm-1"), tenant.create("crm-2")
    create(tenant, "a", userId=ana, announcementStatus="hidden")
    create(tenant, "b", userId=ana)
    create(tenant, "c", externalUserId="crm-2")
    create(tenant, "d")

    def names(query: str) -> list[str]:
        return [item["externalId"] for item in ok(tenant.get(f"/listings?{query}"))["items"]]

    assert names(f"userId={ana}") == ["a", "b"]
    assert names(f"userId={ion}") == ["c"]
    assert names("status=hidden") == ["a"]
    assert names(f"userId={ana}&status=draft") == ["b"]
    assert names(f"userId={ana}&limit=1") == ["a"]
    assert names("userId=999999999") == []
    assert names("listings.status=hidden") == ["a", "b", "c", "d"]  # no filter has that name


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=1001", "cursor=x", "status=sold", "userId=x", "userId=0"]
)
def test_bad_queries(tenant: Tenant, query: str) -> None:
    assert tenant.get(f"/listings?{query}").status_code == 400


def test_an_empty_list(tenant: Tenant) -> None:
    assert ok(tenant.get("/listings")) == {"items": []}
    assert ok(tenant.get("/listings?limit=5")) == {"items": [], "nextCursor": None}


def test_link_and_unlink(tenant: Tenant) -> None:
    """POST, DELETE /listings/:id/link, with the answers and conflicts of users' link."""
    first, second = create(tenant, "a"), create(tenant, "b")
    freed = tenant.http.delete(f"/listings/{second}/link")
    assert ok(freed) == {"id": second, "externalId": "b", "unlinked": True}
    assert "ETag" in freed.headers
    again = ok(tenant.http.delete(f"/listings/{second}/link"))
    assert again == {"id": second, "externalId": None, "unlinked": False}
    link = f"/listings/{second}/link"
    taken = tenant.http.post(link, json={"externalId": "a"})
    assert (taken.status_code, taken.json()["code"]) == (409, "external_id_taken")
    assert taken.json()["details"][0]["listingId"] == first
    assert f"DELETE /api/v1/listings/{first}/link" in taken.json()["message"]
    linked = {"id": second, "externalId": "c", "linked": True}
    assert ok(tenant.http.post(link, json={"externalId": "c"})) == linked
    assert ok(tenant.http.post(link, json={"externalId": "c"})) == linked
    other = tenant.http.post(link, json={"externalId": "d"})
    assert (other.status_code, other.json()["code"]) == (409, "already_linked")
    assert read(tenant, "c")["id"] == second
    dry = ok(tenant.http.delete(f"{link}?dryRun=true"))
    assert dry == {"id": second, "externalId": "c", "unlinked": True, "dryRun": True}
    assert tenant.http.delete(link, headers={"If-Match": '"0"'}).status_code == 412


def unlink(tenant: Tenant, listing_id: int) -> None:
    ok(tenant.http.delete(f"/listings/{listing_id}/link"))


def test_a_freed_id_creates_a_new_listing(tenant: Tenant) -> None:
    """`warnings` names the former holder, the last one, in the words that users' have."""
    former = create(tenant, "a")
    unlink(tenant, former)
    dry = ok(put(tenant, "?dryRun=true", externalId="a"))
    body = ok(put(tenant, externalId="a"))
    assert (dry["created"], body["created"], body["id"] != former) == (True, True, True)
    assert warned(dry) == warned(body) == [("externalId", "external_id_reused")]
    assert f"belonged to listing {former} before" in body["warnings"][0]["message"]
    assert "warnings" not in ok(put(tenant, externalId="a"))
    unlink(tenant, body["id"])
    [warning] = ok(put(tenant, externalId="a"))["warnings"]
    assert f"listing {body['id']} " in warning["message"]


def test_a_former_holder_that_is_gone_is_not_named(tenant: Tenant) -> None:
    former = create(tenant, "a")
    unlink(tenant, former)
    ok(tenant.http.delete(f"/listings/{former}"))
    assert "warnings" not in ok(put(tenant, externalId="a"))


@pytest.mark.parametrize("name", ["{id}", "external/a"])
def test_deletion(tenant: Tenant, name: str) -> None:
    """A deleted listing is gone, its external id free, its photos still media."""
    listing_id = create(tenant, "a", files=PHOTOS, externalUserId="crm-9")
    photo = read(tenant, listing_id)["files"][0]["id"]
    path = f"/listings/{name.format(id=listing_id)}"
    gone = {"id": listing_id, "externalId": "a", "deleted": True}
    assert ok(tenant.http.delete(f"{path}?dryRun=true")) == {**gone, "dryRun": True}
    assert tenant.http.delete(path, headers={"If-Match": '"0"'}).status_code == 412
    answer = tenant.http.delete(path)
    assert ok(answer) == gone
    assert "ETag" not in answer.headers
    refused(tenant.http.delete(path), 404, tenant.get(path).json()["message"], "listing_unknown")
    assert ok(tenant.get(f"/media/{photo}"))["id"] == photo
    assert ok(tenant.get("/listings")) == {"items": []}
    assert create(tenant, "a") != listing_id
    change = tenant.changes()[-2]
    assert change.fields["deleted"] == (False, True)


def test_a_deleted_photo_is_gone_from_its_listings(tenant: Tenant) -> None:
    """Contract 7: delete detaches the file everywhere [P]."""
    create(tenant, "a", files=PHOTOS)
    before = read(tenant, "a")
    photos = [file["id"] for file in before["files"]]
    ok(tenant.http.delete(f"/media/{photos[1]}"))
    after = read(tenant, "a")
    assert [file["id"] for file in after["files"]] == [photos[0], photos[2]]
    assert after["etag"] != before["etag"]


HIDDEN: dict[str, Callable[[Tenant, int], httpx2.Response]] = {
    "read": lambda t, i: t.get(f"/listings/{i}"),
    "put": lambda t, i: put(t, id=i, announcementValue=5),
    "put of a state": lambda t, i: put(t, id=i, announcementValue=5, ifMatch="1"),
    "dry run": lambda t, i: put(t, "?dryRun=true", id=i, announcementValue=5),
    "delete": lambda t, i: t.http.delete(f"/listings/{i}"),
    "link": lambda t, i: t.http.post(f"/listings/{i}/link", json={"externalId": "mine"}),
    "link as it is": lambda t, i: t.http.post(f"/listings/{i}/link", json={"externalId": "theirs"}),
    "unlink": lambda t, i: t.http.delete(f"/listings/{i}/link"),
    "bulk put": lambda t, i: bulk(t, {"op": "update", "id": i, "announcementValue": 5}),
    "bulk link": lambda t, i: bulk(t, {"op": "link", "id": i, "externalId": "mine"}),
    "bulk unlink": lambda t, i: bulk(t, {"op": "unlink", "id": i}),
    "bulk delete": lambda t, i: bulk(t, {"op": "delete", "id": i}),
    "bulk validate": lambda t, i: bulk(t, {"op": "validate", "id": i}),
}


@pytest.mark.parametrize("ask", HIDDEN)
def test_a_listing_of_another_agency(new_tenant: Callable[..., Tenant], ask: str) -> None:
    """Contract 3: 404 for another agency's, with the same body but for ids."""
    mine, other = new_tenant(), new_tenant()
    theirs = create(other, "theirs")
    nobody = int("9" * len(str(theirs)))
    if theirs == nobody:
        theirs = create(other, "theirs too")
        nobody = int("9" * len(str(theirs)))
    before = read(other, theirs)
    hidden, missing = (likeness(HIDDEN[ask](mine, i), i) for i in (theirs, nobody))
    assert hidden == missing
    assert "listing_unknown" in hidden[1]
    assert read(other, theirs) == before


def likeness(answer: httpx2.Response, named: int) -> tuple[int, str]:
    """Return an answer without its own id and requestId."""
    text = answer.text.replace(answer.headers["X-Request-Id"], "R").replace(f"id {named} ", "id N ")
    return answer.status_code, text


def test_names_of_another_agency(new_tenant: Callable[..., Tenant]) -> None:
    mine, other = new_tenant(), new_tenant()
    create(other, "theirs", files=PHOTOS)
    photo = read(other, "theirs")["files"][0]["id"]
    assert mine.get("/listings/external/theirs").status_code == 404
    assert mine.http.delete("/listings/external/theirs").status_code == 404
    assert put(mine, externalId="theirs", mode="update").status_code == 404
    unknown = put(mine, externalId="a", files=[{"id": photo}])
    assert unknown.json()["details"][0]["code"] == "media_unknown"
    assert ok(put(mine, externalId="theirs", mode="create"))["created"] is True
    assert [item["externalId"] for item in ok(mine.get("/listings"))["items"]] == ["theirs"]


@pytest.mark.parametrize("text", ["x", "1.5", "1e3"])
def test_bad_ids(tenant: Tenant, text: str) -> None:
    message: Any = "Validation failed (numeric string is expected)"
    refused(tenant.get(f"/listings/{text}"), 400, message)
    refused(tenant.http.delete(f"/listings/{text}"), 400, message)


def test_an_unknown_parameter_of_a_write_is_told(tenant: Tenant) -> None:
    body = ok(put(tenant, "?dry=true", externalId="a"))
    assert warned(body) == [("?dry", "unknown_parameter")]
