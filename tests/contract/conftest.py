"""The clock at the start of a minute, and clients that come from addresses of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2
import pytest

from tests.service import Clock, Service


@pytest.fixture
def clock(service: Service) -> Iterator[Clock]:
    """Turn the service's clock to a minute's first second, so that no test crosses its end."""
    clock = service.clock
    clock.ahead_ms += 60_000 - clock() % 60_000
    yield clock
    clock.ahead_ms = 0


@pytest.fixture
def visit(service: Service) -> Iterator[Callable[..., httpx2.Response]]:
    """Send a request without a key: `visit("GET", "/agency", {"X-API-Key": "wrong"})`."""
    with httpx2.Client(base_url=f"{service.url}/api/v1") as client:

        def send(
            method: str, path: str, headers: dict[str, str] | None = None, body: object = None
        ) -> httpx2.Response:
            return client.request(method, path, headers=headers, json=body)

        yield send
