"""Contract 1: names, ids, times, lengths, absence."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from tests.contract.wire import JSON, PERSON, exchange, head, parse, refused
from tests.service import Service, Tenant

EMOJI = "👩‍💼🏠"

EXTERNAL_IDS = [
    " padded ",
    "\ttab and\nline end\n",
    "CRM/agents/7",
    "a%2Fb",
    "what?q=1#top",
    "a+b&c=d;e",
    f"agent {EMOJI}",
    "Ştefan Țurcanu",
    ".",
    "..",
    "../../agency",
    "x/./y//z/",
    "link",
    "0",
    '"quoted" \\ back',
    "e\u0301",
    "\ufeff",
]


def test_the_base_path_is_api_v1(service: Service, tenant: Tenant) -> None:
    """Contract 1: base path `/api/v1` [P]."""
    status, _, body = parse(exchange(service, head("GET", "/agency", tenant)))
    assert (status, body["id"]) == (200, tenant.agency_id)
    raw = head("GET", "/agency", tenant).replace(b"/api/v1", b"")
    assert parse(exchange(service, raw))[0] == 404


def test_top_level_names_are_camel_case_and_settings_snake_case(tenant: Tenant) -> None:
    """Contract 1: "top-level names are camelCase, members of `settings` are snake_case" [P]."""
    profile = tenant.get(f"/users/{tenant.create('c')}").json()
    assert not [name for name in profile if "_" in name]
    assert {"externalId", "createdAt", "updatedAt", "lastSyncedAt"} <= profile.keys()
    assert profile["settings"].keys() == {
        "posting_type",
        "contact_phone",
        "contact_whatsapp",
        "contact_viber",
        "contact_telegram",
    }


def test_json_comes_out(tenant: Tenant) -> None:
    """Contract 1: "JSON in and out"."""
    for path in ("/agency", "/users", "/users/1e9", "/nowhere"):
        assert tenant.get(path).headers["Content-Type"] == "application/json"


def test_internal_ids_are_unique_over_agencies(new_tenant: Callable[..., Tenant]) -> None:
    """Contract 1: internal ids "are JSON integers, unique over all agencies"."""
    one, two = new_tenant(), new_tenant()
    ids = [one.create("a"), two.create("a"), one.create("b"), two.create("b")]
    assert len(set(ids)) == 4
    assert all(type(i) is int for i in (one.put(externalId="a").json()["id"], *ids))


@pytest.mark.parametrize("external_id", EXTERNAL_IDS)
def test_external_ids_are_opaque(tenant: Tenant, external_id: str) -> None:
    """Contract 1: external ids "are strings … opaque, case-sensitive, never trimmed"."""
    answer = tenant.put(externalId=external_id, **PERSON)
    assert answer.json()["externalId"] == external_id
    path = f"/users/external/{quote(external_id, safe='')}"
    found = parse(exchange(tenant.service, head("GET", path, tenant)))
    assert found[0] == 200
    assert (found[2]["id"], found[2]["externalId"]) == (answer.json()["id"], external_id)


def test_a_slash_may_be_sent_plainly(tenant: Tenant) -> None:
    """Contract 1: "opaque": what isn't escaped in a path is the same id as what is."""
    user_id = tenant.create("a/../b/./c//d/")
    raw = head("GET", "/users/external/a/../b/./c//d/", tenant)
    assert parse(exchange(tenant.service, raw))[2]["id"] == user_id


def test_an_escape_is_undone_once(tenant: Tenant) -> None:
    """Contract 1: "opaque": `%2F` inside an id stays three characters."""
    plain, escaped = tenant.create("a/b"), tenant.create("a%2Fb")
    assert tenant.get("/users/external/a%2Fb").json()["id"] == plain
    assert tenant.get("/users/external/a%252Fb").json()["id"] == escaped


def test_external_ids_that_look_alike_differ(tenant: Tenant) -> None:
    """Contract 1: "opaque, case-sensitive, never trimmed"."""
    alike = ["ana", "Ana", "ANA", " ana", "ana ", "аnа", "\u00e9", "e\u0301", "1", "01"]
    ids = {tenant.create(external_id) for external_id in alike}
    assert len(ids) == len(alike)


def test_external_ids_are_unique_per_agency(new_tenant: Callable[..., Tenant]) -> None:
    """Contract 1: external ids are "unique per agency"."""
    one, two = new_tenant(), new_tenant()
    mine, theirs = one.create("same"), two.create("same")
    assert one.get("/users/external/same").json()["id"] == mine
    assert two.get("/users/external/same").json()["id"] == theirs
    assert one.put(externalId="same", **PERSON).json()["unchanged"] is True


@pytest.mark.parametrize("letter", ["x", "ș", "😀"])
def test_lengths_count_code_points(tenant: Tenant, letter: str) -> None:
    """Contract 1: external ids are "1 to 255 code points" [P length]; lengths count code points."""
    assert tenant.put(externalId=letter * 255, **PERSON).status_code == 200
    assert tenant.get(f"/users/external/{quote(letter * 255)}").status_code == 200
    refused(
        tenant.put(externalId=letter * 256, **PERSON),
        400,
        ["externalId must be at most 255 characters"],
        "too_long",
    )
    assert tenant.get(f"/users/external/{quote(letter * 256)}").status_code == 400
    name = PERSON | {"name": letter * 200}
    assert tenant.put(externalId="long", **name).status_code == 200
    refused(
        tenant.put(externalId="long", name=letter * 201),
        400,
        ["name must be at most 200 characters"],
    )


def test_timestamps_are_utc_with_milliseconds(tenant: Tenant) -> None:
    """Contract 1: "ISO-8601 UTC with milliseconds and `Z`" [P]."""
    before = time.time() - 1
    profile = tenant.get(f"/users/{tenant.create('t')}").json()
    for field in ("createdAt", "updatedAt", "lastSyncedAt"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", profile[field])
        at = datetime.strptime(profile[field], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        assert before < at.timestamp() < time.time() + 1


@pytest.mark.parametrize(
    "body",
    [
        b'{"externalId":"\\u0000","name":"A","phone":"+37369123456"}',
        b'{"externalId":"a","name":"A\\u0000","phone":"+37369123456"}',
        b'{"externalId":"a","name":"A","phone":"+37369123456\\u0000"}',
        b'{"externalId":"a","name":"A","phone":"+37369123456","unknown":"\\u0000"}',
        b'{"externalId":"a","name":"A","phone":"+37369123456","un\\u0000known":1}',
        b'{"externalId":"a","name":"A","phone":"+37369123456","unknown":[{"x":["\\u0000"]}]}',
        b'{"externalId":"a","name":"A","phone":"+37369123456","description":{"ro":"A\\u0000"}}',
        b'{"externalId":"\\ud800","name":"A","phone":"+37369123456"}',
        b'{"externalId":"a","name":"\\udc00A","phone":"+37369123456"}',
        b'{"externalId":"a","name":"A","phone":"+37369123456","unknown":"\\ud83d"}',
        b'{"externalId":"a","name":"A","phone":"+37369123456","un\\ud83dknown":1}',
        b'{"externalId":"a","name":"\xed\xa0\x80","phone":"+37369123456"}',
        b'{"externalId":"a","name":"A\x00","phone":"+37369123456"}',
    ],
)
def test_nul_and_lone_surrogates_in_a_body(tenant: Tenant, body: bytes) -> None:
    """Contract 1: "NUL and lone surrogates are a 400 anywhere"."""
    answer = tenant.http.put("/users", content=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["code"] in ("nul_refused", "json_invalid")
    assert tenant.get("/users").json() == {"items": []}


def test_surrogates_in_pairs_are_characters(tenant: Tenant) -> None:
    """Contract 1: only *lone* surrogates are refused."""
    body = b'{"externalId":"\\ud83d\\ude00","name":"A","phone":"+37369123456"}'
    answer = tenant.http.put("/users", content=body, headers=JSON)
    assert answer.json()["externalId"] == "😀"


@pytest.mark.slow
@pytest.mark.parametrize("bad", ["%00", "a%00b", "%ED%A0%80", "%ED%B0%80x", "%FF"])
@pytest.mark.parametrize(
    "path",
    [
        "/users/external/{}",
        "/users/{}",
        "/users?search={}",
        "/users?phone={}",
        "/users?linked={}",
        "/users?unknown={}",
        "/users?{}=1",
        "/job/status?id={}",
    ],
)
def test_nul_and_lone_surrogates_in_an_address(tenant: Tenant, path: str, bad: str) -> None:
    """Contract 1: "NUL and lone surrogates are a 400 anywhere"."""
    answer = tenant.get(path.format(bad))
    assert answer.status_code == 400, answer.text
    assert answer.json()["statusCode"] == 400


def test_nul_in_an_operation_fails_that_operation(tenant: Tenant) -> None:
    """Contract 1: "a 400 anywhere", in a bulk the operation's."""
    body = tenant.bulk(
        {"op": "upsert", "externalId": "a\0", **PERSON},
        {"op": "upsert", "externalId": "b", **PERSON},
    ).json()
    assert [r["success"] for r in body["results"]] == [False, True]
    assert body["results"][0]["error"]["statusCode"] == 400


def test_success_is_200(tenant: Tenant) -> None:
    """Contract 1: "Success is 200 on every endpoint, creation included"."""
    created = tenant.put(externalId="s", avatar={"url": "https://crm.example/1.jpg"}, **PERSON)
    user_id, job_id = created.json()["id"], created.json()["jobId"]
    answers = [
        created,
        tenant.put(id=user_id, name="Ana Munteanu"),
        tenant.bulk({"op": "upsert", "externalId": "t", **PERSON}),
        tenant.get("/users"),
        tenant.get(f"/users/{user_id}"),
        tenant.get("/users/external/s"),
        tenant.http.delete(f"/users/{user_id}/link"),
        tenant.http.post(f"/users/{user_id}/link", json={"externalId": "u"}),
        tenant.get(f"/job/status?id={job_id}"),
        tenant.get("/agency"),
    ]
    assert [answer.status_code for answer in answers] == [200] * 10
    ids = [answer.headers["X-Request-Id"] for answer in answers]
    assert len(set(ids)) == 10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/agency", 200),
        ("HEAD", "/api/v1/agency", 200),
        ("GET", "/api/v1/openapi.json", 200),
        ("GET", "/api/v1/nowhere", 404),
        ("POST", "/api/v1/agency", 405),
        ("OPTIONS", "/api/v1/users", 405),
        ("PUT", "/api/v1/users", 400),
        ("GET", "/api/v1/users/x", 400),
        ("GET", "/api/v1/users/0", 404),
        ("GET", "/livez", 200),
        ("GET", "/readyz", 200),
        ("GET", "/", 302),
    ],
)
def test_every_answer_carries_a_request_id(
    tenant: Tenant, method: str, path: str, status: int
) -> None:
    """Contract 1: "Every answer carries `X-Request-Id`"."""
    answer = tenant.http.request(method, f"{tenant.service.url}{path}")
    assert answer.status_code == status
    assert re.fullmatch(r"[0-9a-f]{24}", answer.headers["X-Request-Id"])


def test_absent_keeps_null_clears_a_value_sets(tenant: Tenant) -> None:
    """Contract 1: "Absent = keep, `null` = clear, value = set"."""
    user_id = tenant.create("n", instagram="ana.rusu", description="Salut")
    tenant.put(id=user_id, youtube="@anarusu")
    kept = tenant.get(f"/users/{user_id}").json()
    assert kept["instagram"].endswith("ana.rusu")
    assert kept["description"] == "Salut"
    assert kept["youtube"].endswith("@anarusu")
    tenant.put(id=user_id, instagram=None, description=None)
    cleared = tenant.get(f"/users/{user_id}").json()
    assert (cleared["instagram"], cleared["description"]) == (None, None)
    assert cleared["youtube"] == kept["youtube"]


@pytest.mark.parametrize(
    ("field", "kind"), [("name", "a string"), ("phone", "a string"), ("settings", "an object")]
)
def test_what_cannot_be_cleared(tenant: Tenant, field: str, kind: str) -> None:
    """Contract 1: "`name`, `phone` and `settings` cannot be cleared"."""
    user_id = tenant.create("k")
    answer = tenant.put(id=user_id, **{field: None})
    refused(answer, 400, [f"{field} must be {kind}"], "type_invalid")


@pytest.mark.slow
@pytest.mark.parametrize(
    "field",
    [
        "name",
        "phone",
        "description",
        "instagram",
        "youtube",
        "tiktok",
        "externalId",
        "sourceUpdatedAt",
        "ifMatch",
    ],
)
def test_an_empty_string_is_an_error(tenant: Tenant, field: str) -> None:
    """Contract 1: "An empty string is an error"."""
    answer = tenant.put(**{"externalId": "e", **PERSON, field: ""})
    assert answer.status_code == 400
    assert f"{field} must be at least 1 characters" in answer.json()["message"]


def test_an_empty_string_inside_is_an_error(tenant: Tenant) -> None:
    """Contract 1: "An empty string is an error", inside objects as well."""
    answer = tenant.put(externalId="e", **PERSON, description={"ru": ""}, avatar={"url": ""})
    messages = answer.json()["message"]
    assert "description.ru must be at least 1 characters" in messages
    assert "avatar.url must be at least 1 characters" in messages
