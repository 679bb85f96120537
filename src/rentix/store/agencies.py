"""What the operator does to tenants and keys. The service sees it within a second."""

from __future__ import annotations

from rentix.model import Agency, ApiKey
from rentix.rules.keys import key_digest, mint_key
from rentix.store.rows import to_key
from rentix.store.sqlite import SqliteStore


def create_agency(store: SqliteStore, agency: Agency, now_ms: int, *, sandbox: bool = False) -> int:
    """Store a new agency (its `id` is not looked at) and return its id."""
    rows = store.write(
        "insert_agency",
        agency.name,
        agency.phone,
        agency.region,
        agency.locale,
        agency.requests_per_minute,
        agency.bulk_per_minute,
        agency.monthly_listings,
        sandbox,
        now_ms,
    )
    return int(rows[0][0])


def set_active(store: SqliteStore, agency_id: int, *, active: bool) -> bool:
    """Suspend or resume an agency; False when there is none with this id."""
    return bool(store.write("set_agency_active", active, agency_id))


def set_crm(store: SqliteStore, agency_id: int, *, enabled: bool) -> bool:
    """Switch an agency's CRM access on or off; False when there is none with this id."""
    return bool(store.write("set_agency_crm", enabled, agency_id))


def create_key(
    store: SqliteStore,
    agency_id: int,
    scopes: frozenset[str],
    now_ms: int,
    *,
    published: str | None = None,
) -> tuple[int, str]:
    """A new key as (id, the key itself, which is not stored). `published` is a sandbox's."""
    # The key carries its id, so the row comes first, with a digest that no key has.
    with store.writing():
        [(key_id,)] = store.write("insert_key", agency_id, b"", " ".join(sorted(scopes)), now_ms)
        key = published or mint_key(key_id)
        store.write("set_key_digest", key_digest(key), key_id)
    return key_id, key


def revoke_key(store: SqliteStore, key_id: int, now_ms: int) -> bool:
    """Revoke a key for good; False when there is none with this id."""
    return bool(store.write("revoke_key", now_ms, key_id))


def list_keys(store: SqliteStore) -> list[ApiKey]:
    """Every key of every agency, in order of id."""
    return [to_key(row) for row in store.write("keys")]


def holds_agencies(store: SqliteStore, *, sandbox: bool) -> bool:
    """Whether there is any agency that is a sandbox's or, with `sandbox` False, any that is not."""
    return bool(store.write("count_agencies", sandbox)[0][0])
