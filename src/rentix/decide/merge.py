"""A patch laid over a user, field by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec
from msgspec import UNSET
from msgspec.structs import asdict, replace

from rentix.model import AvatarImport, User
from rentix.operations import Mode, Patch

PLAIN: tuple[Literal["name", "instagram", "youtube", "tiktok"], ...] = (
    "name",
    "instagram",
    "youtube",
    "tiktok",
)


class Merge(msgspec.Struct):
    """The user as it becomes, and what became of each field.

    `changes` is for the change log; the others are for the receipt and speak of fields as they
    were submitted: a description sent as one text is `description`, in the log `description.ro`.
    """

    user: User
    mode: Mode = "upsert"
    changes: dict[str, tuple[object, object]] = {}
    taken: list[str] = []
    unchanged: list[str] = []
    ignored: dict[str, str] = {}
    held: dict[str, str] = {}
    queued: AvatarImport | None = None
    superseded: int | None = None

    def offer(self, field: str, before: object, after: object) -> bool:
        """Record what `after` does to `field`, and say whether it is to be taken."""
        if before == after:
            self.unchanged.append(field)
            return False
        if self.mode == "fill" and before is not None:
            self.ignored[field] = "not_empty"
            return False
        self.taken.append(field)
        return True


def merge(user: User, patch: Patch, mode: Mode, new_media_id: Callable[[], int]) -> Merge:
    """Lay `patch` over `user`. Cost: the submitted fields only."""
    merged = Merge(user, mode)
    _merge_plain(merged, patch)
    _merge_phone(merged, patch)
    _merge_descriptions(merged, patch)
    _merge_settings(merged, patch)
    _merge_avatar(merged, patch, new_media_id)
    return merged


def _merge_plain(merged: Merge, patch: Patch) -> None:
    taken = {}
    for field in PLAIN:
        after = getattr(patch, field)
        before = getattr(merged.user, field)
        if after is not UNSET and merged.offer(field, before, after):
            taken[field] = after
            merged.changes[field] = (before, after)
    if taken:
        merged.user = replace(merged.user, **taken)


def _merge_phone(merged: Merge, patch: Patch) -> None:
    user, phone = merged.user, patch.phone
    if phone is UNSET:
        return
    if phone is None:
        merged.ignored["phone"] = "phone_invalid"
    elif phone.e164 != user.phone.e164 and user.phone_origin == "registered":
        merged.held["phone"] = "agent"
    elif merged.offer("phone", user.phone.e164, phone.e164):
        merged.changes["phone"] = (user.phone.e164, phone.e164)
        merged.user = replace(user, phone=phone)


def _merge_descriptions(merged: Merge, patch: Patch) -> None:
    sent, stored = patch.descriptions, merged.user.descriptions
    if sent is UNSET:
        return
    if sent is None:
        if merged.offer("description", stored or None, None):
            _describe(merged, dict.fromkeys(stored))
        return
    if not sent:
        merged.unchanged.append("description")
    for locale, text in sent.items():
        field = "description" if patch.description_is_text else f"description.{locale}"
        if merged.offer(field, stored.get(locale), text):
            _describe(merged, {locale: text})


def _describe(merged: Merge, texts: dict[str, str | None]) -> None:
    stored = merged.user.descriptions
    for locale, text in texts.items():
        merged.changes[f"description.{locale}"] = (stored.get(locale), text)
    left = {locale: text for locale, text in (stored | texts).items() if text is not None}
    merged.user = replace(merged.user, descriptions=left)


def _merge_settings(merged: Merge, patch: Patch) -> None:
    if patch.settings is UNSET:
        return
    if not patch.settings:
        merged.unchanged.append("settings")
    taken = {}
    for channel, on in patch.settings.items():
        field, before = f"settings.{channel}", getattr(merged.user.settings, channel)
        if merged.offer(field, before, on):
            taken[channel] = on
            merged.changes[field] = (before, on)
    if taken:
        merged.user = replace(merged.user, settings=replace(merged.user.settings, **taken))


def _merge_avatar(merged: Merge, patch: Patch, new_media_id: Callable[[], int]) -> None:
    user, url = merged.user, patch.avatar
    if url is UNSET:
        return
    coming = user.avatar_import
    failed = coming is not None and coming.status == "failed"
    before = coming.url if coming else user.avatar.url if user.avatar else None
    refresh = patch.avatar_refresh and merged.mode != "fill"
    again = url is not None and url == before and (failed or refresh)
    if again:
        merged.taken.append("avatar")
    elif not merged.offer("avatar", before, url):
        return
    merged.changes["avatar"] = (before, url)
    merged.superseded = coming.id if coming and not failed else None
    merged.queued = AvatarImport(new_media_id(), url) if url is not None else None
    shown = user.avatar if url is not None else None
    merged.user = replace(user, avatar=shown, avatar_import=merged.queued)


def birth(user: User) -> dict[str, tuple[object, object]]:
    """The change-log fields of a user's creation: everything that it starts with."""
    fields: dict[str, object] = {field: getattr(user, field) for field in PLAIN}
    fields["externalId"] = user.external_id
    fields["phone"] = user.phone.e164
    fields |= {f"description.{locale}": text for locale, text in user.descriptions.items()}
    fields |= {f"settings.{channel}": on for channel, on in asdict(user.settings).items()}
    fields["avatar"] = user.avatar_import.url if user.avatar_import else None
    return {field: (None, value) for field, value in fields.items() if value is not None}
