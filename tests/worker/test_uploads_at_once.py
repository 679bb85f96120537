"""Uploads at the same time, and from a page of another origin (contract 7)."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.worker.studio import Studio, jpeg
from tests.worker.test_media import begin, send


@contextmanager
def stalled(upload: dict[str, Any]) -> Iterator[socket.socket]:
    """Begin to upload and go no further; when the block runs the body is being waited for."""
    url = urlsplit(upload["uploadUrl"])
    head = (
        f"PUT {url.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
    )
    with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        yield connection


def told(answer: httpx2.Response, status: int, code: str) -> str:
    """Check what a refusal says, and return its sentence."""
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert int(answer.headers["Retry-After"]) > 0
    return str(answer.json()["message"])


@pytest.mark.slow
def test_a_media_is_uploaded_by_one_at_a_time(studio: Studio) -> None:
    upload = begin(studio, externalId="p")
    other_address = begin(studio, externalId="p")
    with stalled(upload):
        for again in (upload, other_address):
            assert "break it off" in told(send(again, jpeg()), 409, "upload_under_way")
        assert send(begin(studio), jpeg()).status_code == 200


def test_who_broke_off_may_send_again(studio: Studio) -> None:
    upload = begin(studio)
    with stalled(upload) as connection:
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1000) == b""
    assert send(upload, jpeg()).status_code == 200


def test_an_agency_does_not_keep_others_from_uploading(studio: Studio) -> None:
    with ExitStack() as stalls:
        for _ in range(3):
            stalls.enter_context(stalled(begin(studio)))
        assert "at most 3" in told(send(begin(studio), jpeg()), 429, "rate_limited")
        mine, studio.tenant = studio.tenant, studio.service.new_tenant()
        assert send(begin(studio), jpeg()).status_code == 200
        studio.tenant.close()
        studio.tenant = mine


@pytest.mark.slow
def test_a_body_that_does_not_come_gives_its_slot_back(studio: Studio) -> None:
    upload = begin(studio)
    with stalled(upload) as connection:
        assert connection.recv(1000).startswith(b"HTTP/1.1 408 ")
    assert send(upload, jpeg()).status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize("status", [200, 410])
def test_a_page_of_another_origin_may_upload(studio: Studio, status: int) -> None:
    upload = begin(studio)
    asked = {
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type",
    }
    origin = {"Origin": "https://crm.example"}
    preflight = httpx2.options(upload["uploadUrl"], headers=origin | asked)
    assert preflight.status_code == 200
    assert preflight.headers["Access-Control-Allow-Methods"] == "PUT"
    assert preflight.headers["Access-Control-Allow-Headers"] == "Content-Type"
    if status == 410:
        studio.tenant.http.delete(f"/media/{upload['mediaId']}")
    answer = send(upload, jpeg(), **origin, **{"Content-Type": "image/jpeg"})
    assert answer.status_code == status
    for seen in (preflight, answer):
        assert seen.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in seen.headers


def test_the_api_itself_is_closed_to_other_origins(studio: Studio) -> None:
    answer = httpx2.options(f"{studio.service.url}/api/v1/media/upload")
    assert answer.status_code == 405
    assert "Access-Control-Allow-Origin" not in answer.headers
