"""/livez and /readyz, for whoever restarts the service or sends it traffic."""

from __future__ import annotations

import asyncio

from rentix.api.call import Reply
from rentix.api.portal import Portal
from rentix.api.request_ids import new_request_id
from rentix.api.sending import Send, send_reply
from rentix.store import StoreError

_LIVE, _READY, _AWAY = b'{"status":"live"}', b'{"status":"ready"}', b'{"status":"away"}'


async def answer_health(path: str, portal: Portal, send: Send) -> None:
    """Live: the process answers. Ready: it can read its database and is not stopping."""
    extra = [(b"x-request-id", new_request_id().encode())]
    if path == "/livez":
        await send_reply(send, Reply(body=_LIVE), extra)
        return
    ready = not portal.stopping
    try:
        await asyncio.to_thread(portal.store.ping)
    except StoreError:
        ready = False
    reply = Reply(body=_READY) if ready else Reply(503, _AWAY, [(b"retry-after", b"1")])
    await send_reply(send, reply, extra)
