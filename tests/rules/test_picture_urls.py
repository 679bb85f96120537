"""Addresses of pictures are stored as the URL standard writes them, however fast they are read."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rentix.rules.pictures import _PLAIN, picture_url, read_picture_url

PIECES = st.sampled_from(
    [*"azAZ019-_~.:/?#@%&=[]\\ ", "//", "..", "/./", "%2e", "xn--", "0x1", "127.0.0.1", "é", "a.md"]
)
ADDRESSES = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["https://", "http://", "https:", "ftp://", "HTTPS://"]),
        st.sampled_from(["crm.example", "a", "a-.b", "xn--a.md", "1.2", "a.1", "0x7f.a", "A.md"]),
        st.lists(PIECES, max_size=8).map("".join),
    ),
)


def the_long_way(text: str) -> str | None:
    try:
        return str(read_picture_url(text).href)
    except ValueError:
        return None


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(ADDRESSES | st.from_regex(_PLAIN, fullmatch=True))
@example("https://crm.example/")
@example("https://crm.example/a/../b")
@example("https://crm.example/a?")
@example("https://a.1/")
def test_an_address_that_is_told_at_a_glance_is_what_parsing_makes_of_it(text: str) -> None:
    try:
        found: str | None = picture_url(text)
    except ValueError:
        found = None
    assert found == the_long_way(text)


@pytest.mark.parametrize("text", ["https://crm.example/photos/7.jpg", "http://a.b/c/?id=7&s=1.5"])
def test_an_address_that_is_plain_is_not_parsed(text: str) -> None:
    assert _PLAIN.fullmatch(text)
