"""Contract 5: `description`, `descriptions`, `?locale=` and `Accept-Language`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.users.shapes import MOBILE, PROFILE, ok, warned
from tests.service import Tenant

PERSON: dict[str, Any] = {"externalId": "7", "name": "Ana Rusu", "phone": MOBILE}


def read(tenant: Tenant, query: str = "", **headers: str) -> dict[str, Any]:
    return ok(tenant.get(f"/users/external/7{query}", **headers))


def test_a_text_is_the_agencys_default_locale(new_tenant: Callable[..., Tenant]) -> None:
    """As a string it sets the agency's default locale (`ro`)."""
    for agency, locale in (({}, "ro"), ({"locale": "ru"}, "ru")):
        tenant = new_tenant(**agency)
        tenant.put(**PERSON, description={"ro": "a", "ru": "b", "en": "c"})
        tenant.put(externalId="7", description="neu")
        assert {k for k, v in read(tenant)["descriptions"].items() if v == "neu"} == {locale}


def test_an_object_merges_by_key(tenant: Tenant) -> None:
    """`description` as an object `{ro, ru, en}` merges by key (null clears one locale)."""
    tenant.put(**PERSON, description={"ro": "Bună", "ru": "Да"})
    tenant.put(externalId="7", description={"ru": None, "en": "Yes"})
    assert read(tenant)["descriptions"] == {"ro": "Bună", "en": "Yes"}
    assert ok(tenant.put(externalId="7", description={}))["unchanged"] is True


def test_null_clears_every_locale(tenant: Tenant) -> None:
    """Absent = keep, `null` = clear, value = set."""
    tenant.put(**PERSON, description={"ro": "Bună", "ru": "Да"})
    assert ok(tenant.put(externalId="7", description=None))["updated"] is True
    profile = read(tenant)
    assert profile.keys() == PROFILE
    assert profile["description"] is None
    assert ok(tenant.put(externalId="7", description=None))["unchanged"] is True


def test_descriptions_are_there_when_more_than_one_is_stored(tenant: Tenant) -> None:
    """`descriptions` (by locale, when more than one is stored)."""
    tenant.put(**PERSON, description={"ru": "Да"})
    assert read(tenant).keys() == PROFILE
    tenant.put(externalId="7", description={"en": "Yes"})
    assert read(tenant).keys() == PROFILE | {"descriptions"}


@pytest.mark.parametrize(
    ("stored", "query", "wish", "shown"),
    [
        ({"ro": "a", "ru": "b", "en": "c"}, "", None, "a"),
        ({"ru": "b", "en": "c"}, "", None, "b"),
        ({"en": "c"}, "", None, "c"),
        ({"ro": "a", "ru": "b", "en": "c"}, "?locale=ru", None, "b"),
        ({"ro": "a", "en": "c"}, "?locale=ru", None, "a"),
        ({"ro": "a", "ru": "b", "en": "c"}, "", "en", "c"),
        ({"ro": "a", "ru": "b", "en": "c"}, "", "ru-MD,ru;q=0.9,en;q=0.8", "b"),
        ({"ro": "a", "ru": "b", "en": "c"}, "", "de, en;q=0.2, ru;q=0.7", "b"),
        ({"ro": "a", "ru": "b"}, "", "en, ru;q=0.5", "b"),
        ({"ro": "a", "ru": "b"}, "", "ru;q=0, *", "a"),
        ({"ro": "a", "ru": "b", "en": "c"}, "?locale=en", "ru", "c"),
        ({"ro": "a", "ru": "b"}, "", "!!;q=x,,;", "a"),
    ],
)
def test_one_string_in_the_readers_language(
    tenant: Tenant, stored: dict[str, str], query: str, wish: str | None, shown: str
) -> None:
    """`description` in answers is one string: `?locale=` or `Accept-Language`, else ro, ru, en."""
    tenant.put(**PERSON, description=stored)
    headers = {} if wish is None else {"Accept-Language": wish}
    assert read(tenant, query, **headers)["description"] == shown
    [listed] = ok(tenant.get(f"/users{query}", **headers))["items"]
    assert listed["description"] == shown


def test_an_unknown_wish_is_refused(tenant: Tenant) -> None:
    """`?locale=`: 400 bad parameters."""
    tenant.put(**PERSON)
    answer = tenant.get("/users/external/7?locale=fr")
    assert answer.status_code == 400
    assert answer.json()["message"] == ["locale must be one of: ro, ru, en"]


def test_an_unknown_language_is_ignored_with_a_warning(tenant: Tenant) -> None:
    """Unknown fields are ignored with a warning."""
    body = ok(tenant.put(**PERSON, description={"fr": "Oui", "ro": "Da"}))
    assert warned(body) == {("description.fr", "unknown_locale")}
    assert read(tenant)["description"] == "Da"


def test_a_description_has_up_to_5000_code_points_a_locale(tenant: Tenant) -> None:
    """`description` (to 5,000 a locale)."""
    full = "ș" * 4999 + "🏠"
    ok(tenant.put(**PERSON, description={"ro": full, "ru": full, "en": full}))
    assert read(tenant)["descriptions"] == dict.fromkeys(("ro", "ru", "en"), full)
    for sent, pointer in (("x" * 5001, ""), ({"ru": "x" * 5001}, "/ru")):
        answer = tenant.put(externalId="7", description=sent)
        assert answer.status_code == 400
        [detail] = answer.json()["details"]
        assert detail["pointer"] == f"/description{pointer}"
        assert "at most 5000 characters" in detail["message"]


@pytest.mark.parametrize("text", ["", " \n ", "<p></p>"])
def test_a_description_of_nothing_is_an_error(tenant: Tenant, text: str) -> None:
    """An empty string is an error."""
    for sent in (text, {"ru": text}):
        assert tenant.put(**PERSON, description=sent).status_code == 400


def test_what_was_stored_is_what_the_receipt_said(tenant: Tenant) -> None:
    """Normalised means stored in another form: the form that the answer reports."""
    body = ok(tenant.put("?receipt=true", **PERSON, description="<p>Agent &amp; a\u0306u</p>\x07"))
    assert read(tenant)["description"] == body["fields"]["normalised"]["description"]["to"]
    assert read(tenant)["description"] == "Agent & ău"
