"""What can be asked of the portal, and what comes of it. Everything is a batch of these."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from rentix.errors import Problem
from rentix.operations.asking import (
    Caller,
    Mode,
    Note,
)
from rentix.operations.listings import (
    AgencyPatch,
    BindListings,
    DeleteListing,
    FileRef,
    LinkListing,
    ListingPatch,
    PutAgency,
    PutListing,
    UnlinkListing,
)
from rentix.operations.media import (
    AwaitMedia,
    DeleteMedia,
    FinishAvatar,
    ImportMedia,
    LinkMedia,
    ReceiveMedia,
    TellListings,
    UnlinkMedia,
)
from rentix.operations.outcomes import (
    AgencyOutcome,
    BindOutcome,
    Fates,
    ListingOutcome,
    ListingVerb,
    MediaOutcome,
    MediaVerb,
    Outcome,
    Receipt,
    Shift,
    TellOutcome,
    Verb,
)
from rentix.operations.users import (
    DeactivateUser,
    LinkUser,
    Patch,
    PutUser,
    ReactivateUser,
    RegisterUser,
    UnlinkUser,
)

__all__ = [
    "AgencyOutcome",
    "AgencyPatch",
    "Answer",
    "AwaitMedia",
    "BindListings",
    "BindOutcome",
    "Caller",
    "DeactivateUser",
    "DeleteListing",
    "DeleteMedia",
    "Fates",
    "FileRef",
    "FinishAvatar",
    "Idempotency",
    "ImportMedia",
    "LinkListing",
    "LinkMedia",
    "LinkUser",
    "ListingOperation",
    "ListingOutcome",
    "ListingPatch",
    "ListingVerb",
    "MediaOperation",
    "MediaOutcome",
    "MediaVerb",
    "Mode",
    "Note",
    "Operation",
    "Outcome",
    "Patch",
    "PutAgency",
    "PutListing",
    "PutUser",
    "ReactivateUser",
    "Receipt",
    "ReceiveMedia",
    "RegisterUser",
    "Request",
    "Result",
    "Shift",
    "TellListings",
    "TellOutcome",
    "UnlinkListing",
    "UnlinkMedia",
    "UnlinkUser",
    "Verb",
]

MediaOperation = ImportMedia | AwaitMedia | ReceiveMedia | LinkMedia | UnlinkMedia | DeleteMedia
ListingOperation = PutListing | LinkListing | UnlinkListing | DeleteListing
Operation = (
    PutUser
    | LinkUser
    | UnlinkUser
    | RegisterUser
    | DeactivateUser
    | ReactivateUser
    | FinishAvatar
    | MediaOperation
    | ListingOperation
    | BindListings
    | TellListings
    | PutAgency
)


Result = (
    Outcome | MediaOutcome | ListingOutcome | AgencyOutcome | BindOutcome | TellOutcome | Problem
)
"""One operation's end."""


class Idempotency(msgspec.Struct, frozen=True):
    """A client's promise that two requests are one. `scope` names it, `content` is what it said."""

    scope: str
    content: bytes


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """One caller's operations: decided in order, each on its own or, if `atomic`, all or none.

    `render` turns the results into the answer's body. It is called before the commit, when the
    answer must be remembered, and returns None for an answer that must not be (a refusal).
    """

    caller: Caller
    operations: tuple[Operation | Problem, ...]
    atomic: bool = False
    idempotency: Idempotency | None = None
    render: Callable[[Sequence[Result]], bytes | None] | None = None


class Answer(msgspec.Struct, frozen=True):
    """A request's end: its results, or the body remembered from the first time it was made."""

    results: tuple[Result, ...] = ()
    remembered: bytes | None = None
