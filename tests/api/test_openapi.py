"""The OpenAPI document: generated, locked, valid, and true to its own examples."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema_rs
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from rentix.api.routes import BASE, ROUTES
from rentix.rules.phones import read_phones
from scripts.write_openapi import SNAPSHOT, printed
from tests.service import Tenant

DOCUMENT: dict[str, Any] = json.loads(printed())
OPERATIONS: list[tuple[str, str, dict[str, Any]]] = [
    (path, method, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_the_document_is_the_committed_one() -> None:
    committed = SNAPSHOT.read_text(encoding="utf-8")
    assert committed == printed(), (
        "the API's description changed; if that is meant, write it anew with "
        "`.venv/bin/python scripts/write_openapi.py` and commit it with the change"
    )


def test_the_document_is_openapi_3_1() -> None:
    assert [str(error) for error in OPENAPI_31_VALIDATOR.iter_errors(DOCUMENT)] == []


def test_the_document_is_served_and_kept_by_its_etag(tenant: Tenant) -> None:
    answer = tenant.get("/openapi.json")
    assert answer.json() == DOCUMENT
    again = tenant.get("/openapi.json", **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_every_route_is_described_once() -> None:
    described = {(path, method.upper()) for path, method, _ in OPERATIONS}
    assert described == {(r.path.replace(":path", ""), r.method) for r in ROUTES}
    ids = [operation["operationId"] for _, _, operation in OPERATIONS]
    assert len(ids) == len(set(ids))


def test_phones_in_answers_are_printed_as_the_service_prints_them() -> None:
    answers = [operation["responses"]["200"] for _, _, operation in OPERATIONS]
    phones = set(re.findall(r'"phone": "([^"]+)"', json.dumps(answers)))
    assert phones
    for phone in phones:
        found = read_phones(phone, "MD").phone
        assert found is not None
        assert phone == found.international


def _validator(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]})


def _examples(node: object) -> list[tuple[dict[str, Any], Any]]:
    if isinstance(node, list):
        return [found for child in node for found in _examples(child)]
    if not isinstance(node, dict):
        return []
    found = [(node["schema"], node["example"])] if "example" in node and "schema" in node else []
    if isinstance(node.get("examples"), dict):
        found += [(node["schema"], each["value"]) for each in node["examples"].values()]
    return found + [pair for child in node.values() for pair in _examples(child)]


def test_every_example_is_what_its_schema_says() -> None:
    examples = _examples(DOCUMENT["paths"]) + _examples(DOCUMENT["components"])
    assert len(examples) > 15
    for schema, example in examples:
        assert [str(error) for error in _validator(schema).iter_errors(example)] == [], example


@pytest.mark.parametrize(
    ("operation", "valid"),
    [
        ({"op": "link", "id": 1, "externalId": "a"}, True),
        ({"op": "link", "externalId": "a"}, False),
        ({"op": "unlink", "id": 1}, True),
        ({"op": "unlink", "id": 1, "externalId": "a"}, False),
        ({"op": "update", "externalId": "a", "name": "Ana"}, True),
        ({"op": "validate", "externalId": "a", "settings": {"contact_viber": "yes"}}, False),
        ({"op": "erase", "id": 1}, False),
        ({"externalId": "a"}, False),
    ],
)
def test_operations_of_a_bulk_are_described_by_their_op(
    operation: dict[str, object], valid: bool
) -> None:
    bulk = _validator({"$ref": "#/components/schemas/BulkBody"})
    assert bulk.is_valid({"operations": [operation]}) is valid


def test_every_code_is_named_with_its_status(tenant: Tenant) -> None:
    refusals = json.dumps(DOCUMENT["components"]["responses"])
    missing = tenant.get("/users/999999999").json()
    assert f"`{missing['code']}`" in refusals


@pytest.mark.parametrize(
    ("path", "method", "operation"), OPERATIONS, ids=[o["operationId"] for _, _, o in OPERATIONS]
)
def test_a_status_is_described_where_it_can_happen(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    statuses = operation["responses"].keys()
    has_key, has_body = bool(operation["security"]), "requestBody" in operation
    assert {"200", "400", "500", "503"} <= statuses
    assert ("401" in statuses) == ("403" in statuses) == ("429" in statuses) == has_key
    assert ("413" in statuses) == ("415" in statuses) == ("408" in statuses) == has_body
    assert ("404" in statuses) == (
        path not in ("/users/bulk", "/users/match", "/agency", "/openapi.json", "/docs")
        and path not in ("/media/upload-from-url", "/media/bulk", "/media/upload")
        and path not in ("/reference/schema/base", "/reference/currencies")
        and path != "/listings/bulk"
        and operation["operationId"] not in ("listUsers", "listListings")
    )
    stores = method in ("put", "post") and path != "/users/match"
    assert ("422" in statuses) == stores


@pytest.mark.parametrize("accept", ["application/json", "application/problem+json"])
def test_refusals_have_the_described_form(tenant: Tenant, accept: str) -> None:
    refusal = tenant.get("/users/999999999", Accept=accept)
    content = DOCUMENT["components"]["responses"]["NotFound"]["content"]
    assert _validator(content[accept]["schema"]).is_valid(refusal.json())
    assert refusal.headers["content-type"] == accept


def test_a_failed_bulk_is_a_problem_too(tenant: Tenant) -> None:
    """Contract 3: `Accept: application/problem+json` gets the same content as RFC 9457."""
    accept = "application/problem+json"
    body = {"operations": [{"op": "unlink", "id": 999999999}]}
    refusal = tenant.http.post("/users/bulk", json=body, headers={"Accept": accept})
    assert refusal.status_code == 422
    assert refusal.headers["content-type"] == accept
    assert refusal.json()["status"] == 422
    assert refusal.json()["summary"] == {"total": 1, "succeeded": 0, "failed": 1}


def test_the_base_path_is_the_contracts() -> None:
    assert DOCUMENT["servers"] == [{"url": BASE}]


def test_an_integer_may_be_written_with_a_point(tenant: Tenant) -> None:
    """225.0 is an integer to JSON Schema, and what PHP may send for one."""
    user_id = tenant.create("pointed")
    raw = f'{{"id": {user_id}.0, "name": "Ana Ceban"}}'
    answer = tenant.http.put("/users", content=raw, headers={"Content-Type": "application/json"})
    assert answer.json()["updated"] is True, answer.text


@pytest.mark.parametrize("header", ["", ",", '"a'])
def test_if_match_must_name_an_etag(tenant: Tenant, header: str) -> None:
    answer = tenant.http.put("/users", json={"id": 1, "name": "Ana"}, headers={"If-Match": header})
    assert answer.status_code == 400
    assert answer.json()["details"][0]["parameter"] == "If-Match"


def test_a_bad_idempotency_key_is_refused_in_a_dry_run_as_well(tenant: Tenant) -> None:
    answer = tenant.http.put(
        "/users?dryRun=true", json={"id": 1}, headers={"Idempotency-Key": "k" * 256}
    )
    assert answer.status_code == 400
