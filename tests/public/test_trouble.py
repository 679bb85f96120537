"""What somebody with a browser sees of a page that cannot be shown."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from rentix.store import Unavailable
from tests.public.shown import Shown
from tests.service import Service

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}
PATHS = ("/announcement/42", "/agents/7")


@pytest.fixture
def broken(served: tuple[Service, Shown], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make the store fail: `broken(Unavailable())`."""

    def make(error: Exception) -> None:
        def fail(*_: Any) -> None:
            raise error

        for name in ("public_listing_state", "public_agent"):
            monkeypatch.setattr(served[0].app_store, name, fail)

    return make


def read_page(answer: httpx2.Response, heading: str) -> None:
    """Check that it is a whole page that nobody keeps."""
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "etag" not in answer.headers
    assert f'<h1 id="said">{heading}</h1>' in answer.text
    assert '<html lang="en">' in answer.text


@pytest.mark.parametrize("path", PATHS)
def test_nothing_can_be_sent_to_a_page(path: str, visitor: httpx2.Client) -> None:
    answer = visitor.post(path, headers=BROWSER)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    read_page(answer, "This is only for reading")


@pytest.mark.parametrize("path", ["/announcement/42/", "/announcement/", "/agents/7/listings"])
def test_an_address_near_a_page_is_not_found(path: str, visitor: httpx2.Client) -> None:
    answer = visitor.get(path, headers=BROWSER)
    assert answer.status_code == 404
    read_page(answer, "Page not found")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("error", "code", "heading"),
    [
        (Unavailable(), 503, "Back in a moment"),
        (ValueError("secret"), 500, "Something went wrong"),
    ],
)
def test_a_page_that_fails_says_so(
    path: str, error: Exception, code: int, heading: str, visitor: httpx2.Client, broken: Any
) -> None:
    broken(error)
    answer = visitor.get(path, headers=BROWSER)
    assert answer.status_code == code
    assert ("retry-after" in answer.headers) == (code == 503)
    assert "secret" not in answer.text
    read_page(answer, heading)


def test_a_program_gets_the_envelope(visitor: httpx2.Client, broken: Any) -> None:
    broken(Unavailable())
    for path, accept in (("/announcement/42", "application/json"), ("/api/v1/users", "text/html")):
        answer = visitor.get(path, headers={"Accept": accept})
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["statusCode"] == answer.status_code
