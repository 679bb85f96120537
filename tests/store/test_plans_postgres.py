"""How PostgreSQL finds rows: each query by the right index with its whole key, as it is served.

The plans are those that every process shares: made once for any values, by the application's role,
under row level security and with the role's settings; on tables that were never analysed, as after
a restore, and on ones that were.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import psycopg
import pytest

from rentix.store.cluster import create_database, drop_database
from rentix.store.migrate_postgres import migrate_postgres
from rentix.store.postgres_text import numbered
from tests.store.listing_plans import POSTGRES, SORTED, SORTED_PHOTOS
from tests.store.pages import FILTERS, complete_queries

pytestmark = pytest.mark.slow  # starts a server

Statistics = Literal["none", "fresh"]

TABLES = (
    *("portal_user", "change", "former_link", "idempotency"),
    *("media", "media_use", "agency", "api_key", "budget"),
    *("listing", "listing_media", "listing_left", "listing_count", "agent_binding", "photo_news"),
    "former_listing",
)
QUERIES = {
    name: query
    for name, query in complete_queries("postgres").items()
    if re.search(rf"\b(FROM|JOIN|INTO|UPDATE) ({'|'.join(TABLES)})\b", query)
}

# 4,000 rows a table. A table of one or two pages would be read whole, and rightly so: there are
# agencies enough to fill more, but only the first forty of them have agents.
ROWS = """
INSERT INTO agency (id, name, region, locale, requests_per_minute, bulk_per_minute,
    monthly_listings, created_ms)
SELECT number, 'Casa', 'MD', 'ro', 1, 1, 1, 0 FROM generate_series(1, 4000) AS number;
INSERT INTO api_key (id, agency_id, digest, scopes, created_ms)
SELECT id, id, 'digest', 'users:write', 0 FROM agency;
INSERT INTO portal_user (id, agency_id, external_id, name, phone, phone_international, phone_kind,
    phone_origin, descriptions, contact_phone, contact_whatsapp, contact_viber, contact_telegram,
    status, version, created_ms, updated_ms, search_key)
SELECT id, 1 + id % 40, CASE WHEN id % 10 > 0 THEN 'crm-' || id END, 'Ana', '+3736' || id, '',
    'mobile', 'crm', repeat('x', 200), true, true, true, true, 'active', 1, 0, id, ' ana'
FROM generate_series(1, 4000) AS id;
INSERT INTO former_link SELECT agency_id, 'old-' || id, id FROM portal_user;
INSERT INTO change SELECT agency_id, id, 'user', id, repeat('x', 100), 0 FROM portal_user;
INSERT INTO idempotency SELECT agency_id, 'scope-' || id, 'hash', 'body', id FROM portal_user;
INSERT INTO media (id, agency_id, user_id, original_url, status, created_ms)
SELECT id, agency_id, id, repeat('x', 50), CASE WHEN id % 4 = 0 THEN 'pending' ELSE 'success' END, 0
FROM portal_user;
UPDATE media SET external_id = 'photo-' || id WHERE id % 2 = 0;
INSERT INTO media_use SELECT id, user_id, agency_id FROM media;
INSERT INTO budget SELECT id, id, 'all', 0, 0 FROM agency;
INSERT INTO listing (id, agency_id, external_id, status, form, files, user_id, external_user_id,
    agent_version, moved_version, version, created_ms, updated_ms)
SELECT id, agency_id, 'crm-' || id, CASE WHEN id % 3 = 0 THEN 'draft' ELSE 'active' END,
    repeat('x', 200), '[]', CASE WHEN id % 4 > 0 THEN id END, 'agent-' || id / 80, id, 0, id, 0, 0
FROM portal_user;
INSERT INTO listing_media SELECT id, id, agency_id FROM media;
INSERT INTO listing_left SELECT agency_id, id, id, id, 0, 0 FROM portal_user;
INSERT INTO agent_binding SELECT agency_id, 'agent-' || id / 80, id, id FROM portal_user;
INSERT INTO listing_count SELECT id, 1, 1 FROM agency;
INSERT INTO former_listing SELECT agency_id, 'old-' || id, id FROM listing;
INSERT INTO photo_news SELECT agency_id, id, 0 FROM media;
"""

EXCEPTIONS = {
    "keys": "the operator lists the keys of every agency",
    "count_media": "the operator counts all that there is",
    "files_in_use": "a sweep asks for all files of all pictures",
}
"""Queries that read a whole table, and why they may."""

# An id is unique by itself: the agency may be in the condition or a filter on the one row.
_ONE_USER = {"user_by_id (id)", "user_by_agency (agency_id, id)"}
_IN_ORDER = {"user_by_agency (agency_id, id)"}
_BY_PHONE = {"sort; user_by_phone (agency_id, phone)"}  # the few with one number
_FEW_OR_MANY = _IN_ORDER | {"sort; portal_user_agency_id_external_id_key (agency_id, external_id)"}
_PHOTO = "media_by_external_id (agency_id, external_id)"
_GIVEN = [f"media_use_pkey (media_id); {user}" for user in sorted(_ONE_USER)]
_HELD = "media_held ()"
_FIRST = ("media_due () alone; ", "media_due (); media_due () alone; ")  # min(), twice or once
_TAKEN = (
    "sort; sort; media_due (agency_id, due_ms) alone; media_pkey (id); "
    "media_queue (agency_id, status) alone; media_pkey (id)"
)
_LAST = ("", "; media_pkey (id)")
_JOBS_AHEAD = "media_due (agency_id) alone"  # and by (due_ms, id) as one, which is not told

LOOK_UPS: dict[str, set[str]] = POSTGRES | {
    "key": {"api_key_pkey (id)"},
    "keys_by_id": {"api_key_pkey (id)"},
    "revoke_key": {"api_key_pkey (id)"},
    "agency": {"agency_pkey (id)"},
    "agencies_by_id": {"agency_pkey (id)"},
    "set_agency_active": {"agency_pkey (id)"},
    "set_agency_crm": {"agency_pkey (id)"},
    "set_agency_limits": {"agency_pkey (id)"},
    "job": {f"media_pkey (id); {_JOBS_AHEAD}"},
    "changes": {"change_pkey (agency_id, seq)"},
    "last_seqs": {"change_pkey (agency_id) backward alone"},
    "users_by_id": _ONE_USER,
    "users_by_external_id": {"portal_user_agency_id_external_id_key (agency_id, external_id)"},
    "former_holders": {"former_link_pkey (agency_id, external_id)"},
    "memories": {"idempotency_pkey (agency_id, scope)"},
    "forget_memories": {"idempotency_by_expiry (agency_id, expires_ms)"},
    "update_user": _ONE_USER,
    "clear_external_id": _ONE_USER,
    "supersede_media": {"media_pkey (id)"},
    "one_media": {"media_pkey (id)"},
    "one_media_by_external_id": {_PHOTO},
    "media_by_id": {"media_pkey (id)"},
    "media_by_external_id": {_PHOTO},
    "users_by_media": {f"sort; media_pkey (id); {given}" for given in _GIVEN},
    "users_by_media_external_id": {f"sort; {_PHOTO}; {_PHOTO}; {given}" for given in _GIVEN},
    **{
        name: {"media_pkey (id)"}
        for name in ("delete_media", "clear_media_external_id", "link_media", "save_media_source")
    },
    "delete_media_use": {"media_use_pkey (media_id)"},
    "save_media_use": {"conflicts by media_use_pkey"},
    **{name: {"media_pkey (id)"} for name in ("holds", "finish_media")},
    # Those that are held are few: as many as workers have threads.
    **{name: {"media_pkey (id)", _HELD} for name in ("keep_held", "postpone", "give_back")},
    "return_held": {"media_held (held_ms)"},
    "return_all": {_HELD},
    "count_waiting": {
        f"media_awaited (); {due}; {_HELD}" for due in ("media_due () alone", "media_due ()")
    },
    "take_tasks": {f"{first}{_TAKEN}{last}" for first in _FIRST for last in _LAST},
    **dict.fromkeys(FILTERS, _IN_ORDER),
    "page by phone": _BY_PHONE,
    "page of unlinked": _FEW_OR_MANY,
    "page by everything": _BY_PHONE,
    **{name: {""} for name in ("insert_agency", "insert_key", "insert_user")},
    **{name: {""} for name in ("save_change", "save_media")},
    "save_former_link": {"conflicts by former_link_pkey"},
    "save_memory": {"conflicts by idempotency_pkey"},
    "spend": {"conflicts by budget_pkey"},
}
"""For each query the look-ups it makes, or may choose from: the index and what is searched by.

`backward` is its last rows first, `alone` is without the table, `sort` is of what was found.
"""

# Without statistics an agency is taken for a handful of agents, who are soon sorted.
_SORTED = dict.fromkeys(
    ["page by words", "page by status", "page since"],
    _IN_ORDER | {"sort; user_by_agency (agency_id, id)"},
) | {"listings by status": POSTGRES["listings by status"] | SORTED}
_SORTED |= {name: POSTGRES[name] | plans for name, plans in SORTED_PHOTOS.items()}
EXPECTED: dict[Statistics, Mapping[str, set[str]]] = {
    "none": LOOK_UPS | _SORTED,
    "fresh": LOOK_UPS,
}

CASES = [(statistics, name) for statistics in EXPECTED for name in LOOK_UPS]


@pytest.fixture(scope="module")
def plans(postgres_admin_url: str) -> Iterator[dict[Statistics, dict[str, Any]]]:
    """Give the plan of every query, without statistics and with fresh ones."""
    name = "rentix_plans"
    admin_url = create_database(postgres_admin_url, name)
    url = migrate_postgres(admin_url)
    with psycopg.connect(admin_url, autocommit=True) as owner, psycopg.connect(url) as application:
        for table in TABLES:
            owner.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)".encode())
        owner.execute(ROWS.encode())
        without = plan_all(application)
        owner.execute("VACUUM ANALYZE")
        yield {"none": without, "fresh": plan_all(application)}
    drop_database(postgres_admin_url, name)


def plan_all(connection: psycopg.Connection) -> dict[str, Any]:
    plans = {}
    for name, query in QUERIES.items():
        text = b"EXPLAIN (GENERIC_PLAN, FORMAT JSON) " + numbered(query)[0]
        result = connection.pgconn.exec_(text)  # psycopg would want values for $1
        answer = result.get_value(0, 0)
        assert answer, (name, result.error_message)
        plans[name] = json.loads(answer)[0]["Plan"]
    return plans


def look_ups(node: dict[str, Any]) -> list[str]:
    """Tell how a plan finds rows of tenants' tables, and what it sorts, from the top down."""
    told = [_tell(node)]
    for inner in node.get("Plans", []):
        told += look_ups(inner)
    return [one for one in told if one]


def _tell(node: dict[str, Any]) -> str:
    kind = node["Node Type"]
    if kind in ("Sort", "Incremental Sort"):
        return "sort"
    if arbiters := node.get("Conflict Arbiter Indexes"):
        return f"conflicts by {', '.join(arbiters)}"
    if index := node.get("Index Name"):
        searched = re.findall(r"\((\w+) (?:[<>=]+|IS) ", node.get("Index Cond", ""))
        backward = " backward" if node.get("Scan Direction") == "Backward" else ""
        alone = " alone" if kind == "Index Only Scan" else ""
        return f"{index} ({', '.join(searched)}){backward}{alone}"
    if node.get("Relation Name") in TABLES and kind not in ("ModifyTable", "Bitmap Heap Scan"):
        return f"{kind} of {node['Relation Name']}"
    return ""


def test_every_query_has_its_look_ups_told() -> None:
    assert {*LOOK_UPS, *EXCEPTIONS} == {*QUERIES}
    assert not {*LOOK_UPS} & {*EXCEPTIONS}


@pytest.mark.parametrize(("statistics", "name"), CASES)
def test_a_query_finds_its_rows_by_the_right_index(
    plans: dict[Statistics, dict[str, Any]], statistics: Statistics, name: str
) -> None:
    assert "; ".join(look_ups(plans[statistics][name])) in EXPECTED[statistics][name]


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_an_exception_is_still_one(plans: dict[Statistics, dict[str, Any]], name: str) -> None:
    assert any(re.match(r"Seq Scan|\w+ \(\)", step) for step in look_ups(plans["fresh"][name]))
