"""Contract 7: media, as far as they go without anybody who imports them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from tests.contract.wire import PERSON, refused
from tests.service import Tenant

URL, OTHER_URL = "https://crm.example/photos/1.jpg", "https://crm.example/photos/2.jpg"
OBJECT = {
    *("id", "externalId", "size", "contentType", "optimization", "blurhash", "originalUrl"),
    *("variants", "use"),
}


def post(tenant: Tenant, path: str, query: str = "", **body: Any) -> httpx2.Response:
    return tenant.http.post(f"/media{path}{query}", json=body)


def ok(answer: httpx2.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


def queue(tenant: Tenant, external_id: str | None = None, url: str = URL) -> int:
    named = {"externalId": external_id} if external_id else {}
    return int(ok(post(tenant, "/upload-from-url", url=url, **named))["mediaId"])


def test_an_import_is_queued(tenant: Tenant) -> None:
    """`{mediaId, status: "pending", externalId, jobId}` [P]."""
    body = ok(post(tenant, "/upload-from-url", url=URL, externalId="p"))
    media_id = body["mediaId"]
    assert body == {
        "mediaId": media_id,
        "status": "pending",
        "externalId": "p",
        "jobId": media_id,
    }
    job = ok(tenant.get(f"/job/status?id={media_id}"))
    assert (job["type"], job["status"], job["queuePosition"]) == ("media_import", "pending", 1)
    anonymous = ok(post(tenant, "/upload-from-url", url=URL))
    assert anonymous["externalId"] is None
    assert anonymous["mediaId"] != media_id


def test_a_media_is_read_by_either_id(tenant: Tenant) -> None:
    """The object, with `optimization` pending."""
    media_id = queue(tenant, "a/b ț")
    found = ok(tenant.get(f"/media/{media_id}"))
    assert found.keys() == OBJECT
    assert found == ok(tenant.get("/media/external/a%2Fb%20%C8%9B"))
    assert found["originalUrl"] == URL
    assert (found["optimization"], found["variants"], found["size"]) == ("pending", [], None)


def test_a_known_external_id_reuses_the_file(tenant: Tenant) -> None:
    """A second import with a known `externalId` reuses the file [P]."""
    media_id = queue(tenant, "p")
    same = ok(post(tenant, "/upload-from-url", url=URL, externalId="p"))
    other = ok(post(tenant, "/upload-from-url", url=OTHER_URL, externalId="p"))
    assert (same["mediaId"], other["mediaId"]) == (media_id, media_id)
    assert "warnings" not in same
    assert [warning["code"] for warning in other["warnings"]] == ["media_known"]
    assert ok(tenant.get(f"/media/{media_id}"))["originalUrl"] == URL
    assert len(tenant.changes()) == 1


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/url"]),
        ({"url": "photos/1.jpg"}, ["/url"]),
        ({"url": "ftp://crm.example/1.jpg", "externalId": ""}, ["/externalId", "/url"]),
        ({"url": "http://a..b/x.jpg"}, ["/url"]),
        ({"url": f"http://{'a' * 70}.example/x.jpg"}, ["/url"]),
        ({"url": f"http://crm.example/{'ă' * 2000}.jpg"}, ["/url"]),  # 12,000 percent-encoded
        ({"url": 5, "externalId": "x" * 256}, ["/externalId", "/url"]),
        ({"url": URL, "externalId": "a\0"}, ["/externalId"]),
        ({"url": URL, "externalId": None}, ["/externalId"]),
    ],
)
def test_every_fault_is_listed(tenant: Tenant, body: dict[str, Any], pointers: list[str]) -> None:
    """Contract 3: validation failures list every fault."""
    answer = post(tenant, "/upload-from-url", **body)
    assert answer.status_code == 400, answer.text
    assert sorted(detail["pointer"] for detail in answer.json()["details"]) == pointers


def test_what_is_unknown_is_ignored_with_a_warning(tenant: Tenant) -> None:
    """Nothing submitted is dropped in silence."""
    body = ok(post(tenant, "/upload-from-url", "?dry=1", url=f"{URL}#x", title="Ana"))
    codes = [warning["code"] for warning in body["warnings"]]
    assert codes == ["unknown_field", "normalised", "unknown_parameter"]


def test_link_and_unlink(tenant: Tenant) -> None:
    """POST, DELETE /media/:id/link: the answers and conflicts of users' link."""
    first, second = queue(tenant, "p"), queue(tenant)
    link = f"/{second}/link"
    taken = refused_link(post(tenant, link, externalId="p"), "external_id_taken")
    assert taken["details"][0]["mediaId"] == first
    assert f"DELETE /api/v1/media/{first}/link" in taken["message"]
    linked = {"id": second, "externalId": "q", "linked": True}
    assert ok(post(tenant, link, externalId="q")) == linked
    assert ok(post(tenant, link, externalId="q")) == linked
    refused_link(post(tenant, link, externalId="r"), "already_linked")
    assert ok(tenant.get("/media/external/q"))["id"] == second
    unlinked = {"id": second, "externalId": "q", "unlinked": True}
    assert ok(tenant.http.delete(f"/media{link}")) == unlinked
    nothing = {"id": second, "externalId": None, "unlinked": False}
    assert ok(tenant.http.delete(f"/media{link}")) == nothing
    assert tenant.get("/media/external/q").status_code == 404
    assert queue(tenant, "q") not in (first, second)


def refused_link(answer: httpx2.Response, code: str) -> Any:
    assert answer.status_code == 409, answer.text
    assert answer.json()["code"] == code
    return answer.json()


@pytest.mark.parametrize("name", ["{id}", "external/p"])
def test_a_deleted_media_is_gone(tenant: Tenant, name: str) -> None:
    """`{deleted: true}` [P]; its external id is free."""
    media_id = queue(tenant, "p")
    path = f"/media/{name.format(id=media_id)}"
    assert ok(tenant.http.delete(f"{path}?dryRun=true")) == {"deleted": True, "dryRun": True}
    assert ok(tenant.get(path))["id"] == media_id
    assert ok(tenant.http.delete(path)) == {"deleted": True}
    refused(tenant.http.delete(path), 404, tenant.get(path).json()["message"], "media_missing")
    assert tenant.get(f"/job/status?id={media_id}").status_code == 404
    assert queue(tenant, "p") != media_id


def test_a_deleted_media_is_detached_from_who_waits_for_it(tenant: Tenant) -> None:
    """Delete detaches the file everywhere [P], with a change record."""
    media_id = queue(tenant)
    for name in ("a", "b"):
        tenant.put(externalId=name, avatar={"id": media_id}, **PERSON)
    tenant.create("c")
    before = ok(tenant.get("/users/external/a"))
    assert before["avatarImport"] == {"jobId": media_id, "url": None, "status": "pending"}
    ok(tenant.http.delete(f"/media/{media_id}"))
    after = ok(tenant.get("/users/external/a"))
    assert "avatarImport" not in after
    assert after["etag"] != before["etag"]
    first, second, last = tenant.changes()[-3:]
    assert {first.subject_id, second.subject_id} >= {before["id"]}
    assert first.fields == {"avatar": ({"id": media_id}, None), "avatarImport": ("pending", None)}
    assert (last.subject, last.subject_id, last.seq) == ("media", media_id, second.seq + 1)


def test_an_avatar_by_id_of_a_pending_media_waits(tenant: Tenant) -> None:
    """Avatars by `{id}`: pending is shown when ready; again is unchanged; null waits no longer."""
    media_id = queue(tenant)
    created = ok(tenant.put(externalId="a", avatar={"id": media_id}, **PERSON))
    assert "jobId" not in created
    assert ok(tenant.put(externalId="a", avatar={"id": media_id}))["unchanged"] is True
    assert ok(tenant.put(externalId="a", avatar=None))["updated"] is True
    assert ok(tenant.get(f"/media/{media_id}"))["optimization"] == "pending"
    assert ok(tenant.get("/users/external/a"))["avatar"] is None


def test_an_url_replaces_a_media_that_goes_on(tenant: Tenant) -> None:
    """A media that was named by its id is there for others, too."""
    media_id = queue(tenant)
    tenant.put(externalId="a", avatar={"id": media_id}, **PERSON)
    by_url = ok(tenant.put(externalId="a", avatar={"url": URL}))
    assert ok(tenant.get(f"/job/status?id={media_id}"))["status"] == "pending"
    ok(tenant.put(externalId="a", avatar={"id": media_id}))
    assert ok(tenant.get(f"/job/status?id={by_url['jobId']}"))["status"] == "failed"


def test_an_avatar_that_cannot_be(tenant: Tenant, new_tenant: Callable[..., Tenant]) -> None:
    """Failed, unknown or another one's: 400 `media_unknown` naming what to do."""
    theirs = queue(new_tenant())
    on_its_way = ok(tenant.put(externalId="a", avatar={"url": URL}, **PERSON))["jobId"]
    tenant.put(externalId="a", avatar={"url": OTHER_URL})
    coming = ok(tenant.get("/users/external/a"))["avatarImport"]["jobId"]
    for media_id, word in (
        (theirs, "there is none"),
        (on_its_way, "failed"),
        (coming, "completed"),
    ):
        answer = tenant.put(externalId="b", name=5, avatar={"id": media_id}, phone="069123456")
        assert answer.status_code == 400, answer.text
        [_, fault] = answer.json()["details"]
        assert (fault["pointer"], fault["code"]) == ("/avatar/id", "media_unknown")
        assert word in fault["message"]
    assert ok(tenant.put(externalId="a", avatar={"id": coming}))["unchanged"] is True


def test_refresh_beside_an_id_is_not_dropped_in_silence(tenant: Tenant) -> None:
    """Nothing submitted is dropped in silence."""
    avatar = {"id": queue(tenant), "refresh": True}
    body = ok(tenant.put(externalId="a", avatar=avatar, **PERSON))
    assert [warning["code"] for warning in body["warnings"]] == ["not_applicable"]


def test_bulk(tenant: Tenant) -> None:
    """POST /media/bulk: results like the users' bulk."""
    operations = [
        {"op": "upload-from-url", "url": URL, "externalId": "p"},
        {"op": "upload-from-url", "url": OTHER_URL, "externalId": "p"},
        {"op": "upload-from-url", "url": "nowhere"},
        {"op": "erase"},
        5,
    ]
    body = ok(post(tenant, "/bulk", operations=operations))
    assert body["summary"] == {"total": 5, "succeeded": 2, "failed": 3}
    first, same, *failed = body["results"]
    assert first == {
        "index": 0,
        "op": "upload-from-url",
        "success": True,
        "mediaId": first["mediaId"],
        "status": "pending",
        "externalId": "p",
        "jobId": first["mediaId"],
    }
    assert same["mediaId"] == first["mediaId"]
    codes = [result["error"]["code"] for result in failed]
    assert codes == ["url_invalid", "not_one_of", "type_invalid"]


def test_an_atomic_bulk_that_fails_stores_nothing(tenant: Tenant) -> None:
    """`atomic`: one fails, none is stored; 422."""
    good = {"op": "upload-from-url", "url": URL, "externalId": "p"}
    answer = post(tenant, "/bulk", operations=[good, {**good, "url": "x"}], atomic=True)
    assert answer.status_code == 422, answer.text
    assert [r["error"]["code"] for r in answer.json()["results"]] == ["aborted", "url_invalid"]
    assert tenant.get("/media/external/p").status_code == 404
    assert ok(post(tenant, "/bulk", operations=[good, good], atomic=True))
    assert ok(tenant.get("/media/external/p"))["id"]


@pytest.mark.parametrize("count", [0, 101])
def test_a_bulk_has_1_to_100_operations(tenant: Tenant, count: int) -> None:
    """To 100."""
    good = {"op": "upload-from-url", "url": URL}
    assert post(tenant, "/bulk", operations=[good] * count).status_code == 400


def test_bulk_counts_as_bulk(new_tenant: Callable[..., Tenant]) -> None:
    """Contract 4: 30 a minute on bulk endpoints."""
    tenant = new_tenant(requests_per_minute=300, bulk_per_minute=30)
    answer = post(tenant, "/bulk", operations=[{"op": "upload-from-url", "url": URL}])
    assert answer.headers["X-RateLimit-Limit"] == "30"


def test_a_dry_run_stores_nothing(tenant: Tenant) -> None:
    """`dryRun`: the same shape, nothing stored."""
    body = ok(post(tenant, "/upload-from-url", "?dryRun=true", url=URL, externalId="p"))
    assert body == {"mediaId": None, "status": "pending", "externalId": "p", "dryRun": True}
    upload = ok(post(tenant, "/upload", "?dryRun=true"))
    assert upload == {"uploadUrl": None, "expiresAt": None, "mediaId": None, "dryRun": True}
    assert tenant.get("/media/external/p").status_code == 404
    assert tenant.changes() == []


def test_the_same_request_is_one(tenant: Tenant) -> None:
    """`Idempotency-Key` on POST."""
    headers = {"Idempotency-Key": "k"}
    answers = [
        tenant.http.post("/media/upload-from-url", json={"url": URL}, headers=headers)
        for _ in range(2)
    ]
    assert ok(answers[0]) == ok(answers[1])
    assert answers[1].headers["Idempotency-Replayed"] == "true"


def test_media_have_no_etag(tenant: Tenant) -> None:
    """A precondition that cannot hold is refused, not ignored."""
    answer = tenant.http.delete(f"/media/{queue(tenant)}", headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"]) == (400, "header_invalid")


def test_scopes(new_tenant: Callable[..., Tenant]) -> None:
    """Contract 2: `media:read`, `media:write`."""
    reader = new_tenant(scopes=("media:read",))
    writer = new_tenant(scopes=("media:write",))
    media_id = queue(writer)
    refused(post(reader, "/upload-from-url", url=URL), 403, "API key lacks the scope media:write")
    refused(writer.get(f"/media/{media_id}"), 403, "API key lacks the scope media:read")


HIDDEN: dict[str, Callable[[Tenant, int], httpx2.Response]] = {
    "read": lambda t, i: t.get(f"/media/{i}"),
    "delete": lambda t, i: t.http.delete(f"/media/{i}"),
    "link": lambda t, i: post(t, f"/{i}/link", externalId="mine"),
    "link as it is": lambda t, i: post(t, f"/{i}/link", externalId="theirs"),
    "unlink": lambda t, i: t.http.delete(f"/media/{i}/link"),
}


@pytest.mark.parametrize("ask", HIDDEN)
def test_a_media_of_another_agency(new_tenant: Callable[..., Tenant], ask: str) -> None:
    """Contract 3: 404 for another agency's, with the same body."""
    mine, other = new_tenant(), new_tenant()
    theirs = queue(other, "theirs")
    before = ok(other.get(f"/media/{theirs}"))
    nobody = int("9" * len(str(theirs)))
    hidden, missing = HIDDEN[ask](mine, theirs), HIDDEN[ask](mine, nobody)
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.json()["message"].replace(str(theirs), "N") == missing.json()["message"].replace(
        str(nobody), "N"
    )
    assert hidden.json()["code"] == "media_missing"
    assert mine.get("/media/external/theirs").status_code == 404
    assert mine.http.delete("/media/external/theirs").status_code == 404
    assert ok(other.get(f"/media/{theirs}")) == before
    assert queue(mine, "theirs") != theirs


@pytest.mark.parametrize("text", ["x", "1.5", "1e3"])
def test_bad_ids(tenant: Tenant, text: str) -> None:
    """Contract 3: non-integer `:id`."""
    refused(tenant.get(f"/media/{text}"), 400, "Validation failed (numeric string is expected)")
