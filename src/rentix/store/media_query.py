"""The query for one media by either of its ids."""

from __future__ import annotations


def media_query(key: int | str) -> tuple[str, str]:
    """The query's name, and the parameter's that takes `key`: an id, or an external id."""
    if isinstance(key, int):
        return "one_media", "media_id"
    return "one_media_by_external_id", "external_id"
