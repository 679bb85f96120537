"""PUT of a picture's bytes to an address that POST /media/upload gave (contract 7)."""

from __future__ import annotations

import asyncio
import hmac
import re
from concurrent.futures import ThreadPoolExecutor

from rentix.api.body import read_body
from rentix.api.call import Call, Reply, json_reply
from rentix.api.exchange import Exchange
from rentix.api.upload_slots import AT_ONCE, UploadSlots
from rentix.decide.media import is_awaited
from rentix.decide.refusals import ticket_spent
from rentix.errors import Code, Problem
from rentix.media.blobs import MAX_BLOB_BYTES, Blobs, BlobsAway
from rentix.media.blobs.keys import name_of_key, new_upload_key
from rentix.operations import Caller, MediaOutcome, ReceiveMedia, Request
from rentix.store import Store
from rentix.wire.media import queued_answer

PATIENCE = 2
"""How many times as long as any other body a picture may take, all of it."""
ANY_ORIGIN = b"access-control-allow-origin: *\r\n"
"""Who has the address may send the bytes, from any page: no cookie or key is at stake."""
_ALLOWED = [
    (b"access-control-allow-methods", b"PUT"),
    (b"access-control-allow-headers", b"Content-Type"),
    (b"access-control-max-age", b"1800"),
]
_TICKET = re.compile(r"(\d{1,19})\.(\d{1,19})\.(\d{1,15})\.([0-9a-f]{64})")


class Tickets:
    """The right to send one picture's bytes: who has the address may, until it expires."""

    def __init__(self, secret: bytes) -> None:
        self._key = hmac.digest(secret, b"rentix: tickets for uploads", "sha256")

    def issue(self, agency_id: int, media_id: int, expires_ms: int) -> str:
        """A ticket, as it stands in an address."""
        plain = f"{agency_id}.{media_id}.{expires_ms}"
        return f"{plain}.{self._sign(plain)}"

    def check(self, ticket: str, now_ms: int) -> tuple[int, int]:
        """The agency and the media that a ticket is for.

        Raises:
            Problem: 403, it is not one of ours; 410, it has expired.
        """
        parts = _TICKET.fullmatch(ticket)
        plain, _, signature = ticket.rpartition(".")
        if parts is None or not hmac.compare_digest(self._sign(plain), signature):
            message = "this is no upload address; get one with POST /api/v1/media/upload"
            raise Problem(Code.TICKET_INVALID, message)
        if int(parts[3]) <= now_ms:
            raise ticket_spent()
        return int(parts[1]), int(parts[2])

    def _sign(self, plain: str) -> str:
        return hmac.digest(self._key, plain.encode(), "sha256").hex()


class Uploads:
    """Keeps what is sent, in threads of its own: where S3 is slow, only uploads wait for it."""

    def __init__(self, blobs: Blobs, timeout_s: float) -> None:
        self._blobs = blobs
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(AT_ONCE, "uploads")
        self.slots = UploadSlots(timeout_s)

    async def take(self, exchange: Exchange) -> str:
        """Read the body of a request, and keep it; the name of its file is returned."""
        data = await read_body(exchange, self._timeout_s, MAX_BLOB_BYTES)
        if not data:
            raise Problem(Code.TOO_SHORT, "the body must be a picture; it is empty")
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._keep, data)

    def _keep(self, data: bytes) -> str:
        key = new_upload_key()
        try:
            self._blobs.put(key, data)
        except BlobsAway:
            message = "pictures cannot be kept now; send it again later"
            raise Problem(Code.UNAVAILABLE, message, retry_after_s=5) from None
        return name_of_key(key)

    def close(self) -> None:
        """Let what is being kept end, and begin nothing more."""
        self._threads.shutdown(cancel_futures=True)


async def put_bytes(call: Call) -> Reply:
    """Take a picture's bytes in, and queue its import."""
    portal = call.portal
    tickets = await portal.find_tickets()
    agency_id, media_id = tickets.check(call.names["ticket"], portal.clock())
    if portal.uploads is None:
        raise no_place()
    assert call.exchange is not None  # noqa: S101 - the gate saw to it
    with portal.uploads.slots.hold(agency_id, media_id):
        await asyncio.to_thread(_check_awaited, portal.store, agency_id, media_id)
        source = await portal.uploads.take(call.exchange)
        receive = ReceiveMedia(id=media_id, source=source)
        answer = await portal.commit(Request(caller=Caller(agency_id), operations=(receive,)))
    [result] = answer.results
    if isinstance(result, Problem):
        raise result
    assert isinstance(result, MediaOutcome)  # noqa: S101 - what comes of such an operation
    return json_reply(queued_answer(result, dry_run=False))


async def allow_put(_call: Call) -> Reply:
    """Tell a browser that a page of another site may send a picture here."""
    return Reply(headers=_ALLOWED, content_type=b"text/plain")


def no_place() -> Problem:
    """503: the operator gave no place for pictures."""
    message = (
        "this server has no place for pictures, so none can be uploaded; its operator gives one"
    )
    return Problem(Code.UNAVAILABLE, message, retry_after_s=60)


def _check_awaited(store: Store, agency_id: int, media_id: int) -> None:
    """Refuse bytes before they are read, where they are for nothing."""
    agency, media = store.agency(agency_id), store.media(agency_id, media_id)
    if agency is None or media is None or not is_awaited(media):
        raise ticket_spent()
    if not agency.active:
        raise Problem(Code.AGENCY_SUSPENDED, "Agency is suspended")
    if not agency.crm_enabled:
        raise Problem(Code.CRM_DISABLED, "CRM is not enabled for this agency")
