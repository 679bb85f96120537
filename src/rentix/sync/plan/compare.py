"""One agent as the source has them against the same agent on the portal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import UNSET

from rentix.errors import Problem
from rentix.model import Media, Settings, User
from rentix.operations import PutUser
from rentix.rules.avatars import asked
from rentix.rules.merge import Merge, birth, comes_back, merge
from rentix.rules.puts import read_put, read_sound
from rentix.rules.steering import Terms
from rentix.sync.plan.items import FieldChange, Item
from rentix.sync.records import Record
from rentix.wire.bodies import AvatarBody
from rentix.wire.sound import sound_operation

_SOCIALS = ("instagram", "youtube", "tiktok")
_CHANNELS = Settings.__struct_fields__
_NOT_COMPARED = frozenset({"avatarPicture"})
"""Files of a picture: the portal's matter, and unknown until it has them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record and what the portal's rules make of it; `put` is None when they refuse it."""

    record: Record
    put: PutUser | None
    fault: str = ""
    code: str = ""

    @property
    def name(self) -> str | None:
        """The agent's name, if it is given."""
        name = self.put.patch.name if self.put else None
        return name if isinstance(name, str) else None


def want(record: Record, terms: Terms) -> Wanted:
    """Read a record as the portal would read it."""
    sound = sound_operation(record.operation)
    try:
        put = read_sound(sound, terms) if sound else read_put(send_of(record), terms)
    except Problem as problem:
        return Wanted(record, None, _joined(problem.message), problem.code.value)
    if put.faults:
        faults = "; ".join(fault.message for fault in put.faults)
        return Wanted(record, None, faults, put.faults[0].code.value)
    return Wanted(record, put)


def _joined(message: str | list[str]) -> str:
    return message if isinstance(message, str) else "; ".join(message)


def says_the_same(record: Record, user: User, locale: str) -> bool:
    """Whether a record's every value is stored as it stands, so that nothing need be normalised.

    What is stored is what the rules make of itself. `locale` is that of a description without one.
    """
    said = sound_operation(record.operation)
    if said is None or user.status != "active":
        return False
    return (
        (said.name is UNSET or said.name == user.name)
        and (said.phone is UNSET or _same_phone(said.phone, user))
        and (said.description is UNSET or _same_texts(said.description, user, locale))
        and (said.avatar is UNSET or _same_picture(said.avatar, user))
        and _same(said, user, _SOCIALS)
        and (said.settings is UNSET or _same(said.settings, user.settings, _CHANNELS))
    )


def _same(said: object, stored: object, names: Iterable[str]) -> bool:
    return all(getattr(said, name) in (UNSET, getattr(stored, name)) for name in names)


def _same_phone(said: str, user: User) -> bool:
    return said.strip() in (user.phone.e164, user.phone.international)


def _same_texts(said: str | dict[str, str | None] | None, user: User, locale: str) -> bool:
    stored = user.descriptions
    if isinstance(said, str):
        return stored.get(locale) == said
    return not stored if said is None else all(stored.get(each) == said[each] for each in said)


def _same_picture(said: AvatarBody | None, user: User) -> bool:
    if said is None:
        return asked(user) is None
    failed = user.avatar_import is not None and user.avatar_import.status == "failed"
    return said.url == asked(user) and said.refresh is UNSET and not failed


def skipped(wanted: Wanted) -> Item:
    """The item of a record that the portal would refuse."""
    record = wanted.record
    return Item(
        action="skip",
        reason=wanted.fault,
        code=wanted.code,
        external_id=record.external_id,
        line=record.line,
    )


def create(wanted: Wanted) -> Item:
    """The item of an agent whom the portal does not know."""
    put = wanted.put
    assert put is not None  # noqa: S101 - records that are refused make no users
    name, phone = put.patch.name, put.patch.phone
    if not isinstance(name, str) or phone is None or isinstance(phone, msgspec.UnsetType):
        return skipped(_lacking(wanted))
    blank = User(id=0, agency_id=0, name=name, phone=phone, created_ms=0, updated_ms=0)
    merged = _merge(blank, put)
    born = msgspec.structs.replace(merged.result(), external_id=put.external_id)
    return Item(
        action="create",
        reason="the portal has no user with this externalId",
        code="external_id_unknown",
        external_id=put.external_id,
        name=name,
        line=wanted.record.line,
        fields=_fields(birth(born)),
        send=send_of(wanted.record),
    )


def _lacking(wanted: Wanted) -> Wanted:
    put = wanted.put
    assert put is not None  # noqa: S101 - as above
    if put.patch.phone is None:
        fault = "phone is not a valid phone number, and a new user needs one"
        return Wanted(wanted.record, None, fault, "phone_invalid")
    lacking = [name for name in ("name", "phone") if not getattr(put.patch, name)]
    fault = f"{' and '.join(lacking)} must be there to create a user"
    return Wanted(wanted.record, None, fault, "required")


def update(wanted: Wanted, user: User, etag: str) -> tuple[Item | None, Merge]:
    """The item of an agent whom the portal knows; None if nothing of them would change."""
    put = wanted.put
    assert put is not None  # noqa: S101 - records that are refused are not compared
    merged = _merge(user, put)
    if user.status == "inactive":
        if comes_back(user, put):
            merged.changes["status"] = ("inactive", "active")
        else:
            merged.fates.held["status"] = "portal"
    if not merged.changes:
        return None, merged
    back = "status" in merged.changes
    item = Item(
        action="update",
        reason="the agent is back in the source" if back else _differing(merged.changes),
        code="returned" if back else "differs",
        external_id=user.external_id,
        user_id=user.id,
        name=user.name,
        line=wanted.record.line,
        if_match=etag,
        fields=_fields(merged.changes),
        send=send_of(wanted.record),
    )
    return item, merged


def _merge(user: User, put: PutUser) -> Merge:
    avatar = put.patch.avatar
    media = Media(id=avatar, agency_id=0) if isinstance(avatar, int) else None
    return merge(user, put, put.mode, lambda _: 0, media)


def _differing(changes: Iterable[str]) -> str:
    names = [name for name in changes if name not in _NOT_COMPARED]
    if names == ["avatarImport"]:
        return "the picture could not be imported before and is tried again"
    return f"{', '.join(names)} differ{'s' if len(names) == 1 else ''}"


def _fields(changes: dict[str, tuple[object, object]]) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(field, old, new)
        for field, (old, new) in changes.items()
        if field not in _NOT_COMPARED
    )


def send_of(record: Record) -> dict[str, Any]:
    """The members of a record's upsert."""
    members: dict[str, Any] = msgspec.json.decode(record.operation)
    members.pop("op", None)
    return members
