"""What may stand between a CRM and a portal: another service, a slow line, another time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.service import Tenant

ANSWER_TIMEOUT_S = 30


@contextmanager
def other_service(status: int, **headers: str) -> Iterator[str]:
    """Serve what is no portal."""

    class Handler(_Silent):
        def do_GET(self) -> None:
            self.answer(status, {"Content-Length": "0"} | headers, b"")

    with _serving(Handler) as url:
        yield url


@contextmanager
def serving_file(body: bytes) -> Iterator[str]:
    """Serve one file at every address."""

    class Handler(_Silent):
        def do_GET(self) -> None:
            said = {"Content-Length": str(len(body)), "Content-Type": "text/csv"}
            self.answer(200, said, body)

    with _serving(Handler) as url:
        yield url


class Line:
    """A line to the portal, which answers whatever key it is asked with.

    From the bulk that `hold` names, answers are kept until `freed` is set; `held` says that one is.
    """

    def __init__(self, tenant: Tenant, date: str | None = None) -> None:
        self.tenant = tenant
        self.date = date
        self.url = ""
        self.hold_from = 0
        self.bulks = 0
        self.held = threading.Event()
        self.freed = threading.Event()

    def hold(self, number: int) -> None:
        """Keep the answer to this bulk, counted from 1, and to those after it."""
        self.hold_from = number

    def pass_on(self, handler: _Silent) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        names = ("Content-Type", "Idempotency-Key", "X-Run-Id")
        headers = {name: handler.headers[name] for name in names if name in handler.headers}
        url = f"{self.tenant.service.url}{handler.path}"
        answer = self.tenant.http.request(handler.command, url, content=body, headers=headers)
        if handler.path.endswith("/bulk"):
            self.bulks += 1
            if self.hold_from and self.bulks >= self.hold_from and not self.freed.is_set():
                self.held.set()
                assert self.freed.wait(ANSWER_TIMEOUT_S)
        said = {"Content-Length": str(len(answer.content))}
        said["Date"] = self.date or answer.headers["Date"]
        handler.answer(answer.status_code, said, answer.content)


@contextmanager
def line_to(tenant: Tenant, date: str | None = None) -> Iterator[Line]:
    """Pass requests on to the service, and its answers back, with another time if one is given."""
    line = Line(tenant, date)

    class Handler(_Silent):
        def do_GET(self) -> None:
            line.pass_on(self)

        def do_PUT(self) -> None:
            line.pass_on(self)

        def do_POST(self) -> None:
            line.pass_on(self)

    with _serving(Handler) as line.url:
        try:
            yield line
        finally:
            line.freed.set()


class _Silent(BaseHTTPRequestHandler):
    def answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(BrokenPipeError):  # who asked may have been killed meanwhile
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _serving(handler: Callable[..., _Silent]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
