"""Whom a visitor sees, and why: each reason by its one way, and no empty card."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rentix.model import Agency, Listing, Phone, Settings, User
from rentix.rules.channels import make_channels
from rentix.rules.contact import choose_contact
from rentix.views import Channel, ContactReason, ListingView

SILENT = Settings(
    contact_phone=False, contact_whatsapp=False, contact_viber=False, contact_telegram=False
)
AGENCY = Agency(id=1, name="Casa Ta", phone="+37322123456")
ANA = User(
    id=7,
    agency_id=1,
    name="Ana Rusu",
    phone=Phone("+37369123456", "+373 691 23 456", "mobile"),
    created_ms=0,
    updated_ms=0,
)
LISTING = Listing(id=9, agency_id=1, created_ms=0, updated_ms=0)
HERS = replace(LISTING, user_id=7)
WAITING = replace(LISTING, external_user_id="crm-7", agent_version=3)
LEFT = replace(LISTING, agent_version=5, moved_version=5)


def view(listing: Listing, agent: User | None = None, agency: Agency = AGENCY) -> ListingView:
    return ListingView(listing=listing, agency=agency, agent=agent)


CASES = {
    "linked": view(HERS, ANA),
    "no_agent_given": view(LISTING),
    "external_user_unknown": view(WAITING),
    "agent_inactive": view(HERS, replace(ANA, status="inactive")),
    "no_channel_enabled": view(HERS, replace(ANA, settings=SILENT)),
}


def test_every_reason_has_its_case() -> None:
    assert set(CASES) == set(get_args(ContactReason))


@pytest.mark.parametrize("reason", list(CASES))
def test_the_reason(reason: str) -> None:
    contact = choose_contact(CASES[reason])
    assert contact.reason == reason
    assert contact.kind == ("agent" if reason == "linked" else "agency")


def test_an_agent_is_shown_with_all_channels() -> None:
    contact = choose_contact(CASES["linked"])
    assert (contact.name, contact.phone) == ("Ana Rusu", "+373 691 23 456")
    assert contact.channels == (
        Channel("phone", "tel:+37369123456"),
        Channel("whatsapp", "https://wa.me/37369123456"),
        Channel("viber", "viber://chat?number=%2B37369123456"),
        Channel("telegram", "https://t.me/+37369123456"),
    )


def test_an_agency_is_shown_with_its_telephone() -> None:
    contact = choose_contact(CASES["no_agent_given"])
    assert (contact.name, contact.phone) == ("Casa Ta", "+373 22 123 456")
    assert contact.channels == (Channel("phone", "tel:+37322123456"),)


def test_an_agency_without_a_telephone_still_has_its_name() -> None:
    contact = choose_contact(view(LISTING, agency=replace(AGENCY, phone=None)))
    assert (contact.name, contact.phone, contact.channels) == ("Casa Ta", None, ())


def test_whoever_gets_the_awaited_external_id_is_shown() -> None:
    assert choose_contact(view(WAITING, ANA)).reason == "linked"


def test_what_a_leaver_left_to_nobody_says_so() -> None:
    contact = choose_contact(view(LEFT))
    assert (contact.kind, contact.reason) == ("agency", "agent_inactive")
    named = replace(LEFT, external_user_id="crm-7")
    assert choose_contact(view(named)).reason == "agent_inactive"


def test_an_inactive_agent_without_channels_is_first_of_all_inactive() -> None:
    agent = replace(ANA, status="inactive", settings=SILENT)
    assert choose_contact(view(HERS, agent)).reason == "agent_inactive"


SETTINGS = st.builds(Settings, *[st.booleans() for _ in msgspec.structs.fields(Settings)])
LINKS = {channel.kind: channel.url for channel in make_channels(ANA.phone.e164, Settings())}


@given(SETTINGS, st.sampled_from(["active", "inactive"]), st.booleans())
def test_there_is_always_somebody_to_ask(settings: Settings, status: Any, there: bool) -> None:
    agent = replace(ANA, settings=settings, status=status) if there else None
    contact = choose_contact(view(HERS if there else LISTING, agent))
    assert contact.name
    assert contact.channels
    assert (contact.kind == "agent") == (there and status == "active" and settings != SILENT)


@given(SETTINGS)
def test_a_hidden_channel_is_in_no_field(settings: Settings) -> None:
    contact = choose_contact(view(HERS, replace(ANA, settings=settings)))
    printed = msgspec.json.encode(contact).decode()
    hidden = [url for kind, url in LINKS.items() if not getattr(settings, f"contact_{kind}")]
    assert [url for url in hidden if url in printed] == []
    assert (ANA.phone.international in printed) == settings.contact_phone


@given(SETTINGS)
def test_channels_are_those_that_are_on(settings: Settings) -> None:
    kinds = [channel.kind for channel in make_channels(ANA.phone.e164, settings)]
    assert kinds == [kind for kind in LINKS if getattr(settings, f"contact_{kind}")]
