"""/livez and /readyz, for whoever restarts the service or sends it traffic."""

from __future__ import annotations

import asyncio

from rentix.api.call import Reply
from rentix.api.exchange import Exchange
from rentix.api.portal import Portal
from rentix.api.request_ids import new_request_id, request_id_line
from rentix.store import StoreError

_LIVE, _READY, _AWAY = b'{"status":"live"}', b'{"status":"ready"}', b'{"status":"away"}'
_LIVE_PATH, _READY_PATH = HEALTH_PATHS = ("/livez", "/readyz")


async def answer_health(exchange: Exchange, portal: Portal) -> None:
    """Live: the process answers. Ready: it can read its database and is not stopping."""
    exchange.extra = request_id_line(new_request_id())
    if exchange.plain_path == _LIVE_PATH:
        exchange.answer(Reply(body=_LIVE))
        return
    ready = not portal.stopping
    try:
        await asyncio.to_thread(portal.store.ping)
    except StoreError:
        ready = False
    exchange.answer(Reply(body=_READY) if ready else Reply(503, _AWAY, [(b"retry-after", b"1")]))
