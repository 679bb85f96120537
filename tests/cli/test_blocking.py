"""What the portal has blocked nobody sees, and no CRM shows again."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest

from tests.service import Tenant


def test_a_listing_is_blocked_beside_the_service_and_given_back_hidden(
    operate: Callable[..., int], new_tenant: Callable[..., Tenant]
) -> None:
    _, tenant, _ = (new_tenant() for _ in range(3))  # it is found whosesoever it is
    made = {"externalId": "a", "announcementStatus": "draft"}
    listing_id = tenant.http.put("/listings", json=made).json()["id"]

    def ask(status: str) -> httpx2.Response:
        return tenant.http.put("/listings", json={"id": listing_id, "announcementStatus": status})

    assert operate("listing", "block", listing_id) == 0
    refused = ask("draft")
    assert (refused.status_code, refused.json()["code"]) == (409, "listing_blocked")
    assert operate("listing", "unblock", listing_id) == 0
    read = tenant.get(f"/listings/{listing_id}").json()
    assert read["formData"]["announcementStatus"] == "hidden"
    assert ask("draft").json()["status"] == "draft"
    assert operate("listing", "unblock", listing_id) == 2


@pytest.mark.parametrize("word", ["block", "unblock"])
def test_a_listing_that_is_not_there_is_named(
    operate: Callable[..., int], tenant: Tenant, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    assert operate("listing", word, 999_999) == 2
    assert "there is no listing 999999" in capsys.readouterr().err
