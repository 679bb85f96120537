"""Fetching what is expected to fail."""

from __future__ import annotations

import pytest

from rentix.media.fetch import Fetcher
from rentix.media.fetch.failures import FetchCode, FetchFailed


def failure_of(fetcher: Fetcher, url: str) -> FetchFailed:
    """Return why there is no picture."""
    with pytest.raises(FetchFailed) as caught:
        fetcher.fetch(url)
    return caught.value


def code_of(fetcher: Fetcher, url: str) -> FetchCode | None:
    """Return the code of the failure, None when the picture came."""
    try:
        fetcher.fetch(url)
    except FetchFailed as failed:
        return failed.code
    return None
