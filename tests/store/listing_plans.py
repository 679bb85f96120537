"""For each query on listings the look-ups it makes; see `test_plans_sqlite` and `…_postgres`."""

from __future__ import annotations

from itertools import product

_ID = "INTEGER PRIMARY KEY (rowid=?)"
_LISTING, _MEDIA = f"listing {_ID}", f"media {_ID}"
_NAMED = "listing INDEX sqlite_autoindex_listing_1 (agency_id=? AND external_id=?)"
_WAITING = "listing INDEX listing_waiting (agency_id=? AND external_user_id=?)"
_MET = "bound PRIMARY KEY (agency_id=? AND external_id=? AND version>?)"
_EARLIER = "earlier PRIMARY KEY (agency_id=? AND external_id=? AND version>? AND version<?)"
_GOT = "bound COVERING INDEX agent_binding_by_user (agency_id=? AND user_id=?)"
_SHOWN = "shown PRIMARY KEY (media_id=? AND listing_id>?)"
_HELD = "listing INDEX listing_by_user (agency_id=? AND user_id=?)"
_SORT = "USE TEMP B-TREE FOR ORDER BY"
_IN_ORDER = "listing INDEX listing_by_agency (agency_id=? AND id>?)"
_AGENCY = f"agency {_ID}"
_AGENT = [f"portal_user {_ID} LEFT-JOIN", _MET]
_STATE = [*_AGENT, "SCAN file VIRTUAL TABLE INDEX 1:", f"photo {_ID}"]


def _of_a_user(held: str, waiting: str) -> list[str]:
    """Give a page of those held and one of those met: so many, however many more there are."""
    view = [_LISTING, _AGENCY, *_AGENT, _SORT]
    met = ["MATERIALIZE met", _GOT, waiting, _EARLIER, _SORT, "SCAN met", *view]
    return [
        "MERGE (UNION ALL)",
        "LEFT",
        "MATERIALIZE held",
        held,
        "SCAN held",
        *view,
        "RIGHT",
        *met,
    ]


_OF_AN_AGENT = [  # the page's ids first, and then those listings alone
    *("MATERIALIZE page", "MERGE (UNION ALL)"),
    *("LEFT", "CO-ROUTINE held", _HELD, "SCAN held", _SORT),
    *("RIGHT", "CO-ROUTINE met", _GOT, _WAITING, _EARLIER, _SORT, "SCAN met", _SORT),
    *("SCAN page", _LISTING, _AGENCY, *_AGENT, _SORT),
]
_PAGE = [_AGENCY, _IN_ORDER, *_AGENT]
_HELD_AFTER = _HELD.replace("user_id=?", "user_id=? AND id>?")
_WAITING_AFTER = _WAITING.replace("user_id=?", "user_id=? AND id>?")

SQLITE: dict[str, list[str]] = {
    "one_listing": [_LISTING, _AGENCY, *_AGENT],
    "listing_state": [_LISTING, _AGENCY, *_STATE],
    "listing_state_by_external_id": [_NAMED, _AGENCY, *_STATE],
    "public_listing_state": [
        *(_LISTING, "SCALAR SUBQUERY 3", _LISTING, _AGENCY, "REUSE SUBQUERY 3", *_STATE)
    ],
    "one_listing_by_external_id": [_NAMED, _AGENCY, *_AGENT],
    "listings": _PAGE,
    "listings by status": _PAGE,
    "listings of a user": _of_a_user(
        _HELD_AFTER.replace("INDEX", "COVERING INDEX"), _WAITING_AFTER
    ),
    "listings of a user by status": _of_a_user(_HELD_AFTER, _WAITING_AFTER),
    "listings_of_agent": _OF_AN_AGENT,
    "count_of_agent": [
        *("SCALAR SUBQUERY 1", _HELD, "SCALAR SUBQUERY 3", _GOT, _WAITING, _EARLIER)
    ],
    "listings_used": ["listing_count PRIMARY KEY (agency_id=? AND month=?)"],
    "listings_used_by": ["made PRIMARY KEY (agency_id=? AND month=?)"],
    "listings_by_id": [_LISTING, _MET],
    "listings_by_external_id": [_NAMED, _MET],
    "former_listings": ["held PRIMARY KEY (agency_id=? AND external_id=?)"],
    "listings_by_media": [_LISTING, "CORRELATED LIST SUBQUERY 2", _SHOWN, _MET],
    "media_by_listing": [
        "shown COVERING INDEX listing_media_by_listing (listing_id=?)",
        _MEDIA,
    ],
    "media_beside": [
        "beside COVERING INDEX listing_media_by_listing (listing_id=?)",
        "CORRELATED LIST SUBQUERY 1",
        _SHOWN,
        _MEDIA,
    ],
    "media_listed": [_MEDIA],
    "listings_held": [
        *("COMPOUND QUERY", "LEFT-MOST SUBQUERY", _HELD, "UNION ALL"),
        *(_GOT, _WAITING, _EARLIER),
    ],
    "listings_left": ["passed PRIMARY KEY (agency_id=? AND user_id=?)", _LISTING, _MET],
    "awaited_agents": [_WAITING.replace("INDEX", "EXISTS INDEX", 1)],
    "listings_expecting": [_WAITING, _MET],
    "listings_waiting": [f"chosen {_ID}", "CORRELATED LIST SUBQUERY 3", _WAITING, _EARLIER],
    "agencies_named": [_AGENCY],
    "shift_listings": [_LISTING],
    "save_listings_left": [
        "listing COVERING INDEX listing_by_agency (agency_id=? AND id=? AND rowid=?)"
    ],
    "forget_listings_left": ["listing_left PRIMARY KEY (agency_id=? AND user_id=?)"],
    "delete_binding": ["agent_binding PRIMARY KEY (agency_id=? AND external_id=? AND version=?)"],
    "bindings": ["SCAN agent_binding INDEX agent_binding_in_order"],  # some of them, in order
    "delete_listing_media": ["listing_media INDEX listing_media_by_listing (listing_id=?)"],
    "delete_listing_left": [
        "listing_left INDEX listing_left_by_listing (listing_id=? AND agency_id=?)"
    ],
    **{
        key: ["photo_news PRIMARY KEY (agency_id=? AND media_id=?)"]
        for key in ("move_news", "end_news")
    },
    "photo_news": ["SCAN photo_news"],  # some of them, in order
    "forget_photos": ["listing_media PRIMARY KEY (media_id=? AND listing_id=?)"],
    **{
        key: [_LISTING]
        for key in (
            *("delete_listing", "clear_listing_external_id"),
            *("update_listing", "update_listing_keys", "agency_of_listing"),
        )
    },
    "agency_of_user": [f"portal_user {_ID}"],
    "update_agency": [_AGENCY],
    **{
        name: []
        for name in (
            "insert_listing",
            "save_binding",
            "save_former_listing",
            "save_listing_media",
            "save_listings_used",
            "save_news",
        )
    },
}

# On PostgreSQL an id is unique by itself, so either index is one look-up.
_ROW = ("listing_pkey (agency_id, id)", "listing_by_id (id)")
_USER = ("user_by_agency (agency_id, id)", "user_by_id (id)")
_BY_EXTERNAL = ("listing_agency_id_external_id_key (agency_id, external_id)",)
_FIRST = "agent_binding_pkey (agency_id, external_id, version)"
_OTHERS = f"{_FIRST} alone"
_AWAITING = "listing_waiting (agency_id, external_user_id)"
_PHOTO_OF = "listing_media_by_listing (listing_id)"


def _each(*steps: str | tuple[str, ...]) -> set[str]:
    """Give the plans that take each step in one of its ways."""
    ways = ((step,) if isinstance(step, str) else step for step in steps)
    return {"; ".join(chosen) for chosen in product(*ways)}


def _viewed(*found: str | tuple[str, ...]) -> set[str]:
    return _each(*found, "agency_pkey (id)", _FIRST, _USER)


def _stated(*found: str | tuple[str, ...]) -> set[str]:
    return _each(*found, "agency_pkey (id)", _FIRST, _USER, "media_pkey (id)")


def _few(held: str, waiting: str) -> set[str]:
    """Give so many of those held and of those met, each of which is then looked up."""
    met = ("agent_binding_by_user (agency_id, user_id)", waiting, _OTHERS)
    return _viewed(held, "sort", *met, _ROW)


_FEW_AFTER = _few(
    "listing_by_user (agency_id, user_id, id)", "listing_waiting (agency_id, external_user_id, id)"
)

POSTGRES: dict[str, set[str]] = {
    **dict.fromkeys(("one_listing", "listing_views_by_id"), _viewed(_ROW)),
    **dict.fromkeys(("visited_listing_state", "listing_states_by_id"), _stated(_ROW)),
    "listing_states_by_external_id": _stated(_BY_EXTERNAL),
    "listing_views_by_external_id": _viewed(_BY_EXTERNAL),
    "listings": _viewed("listing_pkey (agency_id, id)"),
    "listings by status": _viewed("listing_pkey (agency_id, id)"),
    "listings of a user": _FEW_AFTER,
    "listings of a user by status": _FEW_AFTER,
    "listings_of_agent": _few(
        "listing_by_user (agency_id, user_id) backward", f"{_AWAITING} backward"
    ),
    "count_of_agent": _each(
        "listing_by_user (agency_id, user_id)",
        *("agent_binding_by_user (agency_id, user_id)", _AWAITING, _OTHERS),
    ),
    "listings_used": {"listing_count_pkey (agency_id, month)"},
    "listings_used_by": {"listing_count_pkey (agency_id, month)"},
    "listings_by_id": _each(_ROW, _FIRST),
    "listings_by_external_id": _each(_BY_EXTERNAL, _FIRST),
    "former_listings": {"former_listing_pkey (agency_id, external_id)"},
    "listings_by_media": _each("listing_media_pkey (media_id, listing_id)", _ROW, _FIRST),
    "media_by_listing": _each(_PHOTO_OF, "media_pkey (id)"),
    "media_beside": _each(
        "listing_media_pkey (media_id, listing_id)", _PHOTO_OF, "media_pkey (id)"
    ),
    "media_listed": {"media_pkey (id)"},
    "listings_held": _each(
        "listing_by_user (agency_id, user_id)",
        *("agent_binding_by_user (agency_id, user_id)", _AWAITING, _OTHERS),
    ),
    "listings_left": _each("listing_left_pkey (agency_id, user_id)", _ROW, _FIRST),
    "awaited_agents": {_AWAITING},
    "listings_expecting": _each(_AWAITING, _FIRST),
    "listings_waiting": _each(_AWAITING, _OTHERS),
    "agencies_named": {"agency_pkey (id)"},
    "save_listings_left": _each("conflicts by listing_left_pkey", _ROW),
    "forget_listings_left": {"listing_left_pkey (agency_id, user_id)"},
    "delete_binding": {"agent_binding_in_order (agency_id, version)", _FIRST},
    "bindings": {"agent_binding_in_order ()"},  # some of them, in order
    "delete_listing_media": {_PHOTO_OF},
    "delete_listing_left": {"listing_left_by_listing (listing_id)"},
    **{key: {"photo_news_pkey (agency_id, media_id)"} for key in ("move_news", "end_news")},
    "photo_news": {"photo_news_pkey ()"},  # some of them, in order
    "save_news": {"conflicts by photo_news_pkey"},
    "forget_photos": {  # both of them hold each row once
        "listing_media_pkey (media_id, listing_id)",
        "listing_media_by_listing (listing_id, media_id)",
    },
    **{
        key: {*_ROW}
        for key in (
            "shift_listings",
            "delete_listing",
            "clear_listing_external_id",
            "update_listing",
        )
    },
    "agency_of_listing": {"listing_by_id (id)"},
    "agency_of_user": {"user_by_id (id)"},
    "update_agency": {"agency_pkey (id)"},
    **{name: {""} for name in ("insert_listing", "save_binding")},
    "save_former_listing": {"conflicts by former_listing_pkey"},
    "save_listing_media": {"conflicts by listing_media_pkey"},
    "save_listings_used": {"conflicts by listing_count_pkey"},
}
SORTED = _viewed("sort", "listing_pkey (agency_id, id)")
"""A page by status without statistics: an agency is taken for a handful of listings."""
SORTED_PHOTOS = {
    name: {f"sort; {plan}" for plan in POSTGRES[name]}
    for name in ("listings_by_media", "media_beside")
}
"""The same of those who share a photo: their ids are sorted, not what they are."""
