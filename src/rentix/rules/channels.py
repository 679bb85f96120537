"""Channels of a number: the links that its settings allow, and those it likely cannot have."""

from __future__ import annotations

from rentix.model import Phone, Settings
from rentix.views import Channel

MESSENGERS = {
    "contact_whatsapp": "WhatsApp",
    "contact_viber": "Viber",
    "contact_telegram": "Telegram",
}


def make_channels(e164: str, settings: Settings) -> tuple[Channel, ...]:
    """The ways to reach a number that its settings allow, each as a link."""
    digits = e164.removeprefix("+")
    every = (
        (settings.contact_phone, Channel("phone", f"tel:{e164}")),
        (settings.contact_whatsapp, Channel("whatsapp", f"https://wa.me/{digits}")),
        (settings.contact_viber, Channel("viber", f"viber://chat?number=%2B{digits}")),
        (settings.contact_telegram, Channel("telegram", f"https://t.me/+{digits}")),
    )
    return tuple(channel for allowed, channel in every if allowed)


def doubtful_channels(phone: Phone, settings: Settings) -> dict[str, str]:
    """The messengers that are on although the number is a fixed line: setting → its name.

    A doubt, never an error: some businesses do run WhatsApp on a landline.
    """
    if phone.kind != "fixed":
        return {}
    return {key: name for key, name in MESSENGERS.items() if getattr(settings, key)}
