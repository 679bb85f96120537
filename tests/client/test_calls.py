"""What the client asks, and what it makes of the answers."""

from __future__ import annotations

import logging
import traceback

import httpx2
import pytest

from rentix.client import (
    ApiError,
    BadRequest,
    ConnectionFailed,
    Rentix,
    SetupError,
    UnreadableAnswer,
    upsert_user,
)
from rentix.client.calls import external_id_path
from tests.client.fake_portal import KEY, FakePortal, Fault, refused


def test_users_are_written_and_read_back(client: Rentix, portal: FakePortal) -> None:
    answer = client.users.put(external_id="A/1 ș", name="Ana", phone="069 123 456")
    assert answer.created is True
    assert client.users.get(external_id="A/1 ș").name == "Ana"
    assert portal.requests[-1] == ("GET", "/api/v1/users/external/A%2F1%20%C8%99")


@pytest.mark.slow
def test_users_are_paged_through_to_the_end(client: Rentix) -> None:
    for number in range(5):
        client.users.put(external_id=f"{number}", name="Ana", phone="069 123 456")
    assert [user.external_id for user in client.users.list()] == ["0", "1", "2", "3", "4"]


def test_a_bulk_in_which_everything_failed_has_results(client: Rentix) -> None:
    [result] = client.users.bulk([upsert_user(external_id="1")])
    assert not result.success
    with pytest.raises(BadRequest, match="phone is required"):
        result.raise_for_error()


def test_a_refusal_carries_the_words_of_the_api(client: Rentix, portal: FakePortal) -> None:
    portal.faults.append(refused(403, "Agency is suspended", "agency_suspended"))
    with pytest.raises(ApiError) as caught:
        client.agency.get()
    fault = caught.value
    assert (fault.status, fault.code, fault.request_id) == (403, "agency_suspended", "req-1")
    assert str(fault) == "403 Agency is suspended"


@pytest.mark.parametrize("body", [b"<html>hello</html>", b"", b"\xff", b"[]", b"[" * 100_000])
def test_a_200_that_is_not_the_api_s_is_unreadable(
    client: Rentix, portal: FakePortal, body: bytes
) -> None:
    portal.faults.append(Fault(200, body=body))
    with pytest.raises(UnreadableAnswer, match="is the address right"):
        client.agency.get()


def test_bytes_that_cannot_be_unpacked_are_unreadable(client: Rentix, portal: FakePortal) -> None:
    portal.faults.append(Fault(200, {"Content-Encoding": "gzip"}, b"no gzip"))
    with pytest.raises(UnreadableAnswer):
        client.agency.get()


def test_a_proxy_s_error_page_is_a_refusal_without_a_code(
    client: Rentix, portal: FakePortal
) -> None:
    portal.faults.append(Fault(404, body=b"<h1>nginx</h1>"))
    with pytest.raises(ApiError, match="404 Not Found, not in the API's form") as caught:
        client.agency.get()
    assert caught.value.code is None


def test_a_redirect_is_not_followed_with_the_key(client: Rentix, portal: FakePortal) -> None:
    portal.faults.append(Fault(301, {"Location": "https://elsewhere.example/"}))
    with pytest.raises(ApiError, match=r"redirected to https://elsewhere\.example/"):
        client.agency.get()


@pytest.mark.parametrize("external_id", ["..", ".", "a/b", "%2F", "?", "#", "ș", "a b"])
def test_any_external_id_makes_one_path_segment(external_id: str) -> None:
    url = httpx2.URL(f"http://h/api/v1{external_id_path(external_id)}")
    sent = url.raw_path.decode().removeprefix("/api/v1/users/external/")
    assert sent
    assert not set(sent) & set("./?# ")


@pytest.mark.parametrize(
    "url",
    ["", "localhost:8000", "ftp://h", "http://", "http://u:p@h", "http://h/?a=1", "http://h:port"],
)
def test_an_unusable_address_is_refused_beforehand(url: str) -> None:
    with pytest.raises(SetupError, match="address"):
        Rentix(KEY, url)


@pytest.mark.parametrize("url", ["http://h:8000", "http://h:8000/", "http://h:8000/api/v1/"])
def test_the_address_may_come_with_or_without_the_prefix(url: str) -> None:
    with Rentix(KEY, url) as client:
        assert client.base_url == "http://h:8000"


@pytest.mark.parametrize("key", ["", "  ", "rtx_secret\nX-Evil: 1", "rtx_secret ключ", "rtx_a b"])
def test_an_unusable_key_is_refused_without_being_repeated(key: str) -> None:
    with pytest.raises(SetupError) as caught:
        Rentix(key, "http://h")
    assert "secret" not in str(caught.value)


def test_the_key_is_in_no_repr_log_or_traceback(
    client: Rentix, portal: FakePortal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    portal.faults.extend([Fault(drop=True)] * 10)
    with pytest.raises(ConnectionFailed) as caught:
        client.agency.get()
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    told = "".join(shown.format()).replace(f"portal = {portal!r}", "")
    assert "connection" in told.lower() or "disconnected" in told.lower()
    assert "Authorization" not in told
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert KEY not in told + repr(caught.value) + repr(vars(client)) + caplog.text
