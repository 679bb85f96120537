"""A patch laid over a user, field by field.

The portal decides a write by it, and a CRM's plan foresees one: both sides run this very code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import asdict, replace

from rentix.model import AvatarImport, Media, Phone, User
from rentix.operations import Fates, Mode, Patch, PutUser
from rentix.rules.avatars import asked, avatar_of, files_of

NewMedia = Callable[[Literal["media"]], int]
"""Gives the next media its id."""

PLAIN: tuple[Literal["name", "instagram", "youtube", "tiktok"], ...] = (
    "name",
    "instagram",
    "youtube",
    "tiktok",
)


class Merge(msgspec.Struct):
    """What a patch does to a user.

    `values` are the user's new ones, for one `replace` at the end. `changes` is for the change log.
    `fates` speaks of fields as they were submitted: a description sent as one text is
    `description` there, in the log `description.ro`.
    """

    user: User
    mode: Mode
    fates: Fates
    values: dict[str, Any] = {}
    changes: dict[str, tuple[object, object]] = {}
    queued: AvatarImport | None = None
    superseded: int | None = None
    given: int | None = None

    def offer(self, field: str, before: object, after: object) -> bool:
        """Record what `after` does to `field`, and say whether it is to be taken."""
        if before == after:
            self.fates.unchanged.append(field)
            return False
        if self.mode == "fill" and before is not None:
            self.fates.ignored[field] = "not_empty"
            return False
        self.fates.taken.append(field)
        return True

    def result(self, **more: Any) -> User:
        """The user as it becomes, with `more` of what is not submitted but follows."""
        return replace(self.user, **self.values, **more)


def merge(
    user: User,
    put: PutUser,
    mode: Mode,
    new_id: NewMedia,
    media: Media | None = None,
) -> Merge:
    """Lay the patch of `put` over `user`. Cost: the submitted fields only.

    `media` is the one that its avatar names by id.
    """
    patch = put.patch
    merged = Merge(user, mode, Fates(forms=put.forms, unknown=put.ignored))
    for field in PLAIN:
        after = getattr(patch, field)
        if after is not UNSET:
            _merge_plain(merged, field, getattr(user, field), after)
    if patch.phone is not UNSET:
        _merge_phone(merged, patch.phone)
    if patch.descriptions is not UNSET:
        _merge_descriptions(merged, patch, patch.descriptions)
    if patch.settings is not UNSET:
        _merge_settings(merged, patch.settings)
    if media is not None:
        _merge_media(merged, media)
    elif not isinstance(patch.avatar, int | UnsetType):
        _merge_avatar(merged, patch, patch.avatar, new_id)
    return merged


def _merge_plain(merged: Merge, field: str, before: str | None, after: str | None) -> None:
    if merged.offer(field, before, after):
        merged.values[field] = after
        merged.changes[field] = (before, after)


def _merge_phone(merged: Merge, phone: Phone | None) -> None:
    user = merged.user
    if phone is None:
        merged.fates.ignored["phone"] = "phone_invalid"
    elif phone.e164 != user.phone.e164 and user.phone_origin == "registered":
        merged.fates.held["phone"] = "agent"
    elif merged.offer("phone", user.phone.e164, phone.e164):
        merged.changes["phone"] = (user.phone.e164, phone.e164)
        merged.values["phone"] = phone


def _merge_descriptions(merged: Merge, patch: Patch, sent: dict[str, str | None] | None) -> None:
    stored = merged.user.descriptions
    taken: dict[str, str | None] = {}
    if sent is None:
        if merged.offer("description", stored or None, None):
            taken = dict.fromkeys(stored)
    elif not sent:
        merged.fates.unchanged.append("description")
    else:
        for locale, text in sent.items():
            field = "description" if patch.description_is_text else f"description.{locale}"
            if merged.offer(field, stored.get(locale), text):
                taken[locale] = text
    if taken:
        for locale, text in taken.items():
            merged.changes[f"description.{locale}"] = (stored.get(locale), text)
        left = {locale: text for locale, text in (stored | taken).items() if text is not None}
        merged.values["descriptions"] = left


def _merge_settings(merged: Merge, sent: dict[str, bool]) -> None:
    settings = merged.user.settings
    if not sent:
        merged.fates.unchanged.append("settings")
    taken = {}
    for channel, on in sent.items():
        field, before = f"settings.{channel}", getattr(settings, channel)
        if merged.offer(field, before, on):
            taken[channel] = on
            merged.changes[field] = (before, on)
    if taken:
        merged.values["settings"] = replace(settings, **taken)


def _merge_avatar(merged: Merge, patch: Patch, url: str | None, new_id: NewMedia) -> None:
    user = merged.user
    coming = user.avatar_import
    before = asked(user)
    same = url is not None and url == before
    if same and coming is not None and coming.status == "failed":
        merged.fates.taken.append("avatar")
        merged.changes["avatarImport"] = (coming.error, "pending")
    elif url is not None and same and patch.avatar_refresh and merged.mode != "fill":
        # The user is as it was until other bytes have come (ADR 2).
        merged.fates.unchanged.append("avatar")
        merged.queued = AvatarImport(new_id("media"), url)
        return
    elif merged.offer("avatar", before, url):
        merged.changes["avatar"] = (before, url)
    else:
        return
    merged.superseded = _replaced(coming)
    merged.queued = AvatarImport(new_id("media"), url) if url is not None else None
    merged.values["avatar"] = user.avatar if url is not None else None
    merged.values["avatar_import"] = merged.queued


def _merge_media(merged: Merge, media: Media) -> None:
    user = merged.user
    coming = user.avatar_import
    # What is there or on its way is so already, whether it was asked for by its address or its id.
    named = coming or user.avatar
    same = named is not None and named.id == media.id
    before = asked(user)
    if not merged.offer("avatar", before, before if same else {"id": media.id}):
        return
    merged.changes["avatar"] = (before, {"id": media.id})
    merged.superseded = _replaced(coming)
    merged.given = media.id
    picture = media.picture
    if picture is None:
        merged.values["avatar_import"] = AvatarImport(media.id, None)
        return
    shown = avatar_of(media.id, None, picture)
    merged.changes["avatarPicture"] = (files_of(user.avatar), files_of(shown))
    merged.values["avatar"] = shown
    merged.values["avatar_import"] = None


def _replaced(coming: AvatarImport | None) -> int | None:
    # One that was named by its id is there for others as well, and goes on.
    if coming is None or coming.status == "failed" or coming.url is None:
        return None
    return coming.id


def comes_back(user: User, put: PutUser) -> bool:
    """Whether `put` brings back a user who has left: a CRM took them away, or it insists."""
    by_crm = put.external_id is not None and user.leave is not None and user.leave.by_crm
    return by_crm or put.reactivate


def birth(user: User) -> dict[str, tuple[object, object]]:
    """The change-log fields of a user's creation: everything that it starts with."""
    fields: dict[str, object] = {field: getattr(user, field) for field in PLAIN}
    fields["externalId"] = user.external_id
    fields["phone"] = user.phone.e164
    fields |= {f"description.{locale}": text for locale, text in user.descriptions.items()}
    fields |= {f"settings.{channel}": on for channel, on in asdict(user.settings).items()}
    fields["avatar"] = asked(user)
    fields["avatarPicture"] = files_of(user.avatar)
    return {field: (None, value) for field, value in fields.items() if value is not None}
