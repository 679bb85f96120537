"""Contract 6: POST /listings/bulk and its five operations."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.listings.shapes import COMPLETE, PHOTOS, bulk, create, ok, put, read, warned
from tests.service import Tenant


def test_five_operations(tenant: Tenant) -> None:
    """`upsert`, `link`, `unlink`, `delete`, `validate`, in order; a later one sees the earlier."""
    other = create(tenant, "z")
    body = ok(
        bulk(
            tenant,
            {"op": "upsert", "externalId": "a", **COMPLETE},
            {"op": "update", "externalId": "a", "announcementValue": 5},
            {"op": "upsert", "externalId": "a", "announcementValue": 5},
            {"op": "validate", "externalId": "a", "announcementValue": 6},
            {"op": "unlink", "externalId": "a"},
            {"op": "unlink", "id": other},
            {"op": "link", "id": other, "externalId": "a"},
            {"op": "delete", "externalId": "a"},
            {"op": "validate", "externalId": "a"},
        )
    )
    assert body["summary"] == {"total": 9, "succeeded": 9, "failed": 0}
    created, updated, same, valid, unlinked, freed, linked, deleted, renewed = body["results"]
    listing_id = created["id"]
    assert created.keys() == {
        *("index", "op", "success", "id", "externalId", "status", "publicUrl", "jobId"),
        *("etag", "created"),
    }
    assert (updated["updated"], same["unchanged"]) == (True, True)
    assert (valid["id"], valid["updated"], valid["etag"]) == (listing_id, True, "unstored")
    assert (unlinked["externalId"], unlinked["unlinked"]) == ("a", True)
    assert (freed["id"], freed["externalId"]) == (other, "z")
    assert (linked["id"], linked["linked"]) == (other, True)
    assert (deleted["id"], deleted["deleted"], "etag" in deleted) == (other, True, False)
    assert (renewed["created"], renewed.get("id")) == (True, None)
    left = ok(tenant.get("/listings"))["items"]
    assert [(item["id"], item["externalId"]) for item in left] == [(listing_id, None)]
    assert left[0]["formData"]["announcementValue"] == 5


def test_who_held_an_external_id_is_told_whatever_shares_the_batch(tenant: Tenant) -> None:
    first = create(tenant, "a")
    ok(tenant.http.delete(f"/listings/{first}/link"))
    second = create(tenant, "a")
    body = ok(bulk(tenant, {"op": "delete", "id": second}, {"op": "upsert", "externalId": "a"}))
    third = body["results"][1]
    assert f"listing {first} " in third["warnings"][0]["message"]
    ok(bulk(tenant, {"op": "unlink", "id": third["id"]}, {"op": "delete", "id": third["id"]}))
    assert "warnings" not in ok(put(tenant, externalId="a"))


def test_a_freed_id_within_a_bulk(tenant: Tenant) -> None:
    """The later one is told who held it, unless that is deleted before; nor is it told of then."""
    first, second = create(tenant, "a"), create(tenant, "b")
    body = ok(
        bulk(
            tenant,
            {"op": "unlink", "id": first},
            {"op": "upsert", "externalId": "a"},
            {"op": "unlink", "id": second},
            {"op": "delete", "id": second},
            {"op": "upsert", "externalId": "b"},
        )
    )
    again, anew = body["results"][1], body["results"][4]
    assert warned(again) == [("externalId", "external_id_reused")]
    assert f"listing {first} " in again["warnings"][0]["message"]
    assert "warnings" not in anew
    ok(bulk(tenant, *({"op": "delete", "id": result["id"]} for result in (again, anew))))
    renewed = bulk(tenant, *({"op": "upsert", "externalId": name} for name in ("a", "b")))
    assert [warned(result) for result in ok(renewed)["results"]] == [
        [("externalId", "external_id_reused")],
        [],
    ]
    trial = bulk(
        tenant,
        {"op": "upsert", "externalId": "c"},
        {"op": "unlink", "externalId": "c"},
        {"op": "upsert", "externalId": "c"},
        query="?dryRun=true",
    )
    assert "warnings" not in ok(trial)["results"][2]  # of what has no id there is none to name


def test_a_bad_operation_fails_alone(tenant: Tenant) -> None:
    body = ok(
        bulk(
            tenant,
            {"op": "upsert", "externalId": "a"},
            {"op": "upsert", "externalId": "b", "announcementValue": 0},
            {"op": "deactivate", "id": 1},
            {"op": "delete", "id": 999999999},
            {"op": "delete"},
            {"op": "link", "externalId": "c"},
            5,
        )
    )
    assert body["summary"] == {"total": 7, "succeeded": 1, "failed": 6}
    assert [result["error"]["code"] for result in body["results"][1:]] == [
        *("out_of_range", "not_one_of", "listing_unknown", "exclusive", "required"),
        "type_invalid",
    ]


def test_atomic(tenant: Tenant) -> None:
    """One fails, none is stored; 422, the innocent ones with code `aborted`."""
    good = {"op": "upsert", "externalId": "a", "files": PHOTOS}
    answer = bulk(tenant, good, {"op": "delete", "externalId": "nowhere"}, atomic=True)
    assert answer.status_code == 422
    codes = [result["error"]["code"] for result in answer.json()["results"]]
    assert codes == ["aborted", "listing_unknown"]
    assert tenant.get("/listings/external/a").status_code == 404
    assert tenant.changes() == []
    ok(bulk(tenant, good, {"op": "delete", "externalId": "a"}, atomic=True))
    assert tenant.get("/listings/external/a").status_code == 404


def test_all_failed(tenant: Tenant) -> None:
    """422 with the same body and the error envelope's keys."""
    answer = bulk(tenant, {"op": "delete", "externalId": "nowhere"})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (422, "all_operations_failed")
    assert body["summary"] == {"total": 1, "succeeded": 0, "failed": 1}


def test_what_is_queued_has_its_job(tenant: Tenant) -> None:
    body = ok(bulk(tenant, {"op": "upsert", "externalId": "a", "files": PHOTOS}))
    job = body["results"][0]["jobId"]
    assert ok(tenant.get(f"/job/status?id={job}"))["status"] == "pending"
    assert read(tenant, "a")["files"][0]["id"] == job


def test_dry_run_and_receipt(tenant: Tenant) -> None:
    operations = [
        {"op": "upsert", "externalId": "a", "announcementValue": 5},
        {"op": "delete", "externalId": "a"},
    ]
    body = ok(bulk(tenant, *operations, query="?dryRun=true&receipt=true"))
    assert body["dryRun"] is True
    assert body["results"][0]["fields"]["applied"] == ["announcementValue"]
    assert body["results"][1]["deleted"] is True
    assert tenant.changes() == []


def test_the_same_bulk_is_one(tenant: Tenant) -> None:
    def send() -> tuple[object, bool]:
        answer = tenant.http.post(
            "/listings/bulk",
            json={"operations": [{"op": "upsert", "externalId": "a"}]},
            headers={"Idempotency-Key": "k"},
        )
        return ok(answer), "Idempotency-Replayed" in answer.headers

    first, again = send(), send()
    assert (first[0], first[1], again[1]) == (again[0], False, True)


def test_preconditions_are_of_each_operation(tenant: Tenant) -> None:
    etag = ok(put(tenant, externalId="a"))["etag"]
    body = ok(
        bulk(
            tenant,
            {"op": "upsert", "externalId": "a", "announcementValue": 5, "ifMatch": etag},
            {"op": "upsert", "externalId": "a", "announcementValue": 6, "ifMatch": etag},
            {"op": "delete", "externalId": "a", "ifMatch": etag},
        )
    )
    codes = [result.get("error", {}).get("code") for result in body["results"]]
    assert codes == [None, "precondition_failed", "precondition_failed"]
    listed = {"operations": [{"op": "delete", "externalId": "a"}]}
    header = tenant.http.post("/listings/bulk", json=listed, headers={"If-Match": '"1"'})
    assert (header.status_code, header.json()["code"]) == (400, "header_invalid")


@pytest.mark.parametrize("count", [0, 101])
def test_a_bulk_has_1_to_100_operations(tenant: Tenant, count: int) -> None:
    answer = bulk(tenant, *[{"op": "upsert", "externalId": "a"}] * count)
    assert answer.status_code == 400


def test_a_hundred_at_once(tenant: Tenant) -> None:
    body = ok(bulk(tenant, *({"op": "upsert", "externalId": f"{n}"} for n in range(100))))
    assert body["summary"]["succeeded"] == 100


def test_the_month_ends_within_a_bulk(new_tenant: Callable[..., Tenant]) -> None:
    tenant = new_tenant(monthly_listings=2)
    body = ok(bulk(tenant, *({"op": "upsert", "externalId": f"{n}"} for n in range(3))))
    error = body["results"][2]["error"]
    assert (error["statusCode"], error["code"]) == (403, "monthly_listings_reached")


def test_bulk_counts_as_bulk(new_tenant: Callable[..., Tenant]) -> None:
    """Contract 4: 30 a minute on bulk endpoints."""
    tenant = new_tenant(requests_per_minute=300, bulk_per_minute=30)
    answer = bulk(tenant, {"op": "upsert", "externalId": "a"})
    assert answer.headers["X-RateLimit-Limit"] == "30"
