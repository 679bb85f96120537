"""vCards as RFC 6350 has them."""

from __future__ import annotations

import httpx2
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rentix.model import Settings
from rentix.public.vcards import escape, file_name, fold, print_vcard
from rentix.public.visit import Site, Visit
from rentix.rules.contact import contact_of
from tests.public.sample import AGENCY, ANA, agent_view
from tests.public.shown import Shown


def lines_of(card: bytes) -> list[str]:
    """Read a card as an address book does: unfolded."""
    return card.replace(b"\r\n ", b"").decode().splitlines()


def test_a_card_is_saved_under_the_agents_name(visitor: httpx2.Client, shown: Shown) -> None:
    shown.show(agent_view())
    answer = visitor.get("/agents/7.vcf")
    assert answer.headers["content-type"] == "text/vcard; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="ana-munteanu.vcf"'
    lines = lines_of(answer.content)
    assert lines[:4] == ["BEGIN:VCARD", "VERSION:4.0", "KIND:individual", "FN:Ana Munteanu"]
    assert 'TEL;VALUE=uri;PREF=1;TYPE="voice,work":tel:+37360000107' in lines
    assert lines[-1] == "END:VCARD"


def test_addresses_are_whole_where_the_portal_knows_its_own() -> None:
    visit = Visit(Site("https://portal.example/p"), "ro")
    lines = lines_of(print_vcard(agent_view(), contact_of(ANA, AGENCY), visit))
    assert "UID:https://portal.example/p/agents/7" in lines
    assert "SOURCE:https://portal.example/p/agents/7.vcf" in lines


def test_only_channels_that_are_on_are_in_it(visitor: httpx2.Client, shown: Shown) -> None:
    settings = Settings(contact_phone=False, contact_viber=False, contact_telegram=False)
    shown.show(agent_view(user=replace(ANA, settings=settings)))
    lines = lines_of(visitor.get("/agents/7.vcf").content)
    assert [line for line in lines if "37360000107" in line] == ["IMPP:https://wa.me/37360000107"]


def test_what_ends_a_value_is_escaped() -> None:
    assert escape("a;b,c\\d\r\ne") == "a\\;b\\,c\\\\d\\ne"


def test_a_name_in_another_script_makes_a_file_name() -> None:
    assert file_name(replace(ANA, name="Андрей Чебан")) == "andrei-cheban.vcf"
    assert file_name(replace(ANA, name="山田")) == "agent-7.vcf"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_folded_lines_are_short_and_come_back_whole(text: str) -> None:
    folded = fold(text)
    assert folded.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in folded.split(b"\r\n"))
    assert all(line.decode() is not None for line in folded.split(b"\r\n"))
    assert folded.replace(b"\r\n ", b"")[:-2].decode() == text
