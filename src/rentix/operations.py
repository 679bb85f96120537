"""What can be asked of the portal, and what comes of it. Everything is a batch of these."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from rentix.errors import Fault, Problem
from rentix.model import AvatarImport, Change, Media, Phone, Picture, Use, User

Mode = Literal["upsert", "create", "update", "fill"]
Verb = Literal["created", "updated", "unchanged", "linked", "unlinked", "not_linked"]
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


class Caller(msgspec.Struct, frozen=True):
    """Who asks. `key_id` is None for the portal itself; `run` names a client's sync run."""

    agency_id: int
    key_id: int | None = None
    run: str | None = None


class Note(msgspec.Struct, frozen=True):
    """A warning: something submitted was ignored, stored in another form, or is doubtful."""

    field: str
    code: str
    message: str


class Patch(msgspec.Struct, frozen=True):
    """The submitted part of a profile, normalised. Absent keeps, None clears.

    A `phone` of None is a number that could not be read. `descriptions` maps locales to texts,
    None as a whole clears every locale; `description_is_text` says that it was sent as one text.
    `avatar` is the picture's address, or the id of a media.
    """

    name: str | UnsetType = UNSET
    phone: Phone | UnsetType | None = UNSET
    descriptions: dict[str, str | None] | UnsetType | None = UNSET
    description_is_text: bool = False
    avatar: str | int | UnsetType | None = UNSET
    avatar_refresh: bool = False
    instagram: str | UnsetType | None = UNSET
    youtube: str | UnsetType | None = UNSET
    tiktok: str | UnsetType | None = UNSET
    settings: dict[str, bool] | UnsetType = UNSET


class PutUser(msgspec.Struct, frozen=True, kw_only=True):
    """Create or update one profile by exactly one of `id` and `external_id` (contract 5).

    `forms` maps a field that was normalised to (as sent, as stored); `ignored` an unknown field
    to the reason; `notes` are said only of fields whose value is taken. `faults` are what reading
    found wrong: with any, it is refused. `validate_only` decides and stores nothing.
    """

    id: int | None = None
    external_id: str | None = None
    patch: Patch = Patch()
    mode: Mode = "upsert"
    source_us: int | None = None
    if_match: tuple[str, ...] | None = None
    forms: dict[str, tuple[str, str]] = {}
    ignored: dict[str, str] = {}
    notes: tuple[Note, ...] = ()
    faults: tuple[Fault, ...] = ()
    validate_only: bool = False


class LinkUser(msgspec.Struct, frozen=True, kw_only=True):
    """Attach an external id to a user that has none."""

    id: int
    external_id: str
    if_match: tuple[str, ...] | None = None
    notes: tuple[Note, ...] = ()


class UnlinkUser(msgspec.Struct, frozen=True, kw_only=True):
    """Detach the external id of a user, named by exactly one of its two ids."""

    id: int | None = None
    external_id: str | None = None
    if_match: tuple[str, ...] | None = None
    notes: tuple[Note, ...] = ()


class RegisterUser(msgspec.Struct, frozen=True, kw_only=True):
    """An agent registers on the portal: no external id, and a phone that CRMs may not change."""

    name: str
    phone: Phone


class ImportMedia(msgspec.Struct, frozen=True, kw_only=True):
    """Import a picture from `url`; one whose external id is known is there already (contract 7)."""

    url: str
    external_id: str | None = None
    use: Use = "photo"
    notes: tuple[Note, ...] = ()


class AwaitMedia(msgspec.Struct, frozen=True, kw_only=True):
    """Make room for a picture whose bytes will be sent until `until_ms`."""

    until_ms: int
    external_id: str | None = None
    use: Use = "photo"
    notes: tuple[Note, ...] = ()


class ReceiveMedia(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of an awaited picture have come; they lie in the file `source`."""

    id: int
    source: str


class LinkMedia(msgspec.Struct, frozen=True, kw_only=True):
    """Attach an external id to a media that has none."""

    id: int
    external_id: str
    notes: tuple[Note, ...] = ()


class UnlinkMedia(msgspec.Struct, frozen=True, kw_only=True):
    """Detach the external id of a media."""

    id: int
    notes: tuple[Note, ...] = ()


class DeleteMedia(msgspec.Struct, frozen=True, kw_only=True):
    """Remove a media, named by exactly one of its two ids, from wherever it is shown."""

    id: int | None = None
    external_id: str | None = None
    notes: tuple[Note, ...] = ()


class FinishAvatar(msgspec.Struct, frozen=True, kw_only=True):
    """The end of an import: a `picture`, or the `error` for which there is none.

    It counts only while `token` is the one of the import's last hold. Whoever waits for the media
    is shown it.
    """

    media_id: int
    token: int
    picture: Picture | None = None
    error: str | None = None


MediaOperation = ImportMedia | AwaitMedia | ReceiveMedia | LinkMedia | UnlinkMedia | DeleteMedia
Operation = PutUser | LinkUser | UnlinkUser | RegisterUser | FinishAvatar | MediaOperation


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


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation came to, and what is to be stored of it.

    `user` is the state after. `change` is None when nothing changed; `stored` says that the user
    has to be saved all the same (a newer `source_us`). `freed` is an external id that `user` gave
    up. `queued` is a new picture import, `superseded` the id of one it replaces; `given` is the id
    of a media that `user` shows or waits for from now on.
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

    @property
    def receipt(self) -> Receipt | None:
        """Where every submitted field went; None for an operation that submits none."""
        return self.fates.receipt if self.fates else None


class MediaOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an operation on a media came to: its state after that, or before it was deleted.

    `former` is an external id that it gave up. `changes` are for the log; `users` are those who
    show another picture now, or wait for another. `finished` is an import's end, to be stored.
    """

    verb: MediaVerb
    media: Media
    warnings: tuple[Note, ...] = ()
    former: str | None = None
    changes: tuple[Change, ...] = ()
    users: tuple[User, ...] = ()
    finished: FinishAvatar | None = None


Result = Outcome | MediaOutcome | Problem
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
