"""A server that was given no place for pictures says so (contract 7)."""

from __future__ import annotations

import pytest

from tests.contract.wire import PERSON
from tests.service import Tenant

URL = "https://crm.example/photos/1.jpg"


@pytest.fixture
def bare(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    """Give an agency whose server has no place for pictures."""
    monkeypatch.setattr(tenant.service.app.portal, "files", None)
    monkeypatch.setattr(tenant.service.app.portal, "uploads", None)
    return tenant


@pytest.mark.parametrize("query", ["", "?dryRun=true"])
def test_an_upload_is_refused_before_it_is_promised(bare: Tenant, query: str) -> None:
    answer = bare.http.post(f"/media/upload{query}", json={"externalId": "p"})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "no place for pictures" in answer.json()["message"]
    assert bare.get("/media/external/p").status_code == 404
    assert bare.changes() == []


def test_an_avatar_by_url_waits_with_a_warning(bare: Tenant) -> None:
    put = bare.put(externalId="a", avatar={"url": URL}, **PERSON).json()
    [warning] = put["warnings"]
    assert (warning["field"], warning["code"]) == ("avatar", "imports_off")
    assert bare.get(f"/job/status?id={put['jobId']}").json()["status"] == "pending"
    assert "warnings" not in bare.put(externalId="a", avatar=None).json()
    operation = {"op": "upsert", "externalId": "a", "avatar": {"url": URL}}
    [result] = bare.bulk(operation).json()["results"]
    assert [warning["code"] for warning in result["warnings"]] == ["imports_off"]


def test_so_does_a_media(bare: Tenant) -> None:
    one = bare.http.post("/media/upload-from-url", json={"url": URL}).json()
    many = {"operations": [{"op": "upload-from-url", "url": URL}]}
    [result] = bare.http.post("/media/bulk", json=many).json()["results"]
    for told in (one, result):
        assert told["status"] == "pending"
        assert [warning["code"] for warning in told["warnings"]] == ["imports_off"]


def test_a_server_with_a_place_does_not_warn(tenant: Tenant) -> None:
    assert "warnings" not in tenant.put(externalId="a", avatar={"url": URL}, **PERSON).json()
