"""The whole service as one ASGI application."""

from __future__ import annotations

from rentix.api.body import Receive
from rentix.api.gate import Gate, Scope
from rentix.api.health import answer_health
from rentix.api.portal import Portal
from rentix.api.sending import Send
from rentix.api.watching import Watcher


class App:
    """Health, the API, and the start and end of its writer."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.watcher = Watcher(portal)
        self._gate = Gate(portal, self.watcher)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request, or the lifespan of the process (ASGI 3)."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            if scope["path"] in ("/livez", "/readyz"):
                await answer_health(scope["path"], self.portal, send)
            else:
                await self._gate(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self.portal.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.portal.stop()
        await send({"type": "lifespan.shutdown.complete"})
