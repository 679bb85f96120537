"""What the portal has blocked nobody sees, and no CRM shows again."""

from __future__ import annotations

from pathlib import Path

import httpx2

from rentix.cli import main
from tests.faults.writers import open_accounts
from tests.process import serving


def test_a_listing_is_blocked_beside_the_service_and_given_back_hidden(tmp_path: Path) -> None:
    data = tmp_path / "data"
    [account] = open_accounts(data, 1)
    with serving(data) as served, served.client(account.key) as client:
        made = {"externalId": "a", "announcementStatus": "draft"}
        listing_id = client.put("/listings", json=made).json()["id"]

        def ask(status: str) -> httpx2.Response:
            return client.put("/listings", json={"id": listing_id, "announcementStatus": status})

        assert main(["listing", "block", "1", str(listing_id), "--data", str(data)]) == 0
        refused = ask("draft")
        assert (refused.status_code, refused.json()["code"]) == (409, "listing_blocked")
        assert main(["listing", "unblock", "1", str(listing_id), "--data", str(data)]) == 0
        read = client.get(f"/listings/{listing_id}").json()
        assert read["formData"]["announcementStatus"] == "hidden"
        assert ask("draft").json()["status"] == "draft"
        assert main(["listing", "unblock", "1", str(listing_id), "--data", str(data)]) == 2
        assert main(["listing", "block", "1", "999", "--data", str(data)]) == 2
