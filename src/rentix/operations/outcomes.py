"""What operations come to, and what is to be stored of it."""

from __future__ import annotations

from typing import Literal

import msgspec

from rentix.model import Agency, AvatarImport, Change, Listing, Media, User
from rentix.operations.asking import Note
from rentix.operations.media import FinishAvatar, TellListings

Verb = Literal[
    "created",
    "updated",
    "unchanged",
    "linked",
    "unlinked",
    "not_linked",
    "deactivated",
    "reactivated",
]
ListingVerb = Literal[
    "created", "updated", "unchanged", "linked", "unlinked", "not_linked", "deleted"
]
MediaVerb = Literal[
    "queued",
    "known",
    "linked",
    "unlinked",
    "not_linked",
    "deleted",
    "awaited",
    "received",
    "finished",
    "unchanged",
]


class Receipt(msgspec.Struct, frozen=True):
    """Where every submitted field went, each exactly once (contract 5, `?receipt=true`)."""

    applied: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    normalised: dict[str, tuple[str, str]] = {}
    ignored: dict[str, str] = {}
    held: dict[str, str] = {}


class Fates(msgspec.Struct):
    """What became of each submitted field: the sheet that a decision fills in.

    `forms` and `unknown` are the operation's own: (as sent, as stored), and fields it left out.
    """

    taken: list[str] = []
    unchanged: list[str] = []
    ignored: dict[str, str] = {}
    held: dict[str, str] = {}
    forms: dict[str, tuple[str, str]] = {}
    unknown: dict[str, str] = {}

    @property
    def receipt(self) -> Receipt:
        """Every submitted field once. Normalised is stored in another form *and* changed."""
        return Receipt(
            applied=tuple(field for field in self.taken if field not in self.forms),
            unchanged=tuple(self.unchanged),
            normalised={field: self.forms[field] for field in self.taken if field in self.forms},
            ignored={**self.ignored, **self.unknown},
            held=dict(self.held),
        )


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """Listings that change hands at once: of an agent who leaves, returns, or is known at last.

    All that readers see a difference in get the version of the one change that says so. `changed`
    are listings of an agent who returns that were made somebody else's since, and whose. `late` are
    those that would come back, were there still time for it; `settled` those of them that are
    nobody's, and that now nobody who left has left there.
    """

    kind: Literal["leave", "return", "bind"]
    agency_id: int
    user_id: int
    listings: tuple[int, ...] = ()
    to_user_id: int | None = None
    version: int = 0
    changed: tuple[tuple[int, int | None], ...] = ()
    late: tuple[tuple[int, int | None], ...] = ()
    settled: tuple[int, ...] = ()
    external_id: str | None = None
    binding: int | None = None

    @property
    def is_seen(self) -> bool:
        """Whether readers see a difference; of one who is known at last they have seen it."""
        return self.kind != "bind"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation came to, and what is to be stored of it.

    `user` is the state after. `change` is None when nothing changed; `stored` says that the user
    has to be saved all the same (a newer `source_us`). `freed` is an external id that `user` gave
    up. `queued` is a new picture import, `superseded` the id of one it replaces; `given` is the id
    of a media that `user` shows or waits for from now on. `shift` says which listings change hands.
    """

    verb: Verb
    user: User
    warnings: tuple[Note, ...] = ()
    fates: Fates | None = None
    change: Change | None = None
    stored: bool = False
    freed: str | None = None
    queued: AvatarImport | None = None
    superseded: int | None = None
    given: int | None = None
    shift: Shift | None = None

    @property
    def receipt(self) -> Receipt | None:
        """Where every submitted field went; None for an operation that submits none."""
        return self.fates.receipt if self.fates else None


class MediaOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation on a media came to: its state after that, or before it was deleted.

    `former` is an external id that it gave up. `changes` are for the log; `users` are those who
    show another picture now, or wait for another, `listings` those that lose a photo or that it
    moves to another status. `finished` is an import's end, to be stored. `untold` is set when not
    all listings are told: the id of the last one that is.
    """

    verb: MediaVerb
    media: Media
    warnings: tuple[Note, ...] = ()
    former: str | None = None
    changes: tuple[Change, ...] = ()
    users: tuple[User, ...] = ()
    listings: tuple[Listing, ...] = ()
    agency: Agency | None = None
    finished: FinishAvatar | None = None
    untold: int | None = None


class ListingOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation on a listing came to: its state after that, or before it was deleted.

    `former` is an external id that it gave up; `queued` are photos to be imported, `linked` those
    that get an external id, with a change each. `stored` says that it is to be saved though nothing
    changed (a newer `source_us`).
    """

    verb: ListingVerb
    listing: Listing
    warnings: tuple[Note, ...] = ()
    fates: Fates | None = None
    former: str | None = None
    queued: tuple[Media, ...] = ()
    linked: tuple[tuple[Media, Change], ...] = ()
    change: Change | None = None
    stored: bool = False

    @property
    def receipt(self) -> Receipt | None:
        """Where every submitted field went; None for an operation that submits none."""
        return self.fates.receipt if self.fates else None


class AgencyOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What `PutAgency` came to."""

    verb: Literal["updated", "unchanged"]
    agency: Agency
    warnings: tuple[Note, ...] = ()
    fates: Fates | None = None
    change: Change | None = None


class BindOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What `BindListings` came to; `done` when nobody waits any more."""

    shift: Shift
    done: bool
    change: Change | None = None


class TellOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What `TellListings` came to; `untold` as with a `MediaOutcome`."""

    agency_id: int
    asked: TellListings
    changes: tuple[Change, ...] = ()
    listings: tuple[Listing, ...] = ()
    untold: int | None = None
