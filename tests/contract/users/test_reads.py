"""Contract 5, Reads."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.contract.users.shapes import FIXED, MOBILE, PROFILE, ok
from tests.service import Service, Tenant


def ids(tenant: Tenant, query: str) -> list[str | None]:
    return [user["externalId"] for user in ok(tenant.get(f"/users{query}"))["items"]]


def test_all_agents_in_order_of_id(tenant: Tenant) -> None:
    """`{"items": [profile, …]}`, all agents … in order of id when no paging is asked [P]."""
    assert ok(tenant.get("/users")) == {"items": []}
    for start in range(0, 1100, 100):  # more than the stream reads at a time
        people = (
            {"op": "upsert", "externalId": str(n), "name": "Ana", "phone": MOBILE}
            for n in range(start, start + 100)
        )
        ok(tenant.bulk(*people))
    body = ok(tenant.get("/users"))
    assert body.keys() == {"items"}
    listed = [user["id"] for user in body["items"]]
    assert listed == sorted(set(listed))
    assert len(listed) == 1100
    assert body["items"][0].keys() == PROFILE


def test_pages(tenant: Tenant) -> None:
    """`limit` (1–1000) and `cursor` page it and add `nextCursor`."""
    for external_id in "abcde":
        tenant.create(external_id)
    seen, query = [], "?limit=2"
    while query:
        body = ok(tenant.get(f"/users{query}"))
        assert body.keys() == {"items", "nextCursor"}
        seen.append([user["externalId"] for user in body["items"]])
        cursor = body["nextCursor"]
        query = f"?limit=2&cursor={cursor}" if cursor else ""
    assert seen == [["a", "b"], ["c", "d"], ["e"]]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "cursor=!", "cursor=eA"])
def test_bad_paging_is_refused(tenant: Tenant, query: str) -> None:
    """`limit` (1–1000) and `cursor`: 400 bad parameters."""
    answer = tenant.get(f"/users?{query}")
    assert answer.status_code == 400
    assert answer.json()["details"][0]["parameter"] == query.partition("=")[0]


def test_filters(tenant: Tenant, service: Service) -> None:
    """Filters: `search`, `phone` (any spelling), `linked=true|false`, `status`, `updatedSince`."""
    tenant.create("a", name="Ana Rusu", phone=FIXED)
    tenant.register()
    service.clock.ahead_ms += 10_000
    try:
        tenant.create("b", name="Ion Ceban")
    finally:
        service.clock.ahead_ms -= 10_000
    since = ok(tenant.get("/users/external/b"))["updatedAt"]
    assert ids(tenant, f"?phone={quote('(022) 12-34-56')}") == ["a"]
    assert ids(tenant, "?linked=true") == ["a", "b"]
    assert ids(tenant, "?linked=false") == [None]
    assert ids(tenant, "?status=active") == ["a", None, "b"]
    assert ids(tenant, "?status=inactive") == []
    assert ids(tenant, f"?updatedSince={since}") == ["b"]
    assert ids(tenant, "?search=ion&linked=true&limit=1") == ["b"]


@pytest.mark.parametrize(
    ("name", "query"),
    [
        *(("Андрей Чебан", query) for query in ("andrei", "Andrey", "ceban", "cheban", "Чеб")),
        *(("Ștefan Țurcanu", query) for query in ("stefan", "ŞTEFAN", "ţurc", "turcanu stef")),
    ],
)
def test_search_folds(tenant: Tenant, name: str, query: str) -> None:
    """`search` matches words by prefix, folding case, diacritics, comma and cedilla, Cyrillic."""
    tenant.create("a", name=name)
    tenant.create("b", name="Ion Munteanu")
    assert ids(tenant, f"?search={quote(query)}") == ["a"]
    assert ids(tenant, "?search=teanu") == []


@pytest.mark.parametrize("external_id", ["a/b", "a b", "ă", "100%", "a?b#c", "a\nb", "/", "bulk"])
def test_by_external_id(tenant: Tenant, external_id: str) -> None:
    """GET /users/external/:externalId (percent-encoded; may contain `/`)."""
    user_id = tenant.create(external_id)
    for spelling in (quote(external_id, safe=""), quote(external_id)):
        assert ok(tenant.get(f"/users/external/{spelling}"))["id"] == user_id


def test_single_reads_carry_an_etag(tenant: Tenant) -> None:
    """Single reads carry `ETag: "<etag>"`; `If-None-Match` gives 304."""
    user_id = tenant.create("7")
    for path in (f"/users/{user_id}", "/users/external/7"):
        answer = tenant.get(path)
        etag = answer.headers["etag"]
        assert etag == f'"{answer.json()["etag"]}"'
        for form in (etag, f"W/{etag}", f'"x", {etag}', "*"):
            same = tenant.get(path, **{"If-None-Match": form})
            assert (same.status_code, same.content) == (304, b"")
            assert same.headers["etag"] == etag
        tenant.put(externalId="7", name=f"Ana {path}")
        assert tenant.get(path, **{"If-None-Match": etag}).status_code == 200


def test_what_a_write_would_be_compared_with(tenant: Tenant) -> None:
    """With `?stored=true` a profile has a member more, `stored`."""
    user_id = tenant.create(
        "a", description={"ru": "Дома"}, avatar={"url": "https://e.example/1.jpg"}
    )
    plain = ok(tenant.get("/users/external/a"))
    assert "stored" not in plain
    stored = ok(tenant.get("/users/external/a?stored=true"))["stored"]
    assert stored == {
        "phone": "+37369123456",
        "phoneOrigin": "crm",
        "descriptions": {"ru": "Дома"},
        "avatarUrl": None,
        "leftBy": None,
    }
    ok(tenant.http.post(f"/users/{user_id}/deactivate", json={}))
    for read in (
        f"/users/{user_id}?stored=true",
        "/users?stored=true",
        "/users?limit=1&stored=true",
    ):
        body = ok(tenant.get(read))
        [seen] = body.get("items", [body])
        assert seen["stored"] == stored | {"leftBy": "crm"}
