"""The closed list of things that can go wrong, in words of the domain: no HTTP, no SQL."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Code(StrEnum):
    """Stable machine words. Clients branch on them, so a word is never renamed or reused."""

    # a value's fault
    VALIDATION_FAILED = "validation_failed"
    JSON_INVALID = "json_invalid"
    TYPE_INVALID = "type_invalid"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    OUT_OF_RANGE = "out_of_range"
    NOT_ONE_OF = "not_one_of"
    REQUIRED = "required"
    EXCLUSIVE = "exclusive"
    NUL_REFUSED = "nul_refused"
    TIMESTAMP_INVALID = "timestamp_invalid"
    PHONE_INVALID = "phone_invalid"
    SOCIAL_INVALID = "social_invalid"
    TEXT_INVALID = "text_invalid"
    URL_INVALID = "url_invalid"
    MEDIA_UNKNOWN = "media_unknown"
    ID_INVALID = "id_invalid"
    CURSOR_INVALID = "cursor_invalid"
    HEADER_INVALID = "header_invalid"

    PHOTOS_MISSING = "photos_missing"
    STATUS_NOT_ALLOWED = "status_not_allowed"
    AGENT_UNKNOWN = "agent_unknown"
    AGENTS_DISAGREE = "agents_disagree"
    SUCCESSOR_INVALID = "successor_invalid"

    # who asks, and how often
    AUTH_AMBIGUOUS = "auth_ambiguous"
    KEY_REQUIRED = "key_required"
    KEY_INVALID = "key_invalid"
    AGENCY_SUSPENDED = "agency_suspended"
    CRM_DISABLED = "crm_disabled"
    SCOPE_MISSING = "scope_missing"
    RATE_LIMITED = "rate_limited"
    ATTEMPTS_LIMITED = "attempts_limited"

    # the request as a whole
    ROUTE_UNKNOWN = "route_unknown"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    HTTP_INVALID = "http_invalid"
    HEAD_TOO_LARGE = "head_too_large"
    BODY_TOO_LARGE = "body_too_large"
    BODY_TIMEOUT = "body_timeout"
    MEDIA_TYPE_UNSUPPORTED = "media_type_unsupported"

    # what is stored stands against it
    USER_UNKNOWN = "user_unknown"
    LISTING_UNKNOWN = "listing_unknown"
    LISTING_EXISTS = "listing_exists"
    LISTING_BLOCKED = "listing_blocked"
    LISTINGS_LIMITED = "monthly_listings_reached"
    MEDIA_MISSING = "media_missing"
    JOB_UNKNOWN = "job_unknown"
    FILE_UNKNOWN = "file_unknown"
    RANGE_OUTSIDE = "range_outside"
    EXTERNAL_ID_TAKEN = "external_id_taken"
    USER_EXISTS = "user_exists"
    ALREADY_LINKED = "already_linked"
    STALE_SOURCE = "stale_source"
    PRECONDITION_FAILED = "precondition_failed"
    KEY_REUSED = "idempotency_key_reused"
    ALL_FAILED = "all_operations_failed"
    ABORTED = "aborted"
    TICKET_INVALID = "ticket_invalid"
    TICKET_SPENT = "ticket_spent"
    UPLOAD_UNDER_WAY = "upload_under_way"

    # our side
    INTERNAL = "internal"
    OVERLOADED = "overloaded"
    UNAVAILABLE = "unavailable"


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong with one value.

    `path` leads to it in the body (`("settings", "contact_phone")`); `parameter` names it
    instead when it came in the query, the path or a header. In a conflict `user_id`, `media_id` or
    `listing_id` is the holder.
    """

    code: Code
    message: str
    path: tuple[str | int, ...] = ()
    parameter: str | None = None
    user_id: int | None = None
    media_id: int | None = None
    listing_id: int | None = None


class Problem(Exception):
    """An operation or a request that is refused, with all that its sender needs to mend it."""

    def __init__(
        self,
        code: Code,
        message: str | list[str],
        faults: tuple[Fault, ...] = (),
        *,
        etag: str | None = None,
        retry_after_s: int | None = None,
        allowed: str | None = None,
        size_bytes: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.faults = faults
        self.etag = etag
        self.retry_after_s = retry_after_s
        self.allowed = allowed
        self.size_bytes = size_bytes


def invalid(faults: list[Fault]) -> Problem:
    """All faults of a submission as one problem; a lone fault lends it its code."""
    code = faults[0].code if len(faults) == 1 else Code.VALIDATION_FAILED
    return Problem(code, [fault.message for fault in faults], tuple(faults))
