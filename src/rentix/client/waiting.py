"""Work that ends later: a job to its end, an upload to its media."""

from __future__ import annotations

from typing import Final, NoReturn, Unpack

from rentix.client.calls.media import begin_upload, get_media, send_bytes
from rentix.client.calls.others import get_job
from rentix.client.errors import JobFailed, JobUnfinished, UnreadableAnswer
from rentix.client.exchange import Pause
from rentix.client.fields import UploadSent
from rentix.client.steps import Steps, ask
from rentix.wire.shapes import JobShape, MediaShape

FIRST_LOOK_S: Final = 0.5
LONGEST_LOOK_S: Final = 10.0


def wait_for_job(
    id: int,  # noqa: A002 - as the contract calls it
    *,
    timeout_s: float = 300.0,
) -> Steps[NoReturn, JobShape]:
    """Return a job once it is completed, asking less and less often.

    Raises JobFailed when it has failed for good, JobUnfinished when `timeout_s` is over before.
    """
    look_s, waited_s = FIRST_LOOK_S, 0.0
    while True:
        job = yield from ask(get_job(id))
        if job.status == "completed":
            return job
        if job.status == "failed":
            raise JobFailed(job.public_error_message or f"job {id} has failed", job)
        if waited_s >= timeout_s:
            raise JobUnfinished(f"job {id} is {job.status} after {timeout_s:g} s", job)
        pause_s = min(look_s, timeout_s - waited_s)
        yield Pause(pause_s, f"job {id} is {job.status}")
        waited_s, look_s = waited_s + pause_s, min(look_s * 2, LONGEST_LOOK_S)


def upload(data: bytes, **given: Unpack[UploadSent]) -> Steps[NoReturn, MediaShape]:
    """Send a picture's bytes, and return its media, which is ready once its job is done.

    With an `external_id` whose picture is there already nothing is sent.
    """
    ticket = yield from ask(begin_upload(**given))
    if ticket.media_id is None:
        raise UnreadableAnswer("the answer to an upload names no media")
    if ticket.upload_url is not None:
        yield from ask(send_bytes(ticket.upload_url, data))
    return (yield from ask(get_media(ticket.media_id)))
