"""A submitted profile, checked and normalised: what the server stores and a client can foresee."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from msgspec import UNSET

from rentix.errors import Code, Fault
from rentix.model import LOCALES, Settings
from rentix.operations import Note, Patch
from rentix.rules.phones import PhoneReading, read_phones
from rentix.rules.pictures import picture_url
from rentix.rules.printed import NOTHING, PICTURE, Printed
from rentix.rules.socials import Network, canonical_social
from rentix.rules.text import clean_line, clean_text
from rentix.wire.bodies import AvatarBody, ProfileBody, SettingsBody
from rentix.wire.decode import Path, field_name, too_long, too_short, unknown_members

NAME_MAX, DESCRIPTION_MAX = 200, 5000
_CHANNELS = Settings.__struct_fields__


class Submission(msgspec.Struct):
    """What `read_profile` fills in, field by field; see `PutUser` for what the members mean."""

    region: str
    locale: str
    path: Path = ()
    patch: dict[str, Any] = {}
    forms: dict[str, tuple[str, str]] = {}
    ignored: dict[str, str] = {}
    notes: list[Note] = []
    faults: list[Fault] = []

    def take(self, field: str, sent: str, stored: str) -> None:
        """Set a field of the patch, and note its form if it is another one than was sent."""
        self.patch[field] = stored
        self.form(field, sent, stored)

    def form(self, field: str, sent: str, stored: str) -> None:
        """Note that `sent` is stored as `stored`."""
        if sent != stored:
            self.forms[field] = (sent, stored)

    def refuse(self, code: Code, path: Path, reason: str) -> None:
        """Add a fault whose message is the field's name and `reason`."""
        self.faults.append(Fault(code, f"{field_name(path)} {reason}", (*self.path, *path)))

    def ignore(self, field: str, code: str, message: str) -> None:
        """Leave a field out, and say so."""
        self.ignored[field] = code
        self.notes.append(Note(field, code, message))


def read_profile(
    body: ProfileBody, raw: dict[str, Any], region: str, locale: str, path: Path = ()
) -> Submission:
    """Normalise the profile in `body`; `raw` is the object it came from, for what it doesn't know.

    An empty `raw` says that it knows everything. `region` gives a national number its country,
    `locale` a description its language.
    """
    seen = Submission(region, locale, path)
    if body.name is not UNSET:
        read_name(seen, body.name)
    if body.phone is not UNSET:
        _read_phone(seen, body.phone)
    if body.description is not UNSET:
        read_description(seen, body.description)
    if body.avatar is not UNSET:
        _read_avatar(seen, body.avatar, raw.get("avatar", {}))
    if body.instagram is not UNSET:
        _read_social(seen, "instagram", body.instagram)
    if body.youtube is not UNSET:
        _read_social(seen, "youtube", body.youtube)
    if body.tiktok is not UNSET:
        _read_social(seen, "tiktok", body.tiktok)
    if body.settings is not UNSET:
        _read_settings(seen, body.settings, raw.get("settings", {}))
    return seen


def read_patch(seen: Submission) -> Patch:
    """The patch of a submission without faults."""
    return Patch(**seen.patch)


def read_name(seen: Submission, name: str) -> None:
    """Take a name: one line in which something can be seen."""
    stored = clean_line(name)
    if stored and not can_be_seen(stored):
        seen.refuse(Code.TEXT_INVALID, ("name",), "must have a character that can be seen")
    elif fits(seen, ("name",), stored, NAME_MAX):
        seen.take("name", name, stored)


def can_be_seen(text: str) -> bool:
    """Whether a text that is not empty has a character that leaves a mark on paper."""
    return text[0].isalnum() or any(unicodedata.category(mark)[0] in "LNPS" for mark in text)


def fits(seen: Submission, path: Path, text: str, most: int, least: int = 1) -> bool:
    """Whether a text is as long as it may be once it is cleaned; else add the fault.

    Decoding measured what was sent; this measures what is left of it, or what it grew to.
    """
    if len(text) < least:
        seen.faults.append(too_short((*seen.path, *path), least))
    elif len(text) > most:
        seen.faults.append(too_long((*seen.path, *path), most))
    return least <= len(text) <= most


def _read_phone(seen: Submission, text: str) -> None:
    reading = read_phones(text, seen.region)
    phone = reading.phone
    seen.patch["phone"] = phone
    if phone is None:
        return
    if text not in (phone.e164, phone.international):
        seen.form("phone", text, phone.international)
    note_rest(seen, reading)


def note_rest(seen: Submission, reading: PhoneReading) -> None:
    """Warn of what a phone holds beside the number that is kept."""
    if reading.others:
        rest = ", ".join(reading.others)
        message = f"phone holds several numbers; one is kept, these are not: {rest}"
        seen.notes.append(Note("phone", "phone_several", message))
    if reading.leftover:
        rest = ", ".join(reading.leftover)
        message = f"phone holds more than a number; this is not kept: {rest}"
        seen.notes.append(Note("phone", "phone_leftover", message))


def read_description(seen: Submission, sent: str | dict[str, str | None] | None) -> None:
    """Take a description: one text in the submission's locale, or texts by locale."""
    if sent is None:
        seen.patch["descriptions"] = None
    elif isinstance(sent, str):
        seen.patch["description_is_text"] = True
        seen.patch["descriptions"] = {}
        _read_text(seen, ("description",), seen.locale, sent)
    else:
        seen.patch["descriptions"] = {}
        for locale, text in sent.items():
            _read_locale(seen, locale, text)


def _read_locale(seen: Submission, locale: str, text: str | None) -> None:
    path = ("description", locale)
    if locale not in LOCALES:
        message = f"{field_name(path)} is no language of the portal; send one of: ro, ru, en"
        seen.ignore(field_name(path), "unknown_locale", message)
    elif text is None:
        seen.patch["descriptions"][locale] = None
    else:
        _read_text(seen, path, locale, text)


def _read_text(seen: Submission, path: Path, locale: str, text: str) -> None:
    try:
        stored = clean_text(text)
    except ValueError as error:
        seen.refuse(Code.TEXT_INVALID, path, str(error))
        return
    if fits(seen, path, stored, DESCRIPTION_MAX):
        seen.patch["descriptions"][locale] = stored
        seen.form(field_name(path), text, stored)


def _read_social(seen: Submission, network: Network, sent: str | None) -> None:
    if sent is None:
        seen.patch[network] = None
    else:
        _read(seen, (network,), Code.SOCIAL_INVALID, sent, partial(canonical_social, network))


def _read(seen: Submission, path: Path, code: Code, sent: str, rule: Callable[[str], str]) -> None:
    try:
        seen.take(str(path[0]), sent, rule(sent))
    except ValueError as error:
        seen.refuse(code, path, str(error))


def _read_avatar(seen: Submission, sent: AvatarBody | None, raw: Any) -> None:
    if sent is None:
        seen.patch["avatar"] = None
        return
    ignore_others(seen, AvatarBody, raw, PICTURE, ("avatar",))
    if (sent.url is UNSET) == (sent.id is UNSET):
        seen.refuse(Code.EXCLUSIVE, ("avatar",), "must have exactly one of url, id, or be null")
    elif isinstance(sent.id, int):
        seen.patch["avatar"] = sent.id  # which media there are is known where it is decided
        if sent.refresh is not UNSET:
            message = "avatar.refresh is about an import by url, so it was ignored beside an id"
            seen.ignore("avatar.refresh", "not_applicable", message)
    elif isinstance(sent.url, str):
        seen.patch["avatar_refresh"] = sent.refresh is True
        _read(seen, ("avatar", "url"), Code.URL_INVALID, sent.url, picture_url)


def _read_settings(seen: Submission, sent: SettingsBody, raw: Any) -> None:
    channels = {name: on for name in _CHANNELS if (on := getattr(sent, name)) is not UNSET}
    if sent.posting_type is not UNSET:
        message = "settings.posting_type is set by the portal, so the one sent was ignored"
        seen.ignore("settings.posting_type", "read_only", message)
    ignore_others(seen, SettingsBody, raw, path=("settings",))
    seen.patch["settings"] = channels


def ignore_others(
    seen: Submission, shape: type, raw: dict[str, Any], printed: Printed = NOTHING, path: Path = ()
) -> None:
    """Leave out what a body of this shape, which lies at `path`, does not know of `raw`.

    It is one of those that are `printed`, or else perhaps a misspelt one.
    """
    for name in unknown_members(shape, raw):
        field = field_name((*path, name))
        if name in printed:
            ignore_printed(seen, field, printed[name])
        else:
            message = f"{field} is not known here and was ignored; check its spelling"
            seen.ignore(field, "unknown_field", message)


def ignore_printed(seen: Submission, field: str, instead: str) -> None:
    """Leave out a member that the portal's answers have; `instead` is what to send for it."""
    more = f"; {instead}" if instead else ""
    message = f"{field} is the portal's to say, so the one sent was ignored{more}"
    seen.ignore(field, "read_only", message)
