"""What every request goes through, before and after its handler.

In the order of contract 2: route, method, key, rights, rate, kind and size of the body, query. One
envelope for every refusal.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from rentix.api.auth import check_rights, read_credential
from rentix.api.body import check_kind, read_body
from rentix.api.call import Call, Reply
from rentix.api.exchange import Disconnected, Exchange
from rentix.api.parameters import read_query
from rentix.api.portal import Portal
from rentix.api.refusals import refuse, translate
from rentix.api.request_ids import new_request_id, request_id_line
from rentix.api.routes import PUBLIC, ROUTES, Route
from rentix.api.routing import Router
from rentix.api.visiting import excuse
from rentix.api.watching import Watcher
from rentix.errors import Code
from rentix.media.blobs import MAX_BLOB_BYTES
from rentix.operations import Caller

_RUN_MAX = 64
_BODIED = ("POST", "PUT", "PATCH")


class Gate:
    """The API: answers exchanges."""

    def __init__(self, portal: Portal, watcher: Watcher) -> None:
        self._portal = portal
        self._watcher = watcher
        self._router = Router((*ROUTES, *PUBLIC))

    async def __call__(self, exchange: Exchange) -> None:
        """Answer one request."""
        began = time.perf_counter()
        call = Call(
            portal=self._portal,
            method=exchange.method,
            path=exchange.path,
            raw_query=exchange.query,
            headers=exchange.headers,
            request_id=new_request_id(),
        )
        exchange.extra = request_id_line(call.request_id)
        route: Route | None = None
        try:
            route, call.names = self._router.find(call.method, exchange.plain_path)
            exchange.extra += route.extra
            if route.scope is not None:
                await self._identify(exchange, call, route)
            if route.visit:
                self._portal.visits.admit(exchange.client, self._portal.clock())
            if route.raw:
                exchange.body_max_bytes = MAX_BLOB_BYTES
                call.exchange = exchange
            elif call.method in _BODIED:
                check_kind(call.headers)
                call.body = await read_body(exchange, self._portal.body_timeout_s)
            if call.raw_query or route.required:
                call.query, call.strays = read_query(call.raw_query, route.query, route.required)
            reply = await route.handler(call)
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 - whatever happened, the client gets an answer
            problem = translate(error)
            if problem.code is Code.INTERNAL:
                self._watcher.crashed(call, error)
            reply = excuse(call, refuse(problem, call))
        status = reply.status
        if isinstance(reply.body, bytes):
            exchange.answer(reply)
        else:
            status = await self._stream(exchange, call, reply, reply.body)
        self._watcher.answered(call, route, status, time.perf_counter() - began)

    async def _stream(
        self, exchange: Exchange, call: Call, reply: Reply, pieces: AsyncIterator[bytes]
    ) -> int:
        try:
            await exchange.stream(reply, pieces)
        except Exception as error:  # noqa: BLE001 - a list that broke off
            self._watcher.crashed(call, error)
            exchange.break_off()
            return 500
        return reply.status

    async def _identify(self, exchange: Exchange, call: Call, route: Route) -> None:
        portal, now_ms = self._portal, self._portal.clock()
        credential = read_credential(exchange.headers, exchange.repeated)
        known = portal.keys.recall(credential, now_ms)
        if known is None:
            known = await portal.keys.identify(credential, exchange.client)
            now_ms = portal.clock()
        key, agency = known
        run = call.headers.get(b"x-run-id", b"").decode("latin-1")[:_RUN_MAX]
        call.caller = Caller(agency.id, key.id, run or None)
        call.agency = agency
        taken = None if route.bulk else portal.budgets.take_at_once(key.id, agency, now_ms)
        if taken is None:
            taken = await portal.budgets.take(key.id, agency, now_ms, bulk=route.bulk)
        if taken.shown:
            exchange.extra += taken.shown.header_lines
        check_rights(known, route.scope or "")  # after the count: contract 4 counts every valid key
        if taken.refusal:
            raise taken.refusal
