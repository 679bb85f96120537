"""The whole service, as the server sees it."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

from rentix.api.exchange import Exchange
from rentix.api.gate import Gate
from rentix.api.health import HEALTH_PATHS, answer_health
from rentix.api.portal import Portal
from rentix.api.watching import Watcher


class App:
    """Answers exchanges: health, and the API. The server starts and stops its portal."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.watcher = Watcher(portal)
        self._gate = Gate(portal, self.watcher)

    def __call__(self, exchange: Exchange) -> Coroutine[Any, Any, None]:
        """Answer a request."""
        if exchange.plain_path in HEALTH_PATHS:
            return answer_health(exchange, self.portal)
        return self._gate(exchange)
