"""What every request goes through, before and after its handler.

In the order of contract 2: route, method, key, rights, rate, kind and size of the body, query. One
envelope for every refusal.
"""

from __future__ import annotations

import re
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.routing import compile_path

from rentix.api.auth import check_rights, read_credential
from rentix.api.body import Disconnected, Receive, check_kind, read_body
from rentix.api.call import Call, Headers
from rentix.api.parameters import read_query
from rentix.api.portal import Portal
from rentix.api.refusals import refuse, translate
from rentix.api.request_ids import new_request_id
from rentix.api.routes import BASE, ROUTES, Route
from rentix.api.sending import Send, send_reply
from rentix.api.watching import Watcher
from rentix.errors import Code, Problem
from rentix.operations import Caller

Scope = MutableMapping[str, Any]

_RUN_MAX = 64
_BODIED = ("POST", "PUT", "PATCH")
_SHOWN_PATH = 200


def _whole(pattern: re.Pattern[str]) -> re.Pattern[str]:
    # An external id may hold line ends, which a dot leaves out and a dollar sign looks past.
    return re.compile(pattern.pattern, re.DOTALL)


class Gate:
    """The API as an ASGI application."""

    def __init__(self, portal: Portal, watcher: Watcher) -> None:
        self._portal = portal
        self._watcher = watcher
        paths = dict.fromkeys(route.path for route in ROUTES)
        self._resources = [
            (_whole(compile_path(BASE + path)[0]), {r.method: r for r in ROUTES if r.path == path})
            for path in paths
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        began = time.perf_counter()
        call = self._open(scope)
        route: Route | None = None
        extra: Headers = []
        try:
            route = self._find(scope, call)
            await self._admit(scope, call, route, receive, extra)
            reply = await route.handler(call)
        except Disconnected:
            return
        except Exception as error:  # noqa: BLE001 - whatever happened, the client gets an answer
            problem = translate(error)
            if problem.code is Code.INTERNAL:
                self._watcher.crashed(call, error)
            reply = refuse(problem, call)
        extra.append((b"x-request-id", call.request_id.encode()))
        status = reply.status
        try:
            await send_reply(send, reply, extra, head=call.method == "HEAD")
        except Exception as error:
            status = 500
            self._watcher.crashed(call, error)
            raise  # a list that broke off must not end as if it were whole
        finally:
            self._watcher.answered(call, route, status, time.perf_counter() - began)

    def _open(self, scope: Scope) -> Call:
        return Call(
            portal=self._portal,
            method=scope["method"],
            path=scope["raw_path"].split(b"?")[0],
            raw_query=scope["query_string"],
            headers=_join(scope["headers"]),
            request_id=new_request_id(),
        )

    def _find(self, scope: Scope, call: Call) -> Route:
        for pattern, methods in self._resources:
            match = pattern.fullmatch(scope["path"])
            if match and "" not in match.groupdict().values():
                call.names = match.groupdict()
                route = methods.get("GET" if call.method == "HEAD" else call.method)
                if route is None:
                    allowed = ", ".join([*methods, *(["HEAD"] if "GET" in methods else [])])
                    message = f"Cannot {call.method} {scope['path'][:_SHOWN_PATH]}; use {allowed}"
                    raise Problem(Code.METHOD_NOT_ALLOWED, message, allowed=allowed)
                return route
        message = f"Cannot {call.method} {scope['path'][:_SHOWN_PATH]}"
        raise Problem(Code.ROUTE_UNKNOWN, message)

    async def _admit(
        self, scope: Scope, call: Call, route: Route, receive: Receive, extra: Headers
    ) -> None:
        if route.scope is not None:
            await self._identify(scope, call, route, extra)
        if call.method in _BODIED:
            check_kind(call.headers)
            call.body = await read_body(call.headers, receive, self._portal.body_timeout_s)
        call.query, call.strays = read_query(call.raw_query, route.query, route.required)

    async def _identify(self, scope: Scope, call: Call, route: Route, extra: Headers) -> None:
        portal = self._portal
        address = scope["client"][0] if scope.get("client") else ""
        known = await portal.keys.identify(read_credential(scope["headers"]), address)
        key, agency = known
        run = call.headers.get(b"x-run-id", b"").decode("latin-1")[:_RUN_MAX]
        call.caller = Caller(agency.id, key.id, run or None)
        call.agency = agency
        taken = await portal.budgets.take(key.id, agency, portal.clock(), bulk=route.bulk)
        if taken.shown:
            extra += taken.shown.headers
        check_rights(known, route.scope or "")  # after the count: contract 4 counts every valid key
        if taken.refusal:
            raise taken.refusal


def _join(pairs: Headers) -> dict[bytes, bytes]:
    headers = dict(pairs)
    if len(headers) < len(pairs):  # lines of one name are one list (RFC 9110, 5.3)
        headers = {n: b", ".join(v for m, v in pairs if m == n) for n in headers}
    return headers
