"""What can go wrong between a client and the portal: one tree.

Below `ApiError` the branches are HTTP statuses and the leaves codes of the contract (3). A code
without a leaf of its own is raised as its status; `refusals.py` has the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rentix.wire.shapes import DetailShape, JobShape

if TYPE_CHECKING:
    from rentix.client.results import BulkResult


class RentixError(Exception):
    """Whatever this client raises.

    `request_id` is what the portal logged the request under, None when no answer came. `results`
    are those that a bulk had got when this stopped it; empty for anything but a bulk.
    """

    request_id: str | None = None
    results: tuple[BulkResult, ...] = ()


class SetupError(RentixError):
    """Nothing was sent: a key, an address, an argument or a file cannot be used as it was given."""


class ConnectionFailed(RentixError):
    """No answer came. `reached` says whether a request may have got through before that."""

    def __init__(self, message: str, *, reached: bool) -> None:
        super().__init__(message)
        self.reached = reached


class UnreadableAnswer(RentixError):
    """An answer that is not the contract's: another service, or a proxy in between."""


class JobError(RentixError):
    """A job that was waited for is not completed; `job` is what was last heard of it."""

    def __init__(self, message: str, job: JobShape) -> None:
        super().__init__(message)
        self.job = job


class JobFailed(JobError):
    """The job has failed for good. The message is the portal's: why, and what to do."""


class JobUnfinished(JobError):
    """The job had not ended when the time to wait for it was over. It goes on."""


class ApiError(RentixError):
    """A refusal in the portal's own words (contract 3).

    `code` is its machine word, None when something in front of the portal refused. `details` has
    one entry a fault. `retry_after_s` is what the portal asks to be waited for, 0 if nothing.
    """

    http_status: ClassVar[int | None] = None
    """The status of all errors of this class; None where there are several."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        details: tuple[DetailShape, ...] = (),
        request_id: str | None = None,
        etag: str | None = None,
        retry_after_s: float = 0.0,
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.code = code
        self.details = details
        self.request_id = request_id
        self.etag = etag
        self.retry_after_s = retry_after_s

    @property
    def holder_id(self) -> int | None:
        """The id of the user, listing or media that stands in the way; None where none does."""
        for fault in self.details:
            if found := fault.user_id or fault.listing_id or fault.media_id:
                return found
        return None


class BadRequest(ApiError):
    """400: something that was sent is wrong; `details` says what, each fault once."""

    http_status = 400


class PhoneInvalid(BadRequest):
    """There is no valid number in a phone."""


class SocialInvalid(BadRequest):
    """Not a profile on that network."""


class MediaUnknown(BadRequest):
    """A picture that was named by its id is none of the agency's, or its import failed."""


class PhotosMissing(BadRequest):
    """A listing is to be active, and has fewer than three photos that can be shown."""


class StatusNotAllowed(BadRequest):
    """A listing's status that the portal alone sets."""


class AgentUnknown(BadRequest):
    """`user_id` of a listing is no user of the agency."""


class AgentsDisagree(BadRequest):
    """`user_id` and `external_user_id` name two agents, or the second nobody."""


class SuccessorInvalid(BadRequest):
    """Who is to take over the listings is nobody, inactive, or who leaves."""


class Unauthorized(ApiError):
    """401: there is no valid key."""

    http_status = 401


class Forbidden(ApiError):
    """403: the key is valid, and this is not allowed."""

    http_status = 403


class AgencySuspended(Forbidden):
    """The agency is suspended."""


class CrmDisabled(Forbidden):
    """The agency's CRM access is off."""


class ScopeMissing(Forbidden):
    """The key lacks the scope that this needs."""


class MonthlyListingsReached(Forbidden):
    """The agency has created as many listings this month as it may."""


class NotFound(ApiError):
    """404: there is no such thing in the agency."""

    http_status = 404


class UserUnknown(NotFound):
    """There is no such user."""


class ListingUnknown(NotFound):
    """There is no such listing."""


class MediaMissing(NotFound):
    """There is no such media."""


class JobUnknown(NotFound):
    """There is no such job."""


class MethodNotAllowed(ApiError):
    """405: the path knows other methods."""

    http_status = 405


class RequestTimedOut(ApiError):
    """408: the body took too long to arrive."""

    http_status = 408


class Conflict(ApiError):
    """409: what is stored stands against it; `details` names who or what."""

    http_status = 409


class ExternalIdTaken(Conflict):
    """Another one holds the external id, or `mode` is `create` and it is known."""


class AlreadyLinked(Conflict):
    """It has another external id."""


class UserExists(Conflict):
    """`mode` is `create`, and the user's id is known."""


class ListingExists(Conflict):
    """`mode` is `create`, and the listing's id is known."""


class ListingBlocked(Conflict):
    """The portal has blocked the listing, so its status stays."""


class StaleSource(Conflict):
    """`source_updated_at` is older than the one stored."""


class UploadUnderWay(Conflict):
    """The same picture's bytes are on their way already."""


class TicketSpent(ApiError):
    """410: an upload address that was used, or has expired."""

    http_status = 410


class PreconditionFailed(ApiError):
    """412: `if_match` is not the current etag. `etag` is, None if there is no such thing."""

    http_status = 412


class PayloadTooLarge(ApiError):
    """413: a body over 512 KB, a picture over 10 MiB, or what a proxy allows."""

    http_status = 413


class UnsupportedMediaType(ApiError):
    """415: the body is not what the endpoint takes."""

    http_status = 415


class RangeOutside(ApiError):
    """416: bytes beyond the end of a picture."""

    http_status = 416


class HeadTooLarge(ApiError):
    """431: the request line and headers are too long."""

    http_status = 431


class Unprocessable(ApiError):
    """422: it can be read, and cannot be done."""

    http_status = 422


class IdempotencyKeyReused(Unprocessable):
    """The idempotency key was used for another request."""


class AllOperationsFailed(Unprocessable):
    """Nothing of a bulk was stored."""


class Aborted(Unprocessable):
    """Innocent, but in an atomic bulk in which another operation failed."""


class RateLimited(ApiError):
    """429: the budget of this minute is spent."""

    http_status = 429


class AttemptsLimited(RateLimited):
    """Too many wrong keys came from this address."""


class ServerError(ApiError):
    """5xx: the portal's, or a proxy's, own trouble."""


class Unavailable(ServerError):
    """503: nothing was done; it may be tried again."""

    http_status = 503


class Overloaded(Unavailable):
    """More waits than the portal can write in good time."""
