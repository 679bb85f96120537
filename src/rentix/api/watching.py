"""Logs and metrics. Names, phones, keys and external ids never get here: only what is listed."""

from __future__ import annotations

from functools import cache

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from rentix.api.call import Call
from rentix.api.portal import Portal
from rentix.api.routes import Route

_log = structlog.get_logger("rentix")


class Watcher:
    """Counts and logs what the gate answers. `registry` is what /metrics shows."""

    def __init__(self, portal: Portal) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "rentix_requests", "Requests answered.", ["route", "status"], registry=self.registry
        )
        self._seconds = Histogram(
            "rentix_request_seconds", "Time to answer.", ["route"], registry=self.registry
        )
        # Looking a labelled counter up costs more than counting.
        self._count = cache(lambda name, status: self._requests.labels(name, str(status)))
        self._time = cache(self._seconds.labels)
        backlog = Gauge(
            "rentix_write_backlog", "Operations waiting to be written.", registry=self.registry
        )
        backlog.set_function(lambda: portal.writer.backlog)

    def answered(self, call: Call, route: Route | None, status: int, seconds: float) -> None:
        """Note an answer, by its route and never by its path, which may hold an external id."""
        name = f"{route.method} {route.path}" if route else "none"
        self._count(name, status).inc()
        self._time(name).observe(seconds)
        _log.info(
            "answered",
            route=name,
            status=status,
            ms=round(seconds * 1000, 2),
            request_id=call.request_id,
            agency_id=call.caller.agency_id if call.caller else None,
            key_id=call.caller.key_id if call.caller else None,
        )

    def crashed(self, call: Call, error: Exception) -> None:
        """Note a defect: where it happened, not its message, which may quote what was sent."""
        frames = []
        trace = error.__traceback__
        while trace:
            frames.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
            trace = trace.tb_next
        _log.error("crashed", request_id=call.request_id, kind=type(error).__name__, at=frames[-8:])
