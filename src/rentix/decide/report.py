"""The warnings that a submission's sender gets."""

from __future__ import annotations

from rentix.model import User
from rentix.operations import Fates, Note, PutUser
from rentix.rules.channels import doubtful_channels
from rentix.rules.merge import Merge

_IGNORED = {
    "phone_invalid": "{field} is not a valid phone number, so the stored one was kept",
    "not_empty": "{field} has a value already and mode is fill, so it was kept",
}
_HELD = {
    "agent": "phone was registered by the agent, so only the agent may change it; it was kept",
    "portal": "status inactive was kept, as somebody set it; send reactivate true to undo that",
    "crm": "status inactive was kept, as a PUT by id brings nobody back; send reactivate true to "
    "undo that, or name the agent by externalId",
}
"""By the owner of what was kept."""


def warnings(put: PutUser, merged: Merge, user: User) -> tuple[Note, ...]:
    """Everything that was ignored, normalised or is doubtful of `user`, in that order."""
    fates = merged.fates
    notes: list[Note] = []
    if fates.ignored or fates.held:
        notes += _kept(fates)
    if put.notes:
        notes += [
            n for n in put.notes if n.field not in fates.ignored and n.field not in fates.held
        ]
    if put.forms:
        notes += [
            Note(field, "normalised", f"{field} is stored as {_short(stored)}")
            for field, (_, stored) in put.forms.items()
            if field in fates.taken
        ]
    if user.phone.kind == "fixed":
        notes += _doubts(user, fates)
    failed = user.avatar_import
    if failed is not None and failed.error is not None:
        message = f"the picture could not be imported: {failed.error}"
        notes.append(Note("avatar", "avatar_import_failed", message))
    return tuple(notes)


def was_held(noun: str, former: int | None) -> tuple[Note, ...]:
    """That a new user or listing has an external id which another one gave up."""
    if former is None or former < 0:  # a dry run gives made-up ids, which nobody outside may see
        return ()
    message = (
        f"this externalId belonged to {noun} {former} before and was unlinked, so a new {noun} "
        f"was created; to go on with that one instead, link it to an externalId of its own"
    )
    return (Note("externalId", "external_id_reused", message),)


def _kept(fates: Fates) -> list[Note]:
    ignored = [
        Note(field, reason, _IGNORED[reason].format(field=field))
        for field, reason in fates.ignored.items()
    ]
    held = [Note(field, f"{field}_held", _HELD[owner]) for field, owner in fates.held.items()]
    return ignored + held


def _short(text: str, limit: int = 100) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"


def _doubts(user: User, fates: Fates) -> list[Note]:
    seen = [*fates.taken, *fates.unchanged]
    if not any(field == "phone" or field.startswith("settings.") for field in seen):
        return []
    return [
        Note(
            f"settings.{channel}",
            "channel_on_fixed_line",
            f"{name} is on, but {user.phone.international} is a fixed line; "
            f"send settings.{channel} false, or a mobile number",
        )
        for channel, name in doubtful_channels(user.phone, user.settings).items()
    ]
