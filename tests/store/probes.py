"""For each query on tenants' data: values with which it would meet another agency's rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rentix.store import UserFilter
from rentix.store.page_query import page_query
from rentix.store.queries import Database

OURS, THEIRS = 2, 1  # theirs come first: a LIMIT 1 that forgot the agency finds them
OUR_KEY, THEIR_KEY = 13, 12
OUR_USER, THEIR_USER = 23, 22
OUR_MEDIA, THEIR_MEDIA = 33, 32  # theirs is the older one: it could be counted as ahead of ours
NOW_MS = 1000

# What the two agencies have is alike but for the ids, so that only the agency tells it apart.
ROWS = """
INSERT INTO agency (id, name, phone, region, locale, requests_per_minute, bulk_per_minute,
    monthly_listings, created_ms)
VALUES ({agency}, 'Casa', NULL, 'MD', 'ro', 1, 1, 1, 0);
INSERT INTO api_key (id, agency_id, digest, scopes, created_ms)
VALUES ({key}, {agency}, {bytes}, '', 0);
INSERT INTO portal_user (id, agency_id, external_id, name, phone, phone_international, phone_kind,
    phone_origin, descriptions, contact_phone, contact_whatsapp, contact_viber, contact_telegram,
    status, version, created_ms, updated_ms, search_key)
VALUES ({user}, {agency}, 'same', 'Ana', '+37369123456', '+373 69 123 456', 'mobile', 'crm',
    '{{}}', true, true, true, true, 'active', 1, 0, 0, ' ana');
INSERT INTO former_link VALUES ({agency}, 'former', {user});
INSERT INTO change VALUES ({agency}, {seq}, 'user', {user}, '{{}}', 0, NULL, NULL);
INSERT INTO idempotency VALUES ({agency}, 'scope', {bytes}, {bytes}, {now_ms});
INSERT INTO media (id, agency_id, user_id, original_url, status, created_ms)
VALUES ({media}, {agency}, {user}, 'https://casa.example/a.jpg', 'pending', 0),
    (100 + {media}, {agency}, NULL, 'https://casa.example/b.jpg', 'success', 0);
UPDATE media SET external_id = 'photo' WHERE id = {media};
INSERT INTO media_use (media_id, user_id, agency_id) VALUES ({media}, {user}, {agency});
"""


def seed(kind: Database) -> str:
    """Give the statements that store the rows of both agencies."""
    no_bytes = {"sqlite": "x''", "postgres": "''"}[kind]
    theirs = (THEIRS, THEIR_KEY, THEIR_USER, THEIR_MEDIA, 2)
    ours = (OURS, OUR_KEY, OUR_USER, OUR_MEDIA, 1)
    return "".join(
        ROWS.format(
            agency=agency, key=key, user=user, media=media, seq=seq, now_ms=NOW_MS, bytes=no_bytes
        )
        for agency, key, user, media, seq in (theirs, ours)
    )


@dataclass(frozen=True)
class Probe:
    """Values that ask as our agency, and what may come back: the columns `shown` of its rows."""

    values: dict[Database, Any]
    seen: Sequence[tuple[Any, ...]] = ()
    shown: tuple[int, ...] = (0,)
    whole: Callable[[str, Database], str] = lambda query, _: query
    """Completes a query that is a template."""


def named(
    seen: Sequence[tuple[Any, ...]] = (), shown: tuple[int, ...] = (0,), **values: Any
) -> Probe:
    return Probe({"sqlite": values, "postgres": values}, seen, shown)


def wanted(keys: list[tuple[Any, ...]], seen: tuple[Any, ...], **more: Any) -> Probe:
    """Keys to load, as one array of JSON."""
    text = json.dumps(keys)
    by_name = {"wanted": text, **more}
    return Probe({"sqlite": by_name if more else (text,), "postgres": by_name}, [seen])


def saved(*row: Any) -> Probe:
    """One row to save: its values on SQLite, an array of rows in JSON on PostgreSQL."""
    return Probe({"sqlite": row, "postgres": {"rows": json.dumps([row])}})


def page(filter_: UserFilter) -> Probe:
    values = {"agency_id": OURS, "after": 0, "limit": 9}
    asked: dict[Database, Any] = {
        database: values | page_query("", database, filter_)[1]
        for database in ("sqlite", "postgres")
    }
    return Probe(
        asked, [(OUR_USER,)], whole=lambda query, database: page_query(query, database, filter_)[0]
    )


EVERY_CONDITION = UserFilter(
    words=("ana",), phone="+37369123456", linked=True, status="active", updated_since_ms=0
)
PROBES: dict[str, list[Probe]] = {
    "agency": [named([(OURS,)], agency_id=OURS)],
    "agencies_by_id": [named([(OURS,)], ids=[OURS])],
    "set_agency_active": [named([(OURS,)], agency_id=OURS, active=False)],
    "set_agency_crm": [named([(OURS,)], agency_id=OURS, enabled=False)],
    "revoke_key": [named(agency_id=OURS, key_id=THEIR_KEY, now_ms=NOW_MS)],
    "key_and_agency": [Probe({"sqlite": (OUR_KEY,), "postgres": None}, [(OUR_KEY, OURS)], (0, 6))],
    "job": [
        named([], agency_id=OURS, job_id=THEIR_MEDIA, now_ms=NOW_MS),
        named([(OUR_MEDIA, 0)], (0, 5), agency_id=OURS, job_id=OUR_MEDIA, now_ms=NOW_MS),
    ],
    "one_media": [named([], agency_id=OURS, media_id=THEIR_MEDIA)],
    "one_media_by_external_id": [named([(OUR_MEDIA,)], agency_id=OURS, external_id="photo")],
    "changes": [named([(OURS,)], agency_id=OURS, after=0, limit=9)],
    "user_page": [
        page(UserFilter()),
        page(EVERY_CONDITION),
    ],
    "user_by_id": [Probe({"sqlite": (OURS, THEIR_USER), "postgres": None})],
    "user_by_external_id": [Probe({"sqlite": (OURS, "same"), "postgres": None}, [(OUR_USER,)])],
    "users_by_id": [wanted([(OURS, OUR_USER), (OURS, THEIR_USER)], (OUR_USER,))],
    "users_by_external_id": [wanted([(OURS, "same")], (OUR_USER,))],
    "former_holders": [wanted([(OURS, "former")], (OURS,))],
    "media_by_id": [wanted([(OURS, OUR_MEDIA), (OURS, THEIR_MEDIA)], (OUR_MEDIA,))],
    "media_by_external_id": [wanted([(OURS, "photo")], (OUR_MEDIA,))],
    "users_by_media": [wanted([(OURS, OUR_MEDIA), (OURS, THEIR_MEDIA)], (OUR_USER,))],
    "users_by_media_external_id": [wanted([(OURS, "photo")], (OUR_USER,))],
    "memories": [wanted([(OURS, "scope")], (OURS,), now_ms=0)],
    "last_seqs": [
        Probe(
            {"sqlite": (f"[{OURS}]",), "postgres": {"agency_ids": f"[{OURS}]"}},
            [(OURS, 1)],
            shown=(0, 1),
        )
    ],
    "clear_external_id": [saved(OURS, THEIR_USER)],
    "update_user": [
        saved(
            *(THEIR_USER, OURS, "other", "Ion", "", "", "", "", "{}", None, None, None),
            *(True, True, True, True, None, None, "active", 2, 0, 0, None, None, ""),
        )
    ],
    "update_user_keys": [saved(THEIR_USER, OURS, "other", "")],
    "delete_media_use": [saved(OURS, THEIR_MEDIA)],
    "delete_media": [saved(OURS, 100 + THEIR_MEDIA)],  # the one that nobody uses
    "clear_media_external_id": [saved(OURS, THEIR_MEDIA)],
    "link_media": [saved(OURS, THEIR_MEDIA, "other")],
    "save_media_source": [saved(OURS, THEIR_MEDIA, "f.upload", 9)],
    "supersede_media": [saved(OURS, THEIR_MEDIA, NOW_MS)],
    "holds": [wanted([(OURS, OUR_MEDIA), (OURS, THEIR_MEDIA)], (OURS,))],
    "finish_media": [
        saved(OURS, THEIR_MEDIA, 0, "success", None, 1, "image/png", "[]", None, NOW_MS)
    ],
    "forget_memories": [saved(OURS, NOW_MS)],
}

_ROW = "each row brings its own agency, and row level security checks it"
_KEY = f"{_ROW}; what it replaces has a primary key that begins with the agency"
_KEY_FIRST = "a key is looked up by its number, to learn whose it is"
_WORKER = "a worker imports the pictures of all agencies; no request asks this"
_NOBODY = "no rows of tenants"
REASONS = {
    "key": _KEY_FIRST,
    "keys_by_id": _KEY_FIRST,
    "keys": "the operator lists the keys of every agency",
    "insert_agency": _ROW,
    "insert_key": _ROW,
    "insert_user": _ROW,
    "save_change": _ROW,
    "save_media": _ROW,
    "save_media_use": f"{_ROW}; what is there already is left as it is",
    "save_former_link": _KEY,
    "save_memory": _KEY,
    "spend": _KEY,
    "enter": "it says which agencies the transaction is for",
    "claim": "it takes locks, no rows",
    "await_claim": "it takes locks, no rows",
    **dict.fromkeys(
        ["is_sandbox", "set_sandbox", "secret", "new_ids", "last_id", "save_last_id"], _NOBODY
    ),
    **dict.fromkeys(["claim_sweep", "clock"], _NOBODY),
    "open_queue": "it lets a worker see the table of imports, and no other",
    **dict.fromkeys(
        ["return_held", "return_all", "take_tasks", "keep_held", "postpone", "give_back"], _WORKER
    ),
    **dict.fromkeys(["count_waiting", "count_media", "files_in_use"], _WORKER),
}
"""Why a query names no agency."""
