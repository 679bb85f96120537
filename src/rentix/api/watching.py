"""Logs and metrics. Names, phones, keys and external ids never get here: only what is listed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from rentix.api.call import Call
from rentix.api.portal import Portal
from rentix.api.routes import Route
from rentix.api.tallies import Tally
from rentix.logs import Answered, log_answered
from rentix.store import StoreError

_log = structlog.get_logger("rentix")


class Watcher(Collector):
    """Counts and logs what the gate answers. `registry` is what /metrics shows."""

    def __init__(self, portal: Portal) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self._portal = portal
        self._tallies: dict[str, Tally] = {}

    def answered(self, call: Call, route: Route | None, status: int, seconds: float) -> None:
        """Note an answer, by its route and never by its path, which may hold an external id."""
        name = route.name if route else "none"
        tally = self._tallies.get(name)
        if tally is None:
            tally = self._tallies[name] = Tally()
        tally.count(status, seconds)
        caller = call.caller
        line = Answered(
            name,
            status,
            round(seconds * 1000, 2),
            call.request_id,
            caller.agency_id if caller else None,
            caller.key_id if caller else None,
            datetime.now(UTC),
        )
        log_answered(line)

    def crashed(self, call: Call | None, error: Exception) -> None:
        """Note a defect: where it happened, not its message, which may quote what was sent."""
        frames = []
        trace = error.__traceback__
        while trace:
            frames.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
            trace = trace.tb_next
        request_id = call.request_id if call else None
        _log.error("crashed", request_id=request_id, kind=type(error).__name__, at=frames[-8:])

    def collect(self) -> Iterator[Metric]:
        """All metrics as they are now; called when /metrics is asked for, in a thread."""
        requests = CounterMetricFamily(
            "rentix_requests", "Requests answered.", labels=["route", "status"]
        )
        seconds = HistogramMetricFamily(
            "rentix_request_seconds", "Time to answer.", labels=["route"]
        )
        for name, tally in list(self._tallies.items()):
            for status, count in list(tally.statuses.items()):
                requests.add_metric([name, str(status)], count)
            seconds.add_metric([name], tally.buckets, tally.total_s)
        yield requests
        yield seconds
        yield from self._imports()
        backlog = self._portal.writer.backlog
        yield GaugeMetricFamily(
            "rentix_write_backlog", "Operations waiting to be written.", backlog
        )

    def _imports(self) -> Iterator[Metric]:
        if self._portal.imports:
            yield GaugeMetricFamily(
                "rentix_imports_working",
                "1 while pictures are taken from the queue here, 0 while something is away.",
                int(self._portal.imports.is_working),
            )
        counts = GaugeMetricFamily(
            "rentix_imports", "Pictures that wait, by status.", labels=["status"]
        )
        with suppress(StoreError):  # away: the other metrics are worth having all the same
            for status, count in self._portal.store.queue.waiting().items():
                counts.add_metric([status], count)
        yield counts
