"""Bad input: never a 5xx, never a lost row, a clear error that names the field."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx2
import msgspec
import pytest

from tests.faults.corpus import BROKEN, ENDLESS, NASTY, VALID, json_files, strings
from tests.faults.places import CONTROL, PROFILE, Trial, check_refusal, flood, trials
from tests.service import Tenant

JSON = {"Content-Type": "application/json"}


def check_envelope(answer: httpx2.Response) -> dict[str, Any]:
    """Check that a refusal is one of ours, and return it."""
    assert 400 <= answer.status_code < 500, answer.text[:500]
    error: dict[str, Any] = answer.json()
    assert error["statusCode"] == answer.status_code
    assert error["message"]
    assert error["code"]
    assert error["requestId"] == answer.headers["X-Request-Id"]
    return error


def send_both(tenant: Tenant, body: bytes) -> list[dict[str, Any]]:
    """Send a body to PUT /users and to POST /users/bulk."""
    answers = [
        tenant.http.put("/users", content=body, headers=JSON),
        tenant.http.post("/users/bulk", content=body, headers=JSON),
    ]
    return [check_envelope(answer) for answer in answers]


@pytest.mark.slow
@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_json_is_told_so(tenant: Tenant, body: bytes) -> None:
    for error in send_both(tenant, body):
        assert error["code"] == "json_invalid"


@pytest.mark.parametrize("body", ENDLESS, ids=range(len(ENDLESS)))
def test_a_number_that_is_too_large_is_told_so(tenant: Tenant, body: bytes) -> None:
    for error in send_both(tenant, body):
        assert error["code"] == "out_of_range"
        assert error["message"] == "body must not have a number that is too large to be read"


@pytest.mark.slow
def test_the_json_test_suite_as_bodies(tenant: Tenant, test_data: Path) -> None:
    files = json_files(test_data)
    assert len(files) == 318
    for name, body in files.items():
        errors = send_both(tenant, body)
        is_broken = "valid JSON" in str([error["message"] for error in errors])
        if name[0] != "i":
            assert is_broken == (name[0] == "n"), name
        told = errors[0]["code"] in ("json_invalid", "out_of_range")  # or an object of other things
        if not is_broken and not told:
            assert re.search("externalId|id must be", str(errors[0]["message"])), name
            assert "operations" in str(errors[1]["message"]), name
    assert tenant.changes() == []


def check_values_in_fields(tenant: Tenant, values: Iterable[bytes]) -> None:
    """Send each JSON value in each field; accepted or refused by name, and the same again."""
    sent = trials([*PROFILE, *CONTROL], [msgspec.Raw(value) for value in values])
    flood(tenant, sent)
    check_outcomes(sent)
    check_a_second_time(tenant, sent)


def check_outcomes(sent: list[Trial]) -> None:
    for trial in sent:
        if not trial.result["success"]:
            check_refusal(trial)


def check_a_second_time(tenant: Tenant, sent: list[Trial]) -> None:
    """What was taken is unchanged, what was refused is refused again, nothing is written."""
    changes, first = len(tenant.changes()), [trial.result for trial in sent]
    flood(tenant, sent)
    for trial, before in zip(sent, first, strict=True):
        assert trial.result["success"] == before["success"], trial
        if trial.result["success"]:
            assert trial.result["unchanged"], trial
    assert len(tenant.changes()) == changes


def test_odd_json_values_in_every_field(tenant: Tenant) -> None:
    check_values_in_fields(tenant, VALID)


@pytest.mark.slow
def test_the_json_test_suite_in_every_field(
    new_tenant: Callable[..., Tenant], test_data: Path
) -> None:
    bodies = [body for name, body in json_files(test_data).items() if name[0] == "y"]
    assert len(bodies) == 95
    check_values_in_fields(new_tenant(), bodies)


def check_texts_in_fields(tenant: Tenant, texts: list[str]) -> None:
    """Send each text in each field; what the answer reports is what is stored."""
    seen = trials(PROFILE, texts)
    steering = trials(CONTROL, texts)
    flood(tenant, seen + steering)
    check_outcomes(seen + steering)
    check_stored(tenant, seen, [trial for trial in steering if trial.place == ("externalId",)])
    check_a_second_time(tenant, seen + steering)


def check_stored(tenant: Tenant, seen: list[Trial], named: list[Trial]) -> None:
    """Read every agent back: each field is as the receipt said, each external id as sent."""
    profiles = {p["id"]: p for p in tenant.get("/users?locale=ro").json()["items"]}
    for trial in seen:
        if trial.result["success"]:
            assert read_back(tenant, profiles, trial) == trial.reported, trial
    for trial in named:
        if trial.result["success"]:
            assert profiles[trial.result["id"]]["externalId"] == trial.value


def read_back(tenant: Tenant, profiles: dict[int, Any], trial: Trial) -> object:
    user_id = trial.result["id"]
    if trial.place == ("avatar", "url"):  # not public before it is imported
        user = tenant.service.store.find_users([(tenant.agency_id, user_id)])[0]
        assert user is not None
        assert user.avatar_import is not None
        return user.avatar_import.url
    if trial.place == ("phone",) and trial.value == trial.reported:
        return profiles[user_id]["phone"].replace(" ", "")
    return profiles[user_id][trial.place[0]]


@pytest.mark.slow
def test_nasty_texts_in_every_field(tenant: Tenant) -> None:
    check_texts_in_fields(tenant, list(NASTY))


@pytest.mark.slow
def test_naughty_strings_and_urls_in_every_field(tenant: Tenant, test_data: Path) -> None:
    texts = strings(test_data)
    assert len(texts) > 1200
    check_texts_in_fields(tenant, texts)


PARAMETERS = ("locale", "limit", "cursor", "linked", "status", "updatedSince", "phone")


def check_query(tenant: Tenant, text: str) -> None:
    """Every parameter takes the text or names itself; search runs with whatever it holds."""
    path = "/users?" + "&".join(f"{name}={quote(text, safe='')}" for name in PARAMETERS)
    answer = tenant.get(path)
    assert answer.status_code == 400, (text, answer.text)
    named = {detail["parameter"] for detail in check_envelope(answer)["details"]}
    assert "status" in named
    searched = tenant.get(f"/users?limit=1&search={quote(text, safe='')}")
    if searched.status_code != 200:
        [detail] = check_envelope(searched)["details"]
        assert detail["parameter"] == "search"


def check_path(tenant: Tenant, text: str) -> None:
    """An external id is found again by its path, whatever it holds; else the error names it."""
    path = f"/users/external/{quote(text, safe='')}"
    created = tenant.put(externalId=text, name="Ana Rusu", phone="+37369123456")
    found = tenant.get(path.replace(".", "%2E"))
    if created.status_code == 200:
        assert found.status_code == 200, (text, found.text)
        assert found.json()["externalId"] == text
    elif text:
        assert "externalId" in str(check_envelope(found)["message"]), text


def check_headers(tenant: Tenant, text: str) -> None:
    """A header is taken, or the refusal names it."""
    value = text.encode().translate(None, b"\0\r\n").strip()
    for name in ("Idempotency-Key", "If-Match"):
        status, error = send_headers(tenant, "PUT", {name: value})
        if status not in (200, 412):
            assert status == 400, (text, error)
            assert error["code"] == "http_invalid" or name in str(error["message"]), (text, error)
    read = ("If-None-Match", "Accept-Language", "X-Run-Id", "Accept")
    status, error = send_headers(tenant, "GET", dict.fromkeys(read, value))
    assert status in (200, 304, 400), (text, error)


def send_headers(tenant: Tenant, method: str, sent: dict[str, bytes]) -> tuple[int, Any]:
    """Send headers of whatever bytes, which the usual client would not, and give the answer."""
    url = urlsplit(tenant.service.url)
    body = json.dumps({"externalId": "h", "name": "Ana Rusu", "phone": "+37369123456"})
    with closing(HTTPConnection(url.hostname or "", url.port, timeout=10)) as connection:
        headers: dict[str, Any] = {"X-API-Key": tenant.key, **JSON, **sent}
        path = "/api/v1/users" + ("?limit=1" if method == "GET" else "")
        connection.request(method, path, body if method == "PUT" else None, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"{}")


def check_request_parts(tenant: Tenant, texts: Iterable[str]) -> None:
    for text in texts:
        check_query(tenant, text)
        check_path(tenant, text)
        check_headers(tenant, text)


@pytest.mark.slow
def test_nasty_texts_in_query_path_and_headers(tenant: Tenant) -> None:
    check_request_parts(tenant, NASTY)


@pytest.mark.slow
def test_naughty_strings_in_query_path_and_headers(tenant: Tenant, test_data: Path) -> None:
    check_request_parts(tenant, strings(test_data))
