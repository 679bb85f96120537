"""Contract 3: one envelope for every refusal, and which status means what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.wire import ERROR, JSON, PERSON, exchange, head, lasting, parse, refused
from tests.service import Tenant

BULK_ERROR = ERROR | {"results", "summary"}
LIMIT_BYTES = 512 * 1024


def test_the_envelope_has_exactly_these_members(tenant: Tenant) -> None:
    """Contract 3: `{"statusCode", "message", "error"}` [P], `code`, `requestId`, `details`."""
    answer = tenant.put(externalId="a", name=7, phone="+37369123456")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json() == {
        "statusCode": 400,
        "message": ["name must be a string"],
        "error": "Bad Request",
        "code": "type_invalid",
        "requestId": answer.headers["X-Request-Id"],
        "details": [
            {"pointer": "/name", "code": "type_invalid", "message": "name must be a string"}
        ],
    }


def test_validation_lists_every_fault(tenant: Tenant) -> None:
    """Contract 3: "Validation failures list **every** fault, one string each" [P forms]."""
    body = tenant.put(
        externalId="",
        name=7,
        phone="",
        mode="replace",
        settings={"contact_phone": "yes", "contact_viber": 1},
        avatar={"url": 3},
    ).json()
    expected = {
        "/externalId": "externalId must be at least 1 characters",
        "/name": "name must be a string",
        "/phone": "phone must be at least 1 characters",
        "/mode": "mode must be one of: create, fill, update, upsert",
        "/settings/contact_phone": "settings.contact_phone must be a boolean",
        "/settings/contact_viber": "settings.contact_viber must be a boolean",
        "/avatar/url": "avatar.url must be a string",
    }
    assert sorted(body["message"]) == sorted(expected.values())
    assert {d["pointer"]: d["message"] for d in body["details"]} == expected
    assert body["code"] == "validation_failed"


def test_pointers_are_json_pointers(tenant: Tenant) -> None:
    """Contract 3: `details: [{pointer, code, message}]` (JSON pointers)."""
    body = tenant.put(externalId="a", **PERSON, description={"a/b~c": 1}).json()
    assert [detail["pointer"] for detail in body["details"]] == ["/description/a~1b~0c"]


def test_faults_of_a_query_are_listed_with_those_parameters(tenant: Tenant) -> None:
    """Contract 3: 400: "bad parameters", every one of them."""
    body = tenant.get("/users?linked=maybe&limit=0&status=gone").json()
    assert body["message"] == [
        "linked must be one of: true, false",
        "limit must be between 1 and 1000",
        "status must be one of: active, inactive",
    ]
    assert [d["parameter"] for d in body["details"]] == ["linked", "limit", "status"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"nonsense", b'{"a":1}{', b"[]", b'"text"', b"7", b"null", b"\xff", b"{'a': 1}"],
)
@pytest.mark.parametrize(
    ("method", "path"), [("PUT", "/users"), ("POST", "/users/bulk"), ("POST", "/users/1/link")]
)
def test_bad_json(tenant: Tenant, method: str, path: str, content: bytes) -> None:
    """Contract 3: 400: "bad JSON"."""
    answer = tenant.http.request(method, path, content=content, headers=JSON)
    assert answer.json()["code"] == "json_invalid"
    assert (answer.status_code, answer.json()["error"]) == (400, "Bad Request")


@pytest.mark.slow
@pytest.mark.parametrize("user_id", ["x", "1.5", "1e3", "0x1", "١", "1 ", "+1", "NaN", "1,2"])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/users/{}"), ("POST", "/users/{}/link"), ("DELETE", "/users/{}/link")],
)
def test_an_id_that_is_no_integer(tenant: Tenant, method: str, path: str, user_id: str) -> None:
    """Contract 3: non-integer `:id` (`Validation failed (numeric string is expected)`)."""
    body = {"externalId": "a"} if method == "POST" else None
    answer = tenant.http.request(method, path.format(user_id), json=body)
    refused(answer, 400, "Validation failed (numeric string is expected)", "id_invalid")


HUGE, ENDLESS = str(2**63), "9" * 60


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sent", "named"), [(HUGE, HUGE), (f"-{HUGE}", f"-{HUGE}"), (ENDLESS, ENDLESS[:40] + "…")]
)
@pytest.mark.parametrize(
    ("method", "path", "noun"),
    [
        ("GET", "/users/{}", "User"),
        ("POST", "/users/{}/link", "User"),
        ("POST", "/users/{}/deactivate", "User"),
        ("GET", "/listings/{}", "Listing"),
        ("DELETE", "/listings/{}", "Listing"),
        ("DELETE", "/listings/{}/link", "Listing"),
        ("GET", "/media/{}", "Media"),
        ("DELETE", "/media/{}", "Media"),
    ],
)
def test_an_id_beyond_all_ids_is_unknown_as_sent(
    tenant: Tenant, method: str, path: str, noun: str, sent: str, named: str
) -> None:
    """Contract 3: 404: "unknown resource"."""
    body = {"externalId": "a"} if method == "POST" else None
    answer = tenant.http.request(method, path.format(sent), json=body)
    refused(answer, 404, f"{noun} with id {named} not found")


def test_an_id_beyond_all_ids_in_a_body_or_a_query(tenant: Tenant) -> None:
    """Contract 1: ids are integers from 1 to 2^63 - 1; the refusal names the member, and these."""
    listing = {"externalId": "a", "userId": 2**63, "files": [{"id": 10**30}]}
    messages = tenant.http.put("/listings", json=listing).json()["message"]
    assert messages == [
        f"{name} must be between 1 and {2**63 - 1}" for name in ("files.0.id", "userId")
    ]
    bulk = {"operations": [{"op": op, "id": 2**63} for op in ("upsert", "unlink", "delete")]}
    results = tenant.http.post("/listings/bulk", json=bulk).json()["results"]
    assert {result["error"]["message"] for result in results} == {
        f"id must be between 1 and {2**63 - 1}"
    }
    for sent in (HUGE, ENDLESS):
        message = [f"userId must be between 1 and {2**63 - 1}"]
        refused(tenant.get(f"/listings?userId={sent}"), 400, message)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_an_unknown_route(tenant: Tenant, method: str) -> None:
    """Contract 3: 404: "unknown route: `Cannot GET /api/v1/…`"."""
    answer = tenant.http.request(method, "/announcements/7")
    body = refused(answer, 404, f"Cannot {method} /api/v1/announcements/7", "route_unknown")
    assert (body["error"], body.keys()) == ("Not Found", ERROR)


def test_a_held_external_id_names_its_holder(tenant: Tenant) -> None:
    """Contract 3: "A 409 on an external id names the holder (`details[0].userId` …) and the call
    that would free it".
    """
    holder, other = tenant.create("held"), tenant.register()
    answer = tenant.http.post(f"/users/{other}/link", json={"externalId": "held"})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (409, "external_id_taken")
    assert (body["error"], body["details"][0]["userId"]) == ("Conflict", holder)
    assert f"DELETE /api/v1/users/{holder}/link" in body["message"]
    free = tenant.http.delete(f"/users/{holder}/link")
    assert free.json()["unlinked"] is True
    again = tenant.http.post(f"/users/{other}/link", json={"externalId": "held"})
    assert again.json()["linked"] is True


def test_mode_create_on_a_known_id(tenant: Tenant) -> None:
    """Contract 3: 409: "`mode: create` on a known id"."""
    holder = tenant.create("known")
    answer = tenant.put(externalId="known", mode="create", **PERSON)
    assert (answer.status_code, answer.json()["code"]) == (409, "external_id_taken")
    assert answer.json()["details"][0]["userId"] == holder
    assert tenant.put(externalId="new", mode="create", **PERSON).json()["created"] is True


def test_an_older_source(tenant: Tenant) -> None:
    """Contract 3: 409: "older `sourceUpdatedAt` (`stale_source`)"."""
    tenant.create("s", sourceUpdatedAt="2026-01-02T00:00:00Z")
    answer = tenant.put(externalId="s", name="Old", sourceUpdatedAt="2026-01-01T00:00:00Z")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_source")
    assert tenant.get("/users/external/s").json()["name"] == "Ana Rusu"


def write_calls(tenant: Tenant, user_id: int, etag: str) -> Iterator[Any]:
    """Every way to say which state is meant."""
    header = {"If-Match": f'"{etag}"'}
    yield tenant.http.put("/users", json={"id": user_id, "name": "B"}, headers=header)
    yield tenant.put(id=user_id, name="B", ifMatch=etag)
    yield tenant.http.delete(f"/users/{user_id}/link", headers=header)
    yield tenant.http.post(f"/users/{user_id}/link", json={"externalId": "p"}, headers=header)
    yield tenant.http.post(f"/users/{user_id}/link", json={"externalId": "p", "ifMatch": etag})


def test_a_state_that_is_gone(tenant: Tenant) -> None:
    """Contract 3: 412: "`If-Match` / `ifMatch` does not hold; the body carries the current
    `etag`".
    """
    user_id = tenant.create("p")
    old = tenant.get(f"/users/{user_id}").json()["etag"]
    current = tenant.put(id=user_id, name="Changed").json()["etag"]
    for answer in write_calls(tenant, user_id, old):
        body = answer.json()
        assert (answer.status_code, body["code"]) == (412, "precondition_failed")
        assert (body["error"], body["etag"]) == ("Precondition Failed", current)
        assert body.keys() == ERROR | {"etag"}
    assert tenant.put(id=user_id, name="B", ifMatch=current).status_code == 200


def padded(size: int) -> bytes:
    """A JSON body of so many bytes that is fine but for its size."""
    start = b'{"externalId":"big","name":"A","phone":"+37369123456","unknown":"'
    return start + b"x" * (size - len(start) - 2) + b'"}'


def test_a_body_of_512_kb(tenant: Tenant) -> None:
    """Contract 3: 413: "body over 512 KB" [P]: exactly that much is not over."""
    fits = tenant.http.put("/users", content=padded(LIMIT_BYTES), headers=JSON)
    assert fits.status_code == 200
    over = tenant.http.put("/users", content=padded(LIMIT_BYTES + 1), headers=JSON)
    assert (over.status_code, over.json()["code"]) == (413, "body_too_large")
    assert over.json()["error"] == "Payload Too Large"


def test_a_body_announced_over_512_kb_is_not_waited_for(tenant: Tenant) -> None:
    """Contract 3: 413, by `Content-Length` alone."""
    length = f"Content-Length: {LIMIT_BYTES + 1}"
    raw = head("PUT", "/users", tenant, "Content-Type: application/json", length)
    status, headers, body = parse(exchange(tenant.service, lasting(raw)))
    assert (status, body["statusCode"], headers["connection"]) == (413, 413, "close")


def test_a_body_of_unknown_length_over_512_kb(tenant: Tenant) -> None:
    """Contract 3: 413, when nothing was announced and it never ends."""
    raw = head(
        "PUT", "/users", tenant, "Content-Type: application/json", "Transfer-Encoding: chunked"
    )
    chunk = b"%x\r\n%b\r\n" % (LIMIT_BYTES + 1, b"x" * (LIMIT_BYTES + 1))
    status, _, body = parse(exchange(tenant.service, raw, chunk))
    assert (status, body["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "application/jsonp",
        "application/vnd.api+json",
        "text/json",
        "*/*",
        "json",
        "",
    ],
)
def test_a_body_of_another_kind(tenant: Tenant, kind: str) -> None:
    """Contract 3: 415: "body on POST, PUT, PATCH that is not `application/json`" [P]."""
    for method, path in (("PUT", "/users"), ("POST", "/users/bulk"), ("POST", "/users/1/link")):
        answer = tenant.http.request(method, path, content=b"{}", headers={"Content-Type": kind})
        body = answer.json()
        assert (answer.status_code, body["code"]) == (415, "media_type_unsupported")
        assert body["error"] == "Unsupported Media Type"


def test_a_body_without_a_kind(tenant: Tenant) -> None:
    """Contract 3: 415 when nothing says that it is JSON."""
    assert tenant.http.put("/users", content=b"{}").status_code == 415
    chunked = tenant.http.put("/users", content=iter([b"{}"]))
    assert chunked.status_code == 415


@pytest.mark.parametrize(
    "kind",
    ["application/json; charset=utf-8", "application/json;charset=UTF-8", "Application/JSON "],
)
def test_a_charset_is_fine(tenant: Tenant, kind: str) -> None:
    """Contract 3: 415: "a charset parameter is fine" [P]."""
    body = b'{"externalId":"c","name":"A","phone":"+37369123456"}'
    raw = head("PUT", "/users", tenant, f"Content-Type: {kind}", f"Content-Length: {len(body)}")
    assert parse(exchange(tenant.service, raw, body))[0] == 200


def test_a_bulk_in_which_every_operation_failed(tenant: Tenant) -> None:
    """Contract 3: 422: "a bulk request in which **every** operation failed" [P]."""
    bad = {"op": "upsert", "externalId": "x"}
    answer = tenant.bulk(bad, {"op": "nonsense"})
    body = answer.json()
    assert (answer.status_code, body["code"]) == (422, "all_operations_failed")
    assert (body["error"], body.keys()) == ("Unprocessable Entity", BULK_ERROR)
    assert body["summary"] == {"total": 2, "succeeded": 0, "failed": 2}
    one_good = tenant.bulk(bad, {"op": "upsert", "externalId": "y", **PERSON})
    assert one_good.status_code == 200


def test_an_atomic_bulk_that_failed(tenant: Tenant) -> None:
    """Contract 3: 422: "`atomic` bulk that failed"."""
    good = {"op": "upsert", "externalId": "y", **PERSON}
    answer = tenant.bulk(good, {"op": "nonsense"}, atomic=True)
    assert answer.status_code == 422
    assert [r["error"]["code"] for r in answer.json()["results"]] == ["aborted", "not_one_of"]
    assert tenant.get("/users").json() == {"items": []}


def test_an_idempotency_key_used_before(tenant: Tenant) -> None:
    """Contract 3: 422: "an `Idempotency-Key` used before with other content"."""
    key = {"Idempotency-Key": "k-1"}
    first = tenant.http.put("/users", json={"externalId": "i", **PERSON}, headers=key)
    assert first.status_code == 200
    other = tenant.http.put("/users", json={"externalId": "j", **PERSON}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert other.json().keys() == ERROR


FAILING: dict[str, Callable[[Tenant, dict[str, str]], Any]] = {
    "400": lambda t, h: t.http.put("/users", json={"name": 7}, headers=h),
    "401": lambda t, h: t.http.get("/agency", headers={**h, "X-API-Key": ""}),
    "404": lambda t, h: t.http.get("/users/0", headers=h),
    "route": lambda t, h: t.http.get("/nowhere", headers=h),
    "405": lambda t, h: t.http.post("/agency", headers=h),
    "412": lambda t, h: t.http.put(
        "/users", json={"externalId": "z", **PERSON}, headers={**h, "If-Match": '"1"'}
    ),
    "415": lambda t, h: t.http.put("/users", content=b"{}", headers=h),
    "422": lambda t, h: t.http.post("/users/bulk", json={"operations": [{}]}, headers=h),
}


@pytest.mark.slow
@pytest.mark.parametrize("failing", FAILING)
def test_problem_json(tenant: Tenant, failing: str) -> None:
    """Contract 3: "`Accept: application/problem+json` gets the same content as RFC 9457"."""
    plain = FAILING[failing](tenant, {})
    asked = FAILING[failing](tenant, {"Accept": "application/problem+json, */*;q=0.1"})
    assert asked.headers["Content-Type"] == "application/problem+json"
    problem, error = asked.json(), plain.json()
    assert problem["requestId"] == asked.headers["X-Request-Id"]
    assert {name: problem[name] for name in error if name != "requestId"} == {
        name: value for name, value in error.items() if name != "requestId"
    }
    assert (problem["type"], problem["status"]) == ("about:blank", plain.status_code)
    assert problem["title"] == error["error"]
    assert problem["detail"] in (error["message"], "; ".join(error["message"]))
    assert problem.keys() - error.keys() == {"type", "title", "status", "detail"}


@pytest.mark.parametrize("failing", FAILING)
def test_every_refusal_has_the_members_of_an_error(tenant: Tenant, failing: str) -> None:
    """Contract 3: one envelope; `error` is the status's phrase."""
    answer = FAILING[failing](tenant, {})
    body = answer.json()
    assert body.keys() - {"etag", "results", "summary"} == ERROR
    assert body["statusCode"] == answer.status_code
    assert body["requestId"] == answer.headers["X-Request-Id"]
    assert isinstance(body["message"], str | list)
    assert body["message"]
