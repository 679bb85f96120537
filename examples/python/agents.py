"""Agents and a listing, by the client. Run it twice: the second time everything is unchanged.

pip install rentix
export RENTIX_URL=http://127.0.0.1:8000 RENTIX_API_KEY=rtx_...
python agents.py
"""

from __future__ import annotations

import os

from rentix.client import ExternalIdTaken, Rentix, RentixError, upsert_user


def main(client: Rentix) -> None:
    """Put, bulk, find, link, unlink, publish."""
    put = client.users.put(external_id="example-1", name="Ana Ursu", phone="069 200 110")
    agent = client.users.get(external_id="example-1")
    print(f"agent example-1: {outcome(put)}, stored as {agent.phone}")

    # Any number of them; the client splits. A failure is a result, not an exception.
    people = [
        upsert_user(external_id="example-2", name="Ion Rusu", phone="069 200 111"),
        upsert_user(external_id="example-3", name="Maria Lungu", phone="no number"),
    ]
    for person, result in zip(people, client.users.bulk(people), strict=True):
        said = f"refused ({result.error.code})" if result.error else outcome(result.answer)
        print(f"bulk {person['externalId']}: {said}")

    for found in client.users.list(phone="+373 692 00 110"):
        print(f"found by phone: {found.name}")

    # Agents who registered on the portal by themselves are not linked yet.
    stranger = next(client.users.list(linked=False))
    print(f"linked: {client.users.link(stranger.id, 'example-4').external_id}")
    print(f"unlinked: {client.users.unlink(stranger.id).external_id}")
    try:
        client.users.link(stranger.id, "example-1")
    except ExternalIdTaken as error:
        holder = client.users.get(error.holder_id)
        print(f"conflict ({error.code}): {holder.name} has example-1; unlink it there first")

    # The agent may also come after the listing; until then visitors see the agency.
    client.listings.put(external_id="example-flat", external_user_id="example-1")
    contact = client.listings.get(external_id="example-flat").contact
    print(f"listing example-flat: visitors see {contact.name} ({contact.reason})")


def outcome(answer: object) -> str:
    """Say in a word what came of a write."""
    return next(word for word in ("created", "unchanged", "updated") if getattr(answer, word))


if __name__ == "__main__":
    try:
        with Rentix(os.environ["RENTIX_API_KEY"], os.environ["RENTIX_URL"]) as rentix:
            main(rentix)
    except RentixError as error:  # what could not be helped by trying again
        raise SystemExit(f"{error} (request {error.request_id})") from None
