"""Contract 7, as far as avatars need it: GET /job/status."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.contract.wire import PERSON, refused
from tests.service import Tenant

PICTURE = "https://crm.example/photos/{}.jpg"


def queue(tenant: Tenant, name: str) -> int:
    """Ask for an avatar and return its job."""
    body = tenant.put(externalId=name, avatar={"url": PICTURE.format(name)}, **PERSON).json()
    assert isinstance(body["jobId"], int)
    return int(body["jobId"])


def status(tenant: Tenant, job_id: int) -> Any:
    answer = tenant.get(f"/job/status?id={job_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_pending_import(tenant: Tenant) -> None:
    """Contract 7: `{id, type, status, queuePosition, createdAt, …}` [P]."""
    job_id = queue(tenant, "a")
    body = status(tenant, job_id)
    assert body.keys() == {"id", "type", "status", "queuePosition", "createdAt"}
    assert (body["id"], body["status"], body["queuePosition"]) == (job_id, "pending", 1)
    assert isinstance(body["type"], str)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["createdAt"])


def test_the_queue_is_the_agency_s_own(tenant: Tenant) -> None:
    """Contract 7: `queuePosition`."""
    jobs = [queue(tenant, name) for name in ("a", "b", "c")]
    assert [status(tenant, job)["queuePosition"] for job in jobs] == [1, 2, 3]


def test_an_import_that_another_replaced(tenant: Tenant) -> None:
    """Contract 7: `failed` with `publicErrorMessage`; one that failed waits for nothing."""
    old = queue(tenant, "a")
    new = tenant.put(externalId="a", avatar={"url": PICTURE.format("new")}).json()["jobId"]
    body = status(tenant, old)
    assert (body["status"], body["queuePosition"]) == ("failed", None)
    assert body["publicErrorMessage"]
    assert status(tenant, new)["queuePosition"] == 1


def test_a_dry_run_queues_nothing(tenant: Tenant) -> None:
    """Contract 5: a dry run stores nothing, "no `jobId`"."""
    body = tenant.put("?dryRun=true", externalId="a", avatar={"url": PICTURE}, **PERSON).json()
    assert "jobId" not in body
    assert status(tenant, queue(tenant, "b"))["queuePosition"] == 1


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "id is required"),
        ("?id=", "id must be an integer number"),
        ("?id=x", "id must be an integer number"),
        ("?id=-1", "id must be an integer number"),
        ("?id=0", f"id must be between 1 and {2**63 - 1}"),
        ("?id=1&id=2", "id must be given once"),
    ],
)
def test_bad_ids(tenant: Tenant, query: str, message: str) -> None:
    """Contract 3: 400: "bad parameters"."""
    refused(tenant.get(f"/job/status{query}"), 400, [message])


def test_an_unknown_job(tenant: Tenant) -> None:
    """Contract 3: 404: "unknown resource"."""
    answer = tenant.get("/job/status?id=999999999")
    refused(answer, 404, "Job with id 999999999 not found", "job_unknown")
