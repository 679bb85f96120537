"""What is not the picture's doing is not held against it: it waits, however long that lasts."""

from __future__ import annotations

import json
import threading

import pytest
from structlog.testing import capture_logs

from rentix.logs import LOGGED
from rentix.media.blobs import BlobsAway, BlobsRefused
from rentix.media.decode import DecoderCrashed, DecoderUnavailable
from rentix.worker.pauses import Pause
from tests.worker.studio import BUSY, Studio, jpeg, until

HOUR_MS = 3600 * 1000


@pytest.mark.slow
@pytest.mark.parametrize("fault", [BlobsAway("it is full"), BlobsRefused("no key fits")])
def test_while_files_cannot_be_kept_imports_wait(studio: Studio, fault: Exception) -> None:
    studio.blobs.fault = fault
    with capture_logs() as lines:
        job_id = studio.put(studio.offer("/ana.jpg", jpeg()))["jobId"]
        for tries in range(1, 8):
            until(lambda: studio.blobs.tried == tries)  # noqa: B023 - called at once
            until(lambda: studio.job(job_id)["status"] == "pending")
            assert "publicErrorMessage" not in studio.job(job_id)
            studio.service.clock.ahead_ms += HOUR_MS
    studio.blobs.fault = None
    studio.service.clock.ahead_ms += HOUR_MS
    assert studio.settled(job_id)["status"] == "completed"
    line = next(line for line in lines if line["event"] == "imports_paused")
    assert (line["kind"], line["why"]) == (type(fault).__name__, str(fault))
    assert {*line} - {"log_level"} <= LOGGED
    assert json.dumps(line)


@pytest.mark.slow
def test_where_nothing_can_be_decoded_imports_wait(studio: Studio) -> None:
    studio.decoder.faults = [DecoderUnavailable("no seccomp here")] * 7
    job_id = studio.put(studio.offer("/ana.jpg", jpeg()))["jobId"]
    for left in range(6, -1, -1):
        until(lambda: len(studio.decoder.faults) == left)  # noqa: B023 - called at once
        until(lambda: studio.job(job_id)["status"] == "pending")
        studio.service.clock.ahead_ms += HOUR_MS
    assert studio.settled(job_id)["status"] == "completed"


@pytest.mark.slow
def test_a_server_that_was_busy_brings_no_crash_nearer(studio: Studio) -> None:
    studio.decoder.faults = [DecoderCrashed("killed")] * 2
    job_id = studio.put(studio.offer("/ana.jpg", BUSY, BUSY, jpeg()))["jobId"]
    for tries in range(1, 5):
        until(lambda: studio.asked("/ana.jpg") == tries)  # noqa: B023 - called at once
        until(lambda: studio.job(job_id)["status"] in ("failed_retryable", "failed"))
        assert studio.job(job_id)["status"] == "failed_retryable"
        studio.service.clock.ahead_ms += HOUR_MS
    assert studio.settled(job_id)["status"] == "completed"


@pytest.mark.slow
def test_what_breaks_decoding_off_three_times_is_set_aside(studio: Studio) -> None:
    studio.decoder.faults = [DecoderCrashed("killed")] * 3
    job_id = studio.put(studio.offer("/ana.jpg", jpeg()))["jobId"]
    for left in (2, 1):
        until(lambda: len(studio.decoder.faults) == left)  # noqa: B023 - called at once
        until(lambda: studio.job(job_id)["status"] == "failed_retryable")
        studio.service.clock.ahead_ms += HOUR_MS
    assert "broke off" in studio.settled(job_id)["publicErrorMessage"]


@pytest.mark.slow
def test_a_slow_host_keeps_nobody_elses_pictures_waiting(studio: Studio) -> None:
    gate = studio.gates["/slow.jpg"] = threading.Event()
    url = studio.offer("/slow.jpg", jpeg())
    slow = [studio.put(url, f"s{number}")["jobId"] for number in range(8)]
    until(lambda: studio.pictures.connections == 3)  # as many as a host gets at once
    quick = studio.offer("/quick.jpg", jpeg()).replace("127.0.0.1", "localhost")
    job_id = studio.put(quick, "q")["jobId"]
    assert studio.settled(job_id)["status"] == "completed"
    assert studio.asked("/slow.jpg") == 3
    assert {studio.job(job)["status"] for job in slow} <= {"processing", "pending"}
    gate.set()

    def none_is_left() -> bool:
        studio.service.clock.ahead_ms += 1000
        return all(studio.job(job)["status"] == "completed" for job in slow)

    until(none_is_left)


def test_a_pause_doubles_and_ends() -> None:
    pause = Pause()
    assert pause.room(4, 0) == 4
    assert pause.begin(0) == 1000
    assert pause.begin(10) == 1000  # was under way when it began
    assert (pause.room(4, 999), pause.room(4, 1000)) == (0, 1)
    assert pause.begin(1000) == 3000
    until_ms = 3000
    for _ in range(9):
        until_ms = pause.begin(until_ms)
    assert pause.begin(until_ms) == until_ms + 60_000
    pause.end()
    assert pause.room(4, 0) == 4
    assert pause.begin(0) == 1000
