"""What the operator does to tenants and keys. The service sees it within a second."""

from __future__ import annotations

from rentix.model import Agency, ApiKey
from rentix.rules.keys import key_digest, mint_key
from rentix.store import Hand
from rentix.store.rows import to_agency, to_key


def create_agency(hand: Hand, agency: Agency, now_ms: int, *, sandbox: bool = False) -> int:
    """Store a new agency (its `id` is not looked at) and return its id."""
    agency_id = hand.new_id("agency")
    hand.run(
        "insert_agency",
        agency_id,
        name=agency.name,
        phone=agency.phone,
        region=agency.region,
        locale=agency.locale,
        requests_per_minute=agency.requests_per_minute,
        bulk_per_minute=agency.bulk_per_minute,
        monthly_listings=agency.monthly_listings,
        now_ms=now_ms,
    )
    hand.run("set_sandbox", sandbox=sandbox)
    return agency_id


def set_active(hand: Hand, agency_id: int, *, active: bool) -> bool:
    """Suspend or resume an agency; False when there is none with this id."""
    return bool(hand.run("set_agency_active", agency_id, active=active))


def set_crm(hand: Hand, agency_id: int, *, enabled: bool) -> bool:
    """Switch an agency's CRM access on or off; False when there is none with this id."""
    return bool(hand.run("set_agency_crm", agency_id, enabled=enabled))


def set_limits(
    hand: Hand,
    agency_id: int,
    requests_per_minute: int | None = None,
    bulk_per_minute: int | None = None,
    monthly_listings: int | None = None,
) -> Agency | None:
    """Change the limits that are given. The agency as it is then, or None when there is none."""
    hand.run(
        "set_agency_limits",
        agency_id,
        requests_per_minute=requests_per_minute,
        bulk_per_minute=bulk_per_minute,
        monthly_listings=monthly_listings,
    )
    for row in hand.run("agency", agency_id):
        return to_agency(row)
    return None


def create_key(
    hand: Hand,
    agency_id: int,
    scopes: frozenset[str],
    now_ms: int,
    *,
    published: str | None = None,
) -> tuple[int, str]:
    """A new key as (id, the key itself, which is not stored). `published` is a sandbox's."""
    key_id = hand.new_id("key")
    key = published or mint_key(key_id)
    digest, listed = key_digest(key), " ".join(sorted(scopes))
    hand.run("insert_key", agency_id, key_id=key_id, digest=digest, scopes=listed, now_ms=now_ms)
    return key_id, key


def revoke_key(hand: Hand, key_id: int, now_ms: int) -> bool:
    """Revoke a key for good; False when there is none with this id."""
    for row in hand.run("key", key_id=key_id):
        hand.run("revoke_key", to_key(row).agency_id, key_id=key_id, now_ms=now_ms)
        return True
    return False


def list_keys(hand: Hand) -> list[ApiKey]:
    """Every key of every agency, in order of id."""
    return [to_key(row) for row in hand.run("keys")]


def is_sandbox(hand: Hand) -> bool | None:
    """Whether the data is a sandbox's; None as long as it holds no agency."""
    [(sandbox,)] = hand.run("is_sandbox")
    return None if sandbox is None else bool(sandbox)
