"""A portal with just enough sense to be synced into, and faults on order.

The real service can't be told to lose a connection; everything but faults is tested against it.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

KEY = "rtx_test_1_FakePortalKeyForTestsOnly00000000_00000000"

Json = dict[str, Any]


@dataclass
class Fault:
    """What the next request meets instead of an answer, or (`after`) instead of *its* answer."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    drop: bool = False
    after: bool = False


def refused(status: int, message: str, code: str, **headers: str) -> Fault:
    """Return a refusal in the API's form."""
    body = {"statusCode": status, "message": message, "error": "x", "code": code}
    body |= {"requestId": "req-1", "details": []}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(status, names, json.dumps(body).encode())


@dataclass
class FakePortal:
    """Users by external id, what was asked, and the faults to come (None: a sound answer)."""

    url: str = ""
    users: dict[str, Json] = field(default_factory=dict)
    faults: deque[Fault | None] = field(default_factory=deque)
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    bulk_sizes: list[int] = field(default_factory=list)
    remembered: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    max_bytes: int = 512 * 1024

    def answer(self, method: str, path: str, body: bytes, key: str | None) -> tuple[int, bytes]:
        """Return status and body; a request repeated under its key has no second effect."""
        if key in self.remembered:
            return self.remembered[key]
        if len(body) > self.max_bytes:
            fault = refused(413, "request entity too large", "body_too_large")
            return 413, fault.body
        status, said = self._route(method, path, json.loads(body or b"null"))
        result = status, json.dumps(said).encode()
        if key and status == 200:
            self.remembered[key] = result
        return result

    def _route(self, method: str, path: str, body: Any) -> tuple[int, Json]:
        path = path.removeprefix("/api/v1")
        if (method, path) == ("POST", "/users/bulk"):
            return self._bulk(body["operations"])
        if (method, path) == ("PUT", "/users"):
            return 200, self._put(body)
        if path.startswith("/users/external/"):
            return 200, self.users[unquote(path.removeprefix("/users/external/"))]
        if path.partition("?")[0] == "/users":
            after = int(path.partition("cursor=")[2] or 0)
            cursor = after + 2 if after + 2 < len(self.users) else None
            page = list(self.users.values())[after : after + 2]
            return 200, {"items": page, "nextCursor": None if cursor is None else str(cursor)}
        raise AssertionError((method, path))

    def _bulk(self, operations: list[Json]) -> tuple[int, Json]:
        self.bulk_sizes.append(len(operations))
        results = [{"index": i, **self._put(op)} for i, op in enumerate(operations)]
        succeeded = sum(bool(result["success"]) for result in results)
        counts = {"total": len(results), "succeeded": succeeded}
        summary = counts | {"failed": len(results) - succeeded}
        return 200 if succeeded else 422, {"results": results, "summary": summary}

    def _put(self, fields: Json) -> Json:
        external_id = fields["externalId"]
        fields = {name: value for name, value in fields.items() if name != "op"}
        entry = {"op": "upsert", "success": True, "id": 1, "externalId": external_id, "etag": "1"}
        if "phone" not in fields:
            error = {"statusCode": 400, "code": "required", "message": "phone is required"}
            return {"op": "upsert", "success": False, "error": error}
        old = self.users.get(external_id)
        if old is not None and old.items() >= fields.items():
            return entry | {"updated": False, "unchanged": True}
        self.users[external_id] = profile(len(self.users) + 1) | (old or {}) | fields
        if fields["phone"].startswith("022"):
            note = {"field": "settings", "code": "fixed_line", "message": "a fixed line"}
            entry["warnings"] = [note]
        return entry | ({"updated": True} if old else {"created": True})


def profile(user_id: int) -> Json:
    """Return an empty profile."""
    empty = dict.fromkeys(("description", "avatar", "instagram", "youtube", "tiktok"))
    channels = ("phone", "whatsapp", "viber", "telegram")
    times = dict.fromkeys(("createdAt", "updatedAt", "lastSyncedAt"), "2026-01-01T00:00:00.000Z")
    settings = {f"contact_{channel}": True for channel in channels}
    return {"id": user_id, **empty, "settings": settings, "status": "active", "etag": "1", **times}


@contextmanager
def serve(portal: FakePortal) -> Iterator[FakePortal]:
    """Run a portal on a free port of the loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            key = self.headers.get("Idempotency-Key")
            portal.requests.append((self.command, self.path))
            portal.keys.append(key)
            fault = portal.faults.popleft() if portal.faults else None
            if fault is None:
                status, said = portal.answer(self.command, self.path, body, key)
                self._write(Fault(status, portal.headers, said))
                return
            if fault.after:
                portal.answer(self.command, self.path, body, key)
            if fault.drop:
                self.close_connection = True
            else:
                self._write(fault)

        def _write(self, answer: Fault) -> None:
            self.send_response_only(answer.status)
            length = {"Content-Length": str(len(answer.body))}
            for name, value in {**answer.headers, **length}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_PUT = do_POST = handle_one  # noqa: N815 - names that http.server looks up

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        portal.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield portal
        finally:
            server.shutdown()
