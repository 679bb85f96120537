"""The API's endpoints as values: what is sent, and how its answer is read. No network here.

Each function makes a `Call`, which `Rentix.send` and `AsyncRentix.send` take. The same call sent
twice has one effect: a write's idempotency key is part of it.
"""

from rentix.client.calls import bulks, listings, media, others, users
from rentix.client.calls.bulks import bulk, bulk_users
from rentix.client.calls.call import Budget, Call, external_id_path
from rentix.client.calls.listings import page as list_listings
from rentix.client.calls.users import page as list_users

__all__ = [
    "Budget",
    "Call",
    "bulk",
    "bulk_users",
    "bulks",
    "external_id_path",
    "list_listings",
    "list_users",
    "listings",
    "media",
    "others",
    "users",
]
