"""What a submission's sender is told: warnings and receipt."""

from __future__ import annotations

from rentix.decide.merge import Merge
from rentix.operations import Note, PutUser, Receipt
from rentix.rules.channels import doubtful_channels

_IGNORED = {
    "phone_invalid": "{field} is not a valid phone number, so the stored one was kept",
    "not_empty": "{field} has a value already and mode is fill, so it was kept",
}
_HELD = "{field} was registered by the agent, so only the agent may change it; it was kept"


def warnings(put: PutUser, merged: Merge) -> tuple[Note, ...]:
    """Everything that was ignored, normalised or is doubtful, in that order."""
    lost = merged.ignored.keys() | merged.held.keys()
    notes = [
        Note(field, reason, _IGNORED[reason].format(field=field))
        for field, reason in merged.ignored.items()
    ]
    notes += [Note(field, f"{field}_held", _HELD.format(field=field)) for field in merged.held]
    notes += [note for note in put.notes if note.field not in lost]
    notes += [
        Note(field, "normalised", f"{field} is stored as {_short(stored)}")
        for field, (_, stored) in put.forms.items()
        if field in merged.taken
    ]
    return tuple(notes + _doubts(merged))


def _short(text: str, limit: int = 100) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"


def _doubts(merged: Merge) -> list[Note]:
    seen = [*merged.taken, *merged.unchanged]
    if not any(field == "phone" or field.startswith("settings.") for field in seen):
        return []
    user = merged.user
    return [
        Note(
            f"settings.{channel}",
            "channel_on_fixed_line",
            f"{name} is on, but {user.phone.international} is a fixed line; "
            f"send settings.{channel} false, or a mobile number",
        )
        for channel, name in doubtful_channels(user.phone, user.settings).items()
    ]


def receipt(put: PutUser, merged: Merge) -> Receipt:
    """Every submitted field exactly once. Normalised is stored in another form *and* changed."""
    forms = put.forms
    return Receipt(
        applied=tuple(field for field in merged.taken if field not in forms),
        unchanged=tuple(merged.unchanged),
        normalised={field: forms[field] for field in merged.taken if field in forms},
        ignored={**merged.ignored, **put.ignored},
        held=dict(merged.held),
    )
