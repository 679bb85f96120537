"""For each query on tenants' data: values with which it would meet another agency's rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rentix.store import ListingFilter, UserFilter
from rentix.store.listing_query import fill_listing_page, listing_page_query
from rentix.store.page_query import page_query
from rentix.store.queries import Database, load_queries

OURS, THEIRS = 2, 1  # theirs come first: a LIMIT 1 that forgot the agency finds them
OUR_KEY, THEIR_KEY = 13, 12
OUR_USER, THEIR_USER = 23, 22
OUR_MEDIA, THEIR_MEDIA = 33, 32  # theirs is the older one: it could be counted as ahead of ours
OUR_LISTING, THEIR_LISTING = 43, 42
OUR_WAITING, THEIR_WAITING = 143, 142
NOW_MS = 1000

# What the two agencies have is alike but for the ids, so that only the agency tells it apart.
ROWS = """
INSERT INTO agency (id, name, phone, region, locale, requests_per_minute, bulk_per_minute,
    monthly_listings, created_ms, version)
VALUES ({agency}, 'Casa', NULL, 'MD', 'ro', 1, 1, 1, 0, {agency});
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
INSERT INTO listing (id, agency_id, external_id, status, form, files, user_id, external_user_id,
    agent_version, moved_version, version, created_ms, updated_ms)
VALUES ({listing}, {agency}, 'flat', 'active', '{{}}', '[{media}]', {user}, NULL, 1, 0, 1, 0, 0),
    (100 + {listing}, {agency}, 'room', 'active', '{{}}', '[]', NULL, 'awaited', 1, 0, 1, 0, 0),
    (200 + {listing}, {agency}, 'both', 'draft', '{{}}', '[132, 133]', NULL, 'of-{agency}', 1, 0,
        1, 0, 0),  -- with a photo of each agency's
    (300 + {listing}, {agency}, NULL, 'draft', '{{}}', '[]', NULL, 'got-1', 1, 0, 1, 0, 0);
INSERT INTO listing_media (media_id, listing_id, agency_id) VALUES ({media}, {listing}, {agency}),
    ({media}, 100 + {listing}, {agency});
INSERT INTO photo_news (agency_id, media_id, told_id) VALUES ({agency}, {media}, 7);
INSERT INTO agent_binding (agency_id, external_id, version, user_id)
VALUES ({agency}, 'awaited', {bound}, {user}), ({agency}, 'got-{agency}', 4, {user});
INSERT INTO listing_left (agency_id, user_id, listing_id, version, agent_version, moved_version)
VALUES ({agency}, {user}, {listing}, 1, 0, 0), ({agency}, {user}, 100 + {listing}, 1, 0, 0);
INSERT INTO listing_count (agency_id, month, used) VALUES ({agency}, 1, 5);
INSERT INTO former_listing VALUES ({agency}, 'former', {listing});
"""


def seed(kind: Database) -> str:
    """Give the statements that store the rows of both agencies."""
    no_bytes = {"sqlite": "x''", "postgres": "''"}[kind]
    theirs = {"agency": THEIRS, "key": THEIR_KEY, "user": THEIR_USER, "media": THEIR_MEDIA}
    ours = {"agency": OURS, "key": OUR_KEY, "user": OUR_USER, "media": OUR_MEDIA}
    theirs |= {"listing": THEIR_LISTING, "seq": 2, "bound": 2}  # so theirs would be bound first
    ours |= {"listing": OUR_LISTING, "seq": 1, "bound": 3}
    return "".join(ROWS.format(**one, now_ms=NOW_MS, bytes=no_bytes) for one in (theirs, ours))


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


def found(
    keys: list[Any], *seen: tuple[Any, ...], shown: tuple[int, ...] = (0,), **more: Any
) -> Probe:
    """Keys to load, as `wanted`, of which some rows or none are seen."""
    return replace(wanted(keys, (), **more), seen=seen, shown=shown)


def of_agencies(*seen: tuple[Any, ...], shown: tuple[int, ...] = (0,), **more: Any) -> Probe:
    """Rows about whole agencies, of which ours is named."""
    text = f"[{OURS}]"
    in_sqlite: Any = {"wanted": text, **more} if more else (text,)
    return Probe({"sqlite": in_sqlite, "postgres": {"agency_ids": text, **more}}, seen, shown)


def listing_page(
    filter_: ListingFilter, *seen: tuple[Any, ...], shown: tuple[int, ...] = (0,), **more: Any
) -> Probe:
    values = {"agency_id": OURS, "after": 0, "limit": 9, **more}
    asked: dict[Database, Any] = {
        database: values | listing_page_query(load_queries(database), database, filter_)[1]
        for database in ("sqlite", "postgres")
    }

    def whole(query: str, database: Database) -> str:
        return fill_listing_page(query, database, filter_)

    return Probe(asked, seen, shown, whole)


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
    "set_agency_limits": [
        named(
            [(OURS,)],
            agency_id=OURS,
            requests_per_minute=9,
            bulk_per_minute=None,
            monthly_listings=9,
        )
    ],
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
            *(True, True, True, True, None, None, "active", 2, 0, 0, None, None, None, ""),
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

# Of a listing as it is read: its id, its agent, its agency, and the id of the user who is that.
_HEAD = 15
_SEEN = (0, 6, _HEAD, _HEAD + 13)
_NINE: dict[str, Any] = {"limit": 9, "offset": 0, "most": 9}  # a page of an agent's listings
_HELD_ONE = (OUR_LISTING, OUR_USER, OURS, OUR_USER)
_MET_ONE = (OUR_WAITING, OUR_USER, OURS, OUR_USER)
# Of what tells it from what it was: its agency's version, its id, its agent, its photos.
_STATE = (1, 2, 4, 6)
_MET_STATE = (OURS, OUR_WAITING, OUR_USER, None)
_BARE_STATE = (OURS, 200 + OUR_LISTING, None, "133success")
_BY_NUMBER = [(OURS, number) for number in (OUR_LISTING, OUR_WAITING, THEIR_LISTING)]
_BY_TEXT = [(OURS, "flat"), (OURS, "room")]
_SHOWN = [(OURS, OUR_MEDIA, 0), (OURS, THEIR_MEDIA, 0)]
_PUT = ("other", "draft", "{}", "[]", None, None, 9, 9, 9, 9, 9, None, None)
_ALL = (
    _HELD_ONE,
    _MET_ONE,
    *((number + OUR_LISTING, None, OURS, None) for number in (200, 300)),
)
OF_LISTINGS: dict[str, list[Probe]] = {
    "one_listing": [
        named([], agency_id=OURS, listing_id=THEIR_LISTING),
        named([_MET_ONE], _SEEN, agency_id=OURS, listing_id=OUR_WAITING),
    ],
    **{
        name: [
            named([], agency_id=OURS, listing_id=THEIR_LISTING),
            named([_MET_STATE], _STATE, agency_id=OURS, listing_id=OUR_WAITING),
            named([_BARE_STATE], _STATE, agency_id=OURS, listing_id=200 + OUR_LISTING),
        ]
        for name in ("listing_state", "visited_listing_state")
    },
    "listing_state_by_external_id": [
        named([_MET_STATE], _STATE, agency_id=OURS, external_id="room"),
        named([_BARE_STATE], _STATE, agency_id=OURS, external_id="both"),
    ],
    "listing_states_by_id": [
        found(
            [(OURS, THEIR_LISTING), (OURS, OUR_WAITING), (OURS, 200 + OUR_LISTING)],
            *(_MET_STATE, _BARE_STATE),
            shown=_STATE,
        )
    ],
    "listing_states_by_external_id": [
        found([(OURS, "room"), (OURS, "both")], _MET_STATE, _BARE_STATE, shown=_STATE)
    ],
    "one_listing_by_external_id": [
        Probe({"sqlite": {"agency_id": OURS, "external_id": name}, "postgres": None}, [row], _SEEN)
        for name, row in (("flat", _HELD_ONE), ("room", _MET_ONE))
    ],
    "listing_page": [
        listing_page(ListingFilter(), *_ALL, shown=_SEEN),
        listing_page(ListingFilter(status="active"), _HELD_ONE, _MET_ONE, shown=_SEEN),
    ],
    "listing_page_of_agent": [
        listing_page(ListingFilter(user_id=OUR_USER), _HELD_ONE, _MET_ONE, shown=_SEEN),
        listing_page(ListingFilter(user_id=THEIR_USER)),
    ],
    "listings_of_agent": [
        named([_MET_ONE, _HELD_ONE], _SEEN, agency_id=OURS, user_id=OUR_USER, **_NINE),
        named([], agency_id=OURS, user_id=THEIR_USER, **_NINE),
    ],
    "count_of_agent": [
        named([(2,)], agency_id=OURS, user_id=OUR_USER),
        named([(0,)], agency_id=OURS, user_id=THEIR_USER),
    ],
    "listing_views_by_id": [found(_BY_NUMBER, _HELD_ONE, _MET_ONE, shown=_SEEN)],
    "listing_views_by_external_id": [found(_BY_TEXT, _HELD_ONE, _MET_ONE, shown=_SEEN)],
    "listings_by_id": [
        found(_BY_NUMBER, (OUR_LISTING, OUR_USER), (OUR_WAITING, OUR_USER), shown=(0, 6))
    ],
    "listings_by_external_id": [
        found(_BY_TEXT, (OUR_LISTING, OUR_USER), (OUR_WAITING, OUR_USER), shown=(0, 6))
    ],
    "former_listings": [found([(OURS, "former")], (OURS, OUR_LISTING), shown=(0, 2))],
    "listings_by_media": [
        found(_SHOWN, (OUR_LISTING, OUR_USER), (OUR_WAITING, OUR_USER), shown=(0, 6), most=9)
    ],
    "media_by_listing": [found([(OURS, OUR_LISTING), (OURS, THEIR_LISTING)], (OUR_MEDIA,))],
    "media_beside": [found(_SHOWN, (OUR_MEDIA,), (OUR_MEDIA,), most=9)],
    "media_listed": [
        Probe(
            {
                "sqlite": {"agency_id": OURS, "wanted": f"[{THEIR_MEDIA}, {OUR_MEDIA}]"},
                "postgres": {"agency_id": OURS, "wanted": f"{{{THEIR_MEDIA}, {OUR_MEDIA}}}"},
            },
            [(OUR_MEDIA,)],
        )
    ],
    "listings_held": [
        found(
            [(OURS, OUR_USER), (OURS, THEIR_USER)],
            *((OURS, OUR_USER, listing) for listing in (OUR_LISTING, OUR_WAITING)),
            shown=(0, 1, 2),
        )
    ],
    "listings_left": [
        found(
            [(OURS, OUR_USER), (OURS, THEIR_USER)],
            *((listing, OUR_USER) for listing in (OUR_LISTING, OUR_WAITING)),
            shown=(2, 6),
        )
    ],
    "awaited_agents": [
        found([(OURS, "awaited"), (OURS, f"of-{THEIRS}")], (OURS, "awaited"), shown=(0, 1))
    ],
    "listings_expecting": [
        found([(OURS, "got-1"), (OURS, f"of-{THEIRS}")], (OURS, 300 + OUR_LISTING), shown=(0, 2))
    ],
    "listings_waiting": [found([(OURS, "awaited", 3)], (OUR_WAITING,), shown=(3,), most=9)],
    "listings_used": [named([(5,)], agency_id=OURS, month=1)],
    "listings_used_by": [of_agencies((OURS, 5), shown=(0, 1), month=1)],
    "agencies_named": [of_agencies((OURS,))],
    "shift_listings": [saved(OURS, f"[[{THEIR_LISTING}, 9, 9]]", None, 9, NOW_MS)],
    "forget_listings_left": [saved(OURS, THEIR_USER)],
    "move_news": [saved(OURS, THEIR_MEDIA, 7, 8)],
    "end_news": [saved(OURS, THEIR_MEDIA, 7)],
    "delete_binding": [saved(OURS, "awaited", 2)],
    "delete_listing_media": [saved(OURS, THEIR_LISTING)],
    "delete_listing_left": [saved(OURS, THEIR_LISTING)],
    "delete_listing": [saved(OURS, 200 + THEIR_LISTING)],  # one without photos
    "clear_listing_external_id": [saved(OURS, THEIR_LISTING)],
    "update_listing": [saved(THEIR_LISTING, OURS, *_PUT)],
    "update_listing_keys": [saved(THEIR_LISTING, OURS, "other", None, None, 9, 9)],
    "forget_photos": [saved(OURS, THEIR_MEDIA, THEIR_LISTING)],
    "update_agency": [saved(OURS, "Casa Nouă", None, "RO", "ru", "{}", None, 9)],
}
PROBES |= OF_LISTINGS

_ROW = "each row brings its own agency, and row level security checks it"
_KEY = f"{_ROW}; what it replaces has a primary key that begins with the agency"
_KEY_FIRST = "a key is looked up by its number, to learn whose it is"
_WORKER = "a worker imports the pictures of all agencies; no request asks this"
_NOBODY = "no rows of tenants"
_VISITOR = "a visitor names no agency: this tells whose it is, if it is public"
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
    "insert_listing": _ROW,
    "save_binding": _ROW,
    "save_listing_media": f"{_ROW}; what is there already is left as it is",
    "save_listings_left": _KEY,
    "save_listings_used": _KEY,
    "save_news": _KEY,
    "save_former_link": _KEY,
    "save_former_listing": _KEY,
    "save_memory": _KEY,
    "spend": _KEY,
    "enter": "it says which agencies the transaction is for",
    "claim": "it takes locks, no rows",
    "await_claim": "it takes locks, no rows",
    **dict.fromkeys(
        ["is_sandbox", "set_sandbox", "secret", "new_ids", "last_id", "save_last_id"], _NOBODY
    ),
    **dict.fromkeys(["claim_sweep", "clock", "data_version"], _NOBODY),
    "agency_of_listing": _VISITOR,
    "public_listing_state": _VISITOR,
    "agency_of_user": _VISITOR,
    "open_visit": "it lets a visitor see what is public",
    "photo_news": "a worker tells listings, of all agencies, what has become of their photos",
    "bindings": "a worker writes down who got the listings that waited, of all agencies",
    "open_queue": "it lets a worker see the table of imports, and no other",
    **dict.fromkeys(
        ["return_held", "return_all", "take_tasks", "keep_held", "postpone", "give_back"], _WORKER
    ),
    **dict.fromkeys(["count_waiting", "count_media", "files_in_use"], _WORKER),
}
"""Why a query names no agency."""
