"""Generated JSON: whatever is sent, the answer is ours and the account is whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.places import CONTROL, PROFILE, Path
from tests.service import Tenant

# A tenant serves all examples: what one of them stored must not trouble the next.
generated = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

TEXTS = st.text(st.characters(codec="utf-8"), max_size=40)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4)
)
NAMES = st.sampled_from(sorted({place[0] for place in [*PROFILE, *CONTROL]} | {"op"})) | TEXTS
BODIES = st.dictionaries(NAMES, VALUES, max_size=6)


@pytest.mark.slow
@generated
@given(body=BODIES)
def test_any_object_is_stored_or_refused(tenant: Tenant, body: dict[str, Any]) -> None:
    answer = tenant.http.put("/users?receipt=true", json=body)
    assert answer.status_code in (200, 400, 404, 409, 412), answer.text
    if answer.status_code != 200:
        error = answer.json()
        assert error["message"]
        assert error["code"]


@pytest.mark.slow
@generated
@given(operations=st.lists(VALUES | BODIES, min_size=1, max_size=8))
def test_any_bulk_has_one_result_for_each_operation(tenant: Tenant, operations: list[Any]) -> None:
    neighbour = {"op": "upsert", "externalId": "n", "name": "Ana Rusu", "phone": "+37369123456"}
    answer = tenant.bulk(*operations, neighbour)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [result["index"] for result in body["results"]] == list(range(len(operations) + 1))
    assert body["results"][-1]["success"]
    assert body["summary"]["total"] == len(operations) + 1


@pytest.mark.slow
@generated
@given(place=st.sampled_from(PROFILE), text=TEXTS)
def test_a_second_identical_put_is_unchanged(tenant: Tenant, place: Path, text: str) -> None:
    value: Any = text
    for step in reversed(place[1:]):
        value = {step: value}
    body = {"externalId": "u", "name": "Ana Rusu", "phone": "+37369123456", place[0]: value}
    if tenant.put(**body).status_code == 200:
        assert tenant.put(**body).json()["unchanged"]


@pytest.mark.parametrize("depth", [100, 300, 900, 960, 980, 990, 1000, 1100, 20_000])
@pytest.mark.parametrize("field", ["settings", "avatar", "description", "name", "extra", "op"])
def test_deep_nesting_is_an_answer_too(tenant: Tenant, field: str, depth: int) -> None:
    value = "[" * depth + "]" * depth
    member = f'{{"posting_type":{value}}}' if field == "settings" else value
    sound = f'"externalId":"deep","name":"Ana Rusu","phone":"+37369123456","{field}":{member}'
    headers = {"Content-Type": "application/json"}
    for method, path, body in (
        ("PUT", "/users", f"{{{sound}}}"),
        ("POST", "/users/bulk", f'{{"operations":[{{"op":"upsert",{sound}}}]}}'),
    ):
        answer = tenant.http.request(method, path, content=body, headers=headers)
        assert answer.status_code in (200, 400, 422), answer.text[:200]
