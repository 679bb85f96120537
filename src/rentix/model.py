"""What the portal knows: frozen values without behaviour, storage or spelling.

Times are integers: milliseconds since 1970-01-01 UTC (`_ms`), or microseconds (`_us`) where a
source's clock is kept. Lengths count code points.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

LOCALES: Final = ("ro", "ru", "en")
"""Languages of a description, in the order in which a reader without a wish is served."""

SCOPES: Final = tuple(
    f"{room}:{right}"
    for room in ("users", "listings", "media", "agency")
    for right in ("read", "write")
)

PUBLIC_STATUSES: Final = ("active", "completed")
"""Listings that visitors can see (contract 6)."""

SANDBOX_KEY: Final = "rtx_test_1_SandboxKeyPublishedForEveryone00_2a240610"
"""The published key of every sandbox. It opens nothing else: live keys have another prefix."""

UNSTORED: Final = "unstored"
"""The etag of a change that was not stored, so that it can't be matched later."""

Status = Literal["active", "inactive"]
PhoneKind = Literal["mobile", "fixed", "either", "other"]
PhoneOrigin = Literal["crm", "registered"]
Optimization = Literal["pending", "processing", "success", "failed"]
ListingStatus = Literal[
    "draft",
    "pending_active",
    "active",
    "hidden",
    "expired",
    "completed",
    "publish_failed",
    "blocked",
]
Use = Literal["avatar", "photo"]
"""What a picture is for: an avatar is cut to a square, a photo is fitted whole."""


class Phone(msgspec.Struct, frozen=True):
    """A valid number: E.164 without extension, libphonenumber's INTERNATIONAL form, its kind.

    `either` is a number that its country gives to fixed and mobile lines alike.
    """

    e164: str
    international: str
    kind: PhoneKind


class Settings(msgspec.Struct, frozen=True):
    """The channels by which a visitor may reach an agent."""

    contact_phone: bool = True
    contact_whatsapp: bool = True
    contact_viber: bool = True
    contact_telegram: bool = True


class Variant(msgspec.Struct, frozen=True):
    """One WebP size of a picture, in `file`. `size` names its longer side in pixels.

    A picture that was smaller than that has the pixels there are: `width` and `height`, 0 where
    they are not known.
    """

    file: str
    size: str
    bytes: int = 0
    width: int = 0
    height: int = 0


class Avatar(msgspec.Struct, frozen=True):
    """The picture that visitors see: the media `id`, imported from `url`.

    `url` is None for one that was named by its id.
    """

    id: int
    url: str | None
    content_type: str
    variants: tuple[Variant, ...] = ()
    optimization: Optimization = "success"
    blurhash: str | None = None


class AvatarImport(msgspec.Struct, frozen=True):
    """A picture that was asked for and is not shown yet; `id` is the media's and the job's.

    `url` is None for one that was named by its id. `error` says why there is none, when its
    status is `failed`.
    """

    id: int
    url: str | None
    status: Optimization = "pending"
    error: str | None = None


class Leave(msgspec.Struct, frozen=True):
    """How an agent left: by a CRM's key or a person, and until when a return undoes all of it."""

    by_crm: bool
    undo_until_ms: int


class User(msgspec.Struct, frozen=True, kw_only=True):
    """The portal's record of an agent. `version` is the number of the change that made it so."""

    id: int
    agency_id: int
    external_id: str | None = None
    name: str
    phone: Phone
    phone_origin: PhoneOrigin = "crm"
    descriptions: dict[str, str] = {}
    instagram: str | None = None
    youtube: str | None = None
    tiktok: str | None = None
    settings: Settings = Settings()
    avatar: Avatar | None = None
    avatar_import: AvatarImport | None = None
    status: Status = "active"
    version: int = 0
    created_ms: int
    updated_ms: int
    synced_ms: int | None = None
    source_us: int | None = None
    leave: Leave | None = None

    @property
    def etag(self) -> str:
        """The version as clients see it: opaque, and new after every effective change.

        The versions of a dry run are negative, and all have the one etag that no state ever has.
        """
        return str(self.version) if self.version >= 0 else UNSTORED


class Agency(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant. `region` and `locale` are what its numbers and texts mean when they don't say.

    `phone` is E.164. `logo` shows the media `logo.id`; `version` is the number of its last change.
    """

    id: int
    name: str
    phone: str | None = None
    descriptions: dict[str, str] = {}
    logo: Avatar | None = None
    version: int = 0
    region: str = "MD"
    locale: str = "ro"
    active: bool = True
    crm_enabled: bool = True
    requests_per_minute: int = 300
    bulk_per_minute: int = 30
    monthly_listings: int = 1000

    @property
    def etag(self) -> str:
        """The version as clients see it (see `User.etag`)."""
        return str(self.version) if self.version >= 0 else UNSTORED


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key as stored: the SHA-256 of the secret, never the secret."""

    id: int
    agency_id: int
    digest: bytes
    scopes: frozenset[str]
    created_ms: int
    revoked_ms: int | None = None


class Picture(msgspec.Struct, frozen=True):
    """What became of an imported picture: its files, and what they were made of."""

    content_type: str
    size_bytes: int
    variants: tuple[Variant, ...]
    blurhash: str | None = None


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """A picture of an agency, and its import.

    It comes from `url`, or from the file `source`; with neither its bytes are awaited until
    `due_ms`. `user_id` is whose avatar it was imported for, None for one that came by itself.
    """

    id: int
    agency_id: int
    external_id: str | None = None
    user_id: int | None = None
    url: str | None = None
    source: str | None = None
    status: Optimization = "pending"
    error: str | None = None
    picture: Picture | None = None
    due_ms: int = 0
    use: Use = "photo"


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """An advertisement of an agency.

    `form` has the form's fields by their names on the wire, as they are stored; `files` are ids of
    media, in the order in which they are shown.

    Its agent is the user `user_id`, named so or as `external_user_id`. `agent_version` is the
    number of the change that made it so; `moved_version` is the same one if that took the listing
    from an agent who left.
    """

    id: int
    agency_id: int
    external_id: str | None = None
    status: ListingStatus = "draft"
    form: dict[str, Any] = {}
    files: tuple[int, ...] = ()
    user_id: int | None = None
    external_user_id: str | None = None
    agent_version: int = 0
    moved_version: int = 0
    version: int = 0
    created_ms: int
    updated_ms: int
    synced_ms: int | None = None
    source_us: int | None = None

    @property
    def is_moved(self) -> bool:
        """Whether it is where an agent who left has left it."""
        return self.moved_version == self.agent_version

    @property
    def waits(self) -> bool:
        """Whether its agent is whoever gets `external_user_id` next."""
        return self.user_id is None and self.external_user_id is not None and not self.is_moved

    @property
    def etag(self) -> str:
        """The version as clients see it (see `User.etag`)."""
        return str(self.version) if self.version >= 0 else UNSTORED


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """An import that one worker holds until `until_ms`; for what it comes from see `Media`.

    `token` is new with each hold: who lost it to another worker can finish nothing. `holds` counts
    those that ended in silence, this one among them; `tries` those that ended with a failure, and
    `crashes` those over which decoding broke off.
    """

    id: int
    agency_id: int
    user_id: int | None
    url: str | None
    source: str | None = None
    token: int
    holds: int
    tries: int
    crashes: int = 0
    until_ms: int
    use: Use = "avatar"


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Work in the background: the import of the media with the same id.

    `ahead` counts the agency's own jobs that come first; None for one that is not due. One that is
    pending and has an `error` is tried again. `variants` are what came of it.
    """

    id: int
    type: str
    status: Optimization
    ahead: int | None
    created_ms: int
    error: str | None = None
    variants: tuple[Variant, ...] = ()


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One effective operation: `fields` maps a field to what it was and what it became.

    `seq` runs without gaps in commit order, one sequence an agency. `key_id` is None for the
    portal itself; `run` is the sync run that the client named.
    """

    agency_id: int
    seq: int
    subject: str
    subject_id: int
    fields: dict[str, tuple[object, object]]
    at_ms: int
    key_id: int | None
    run: str | None
