"""Which error a refusal is: by its code, else by its status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rentix.client import errors
from rentix.client.errors import ApiError, ServerError
from rentix.errors import Code

BY_CODE: Final[dict[str, type[ApiError]]] = {
    Code.PHONE_INVALID: errors.PhoneInvalid,
    Code.SOCIAL_INVALID: errors.SocialInvalid,
    Code.MEDIA_UNKNOWN: errors.MediaUnknown,
    Code.PHOTOS_MISSING: errors.PhotosMissing,
    Code.STATUS_NOT_ALLOWED: errors.StatusNotAllowed,
    Code.AGENT_UNKNOWN: errors.AgentUnknown,
    Code.AGENTS_DISAGREE: errors.AgentsDisagree,
    Code.SUCCESSOR_INVALID: errors.SuccessorInvalid,
    Code.AGENCY_SUSPENDED: errors.AgencySuspended,
    Code.CRM_DISABLED: errors.CrmDisabled,
    Code.SCOPE_MISSING: errors.ScopeMissing,
    Code.LISTINGS_LIMITED: errors.MonthlyListingsReached,
    Code.USER_UNKNOWN: errors.UserUnknown,
    Code.LISTING_UNKNOWN: errors.ListingUnknown,
    Code.MEDIA_MISSING: errors.MediaMissing,
    Code.JOB_UNKNOWN: errors.JobUnknown,
    Code.EXTERNAL_ID_TAKEN: errors.ExternalIdTaken,
    Code.ALREADY_LINKED: errors.AlreadyLinked,
    Code.USER_EXISTS: errors.UserExists,
    Code.LISTING_EXISTS: errors.ListingExists,
    Code.LISTING_BLOCKED: errors.ListingBlocked,
    Code.STALE_SOURCE: errors.StaleSource,
    Code.UPLOAD_UNDER_WAY: errors.UploadUnderWay,
    Code.KEY_REUSED: errors.IdempotencyKeyReused,
    Code.ALL_FAILED: errors.AllOperationsFailed,
    Code.ABORTED: errors.Aborted,
    Code.ATTEMPTS_LIMITED: errors.AttemptsLimited,
    Code.OVERLOADED: errors.Overloaded,
}
"""Codes that have an error of their own; any other is its status."""


def all_errors(root: type[ApiError] = ApiError) -> Iterator[type[ApiError]]:
    """Yield `root` and all that is below it."""
    yield root
    for branch in root.__subclasses__():
        yield from all_errors(branch)


def _statuses(classes: Iterable[type[ApiError]]) -> dict[int, type[ApiError]]:
    """The branches: the class of each status that says so itself."""
    return {
        found.http_status: found
        for found in classes
        if found.http_status is not None and "http_status" in vars(found)
    }


BY_STATUS: Final = _statuses(all_errors())
_SERVER_ERRORS = range(500, 600)


def error_class(status: int, code: str | None) -> type[ApiError]:
    """Return the class of a refusal; a word or a number that is not known has a wider one."""
    if code in BY_CODE:
        return BY_CODE[code]
    return BY_STATUS.get(status) or (ServerError if status in _SERVER_ERRORS else ApiError)
