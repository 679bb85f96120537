"""Channels that a number cannot have, as far as its kind tells."""

from __future__ import annotations

from rentix.model import Phone, Settings

MESSENGERS = {
    "contact_whatsapp": "WhatsApp",
    "contact_viber": "Viber",
    "contact_telegram": "Telegram",
}


def doubtful_channels(phone: Phone, settings: Settings) -> dict[str, str]:
    """The messengers that are on although the number is a fixed line: setting → its name.

    A doubt, never an error: some businesses do run WhatsApp on a landline.
    """
    if phone.kind != "fixed":
        return {}
    return {key: name for key, name in MESSENGERS.items() if getattr(settings, key)}
