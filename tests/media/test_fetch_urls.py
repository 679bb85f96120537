"""URLs: what is read from them, what is refused, and what an operator may allow."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rentix.media.fetch import Fetcher
from rentix.media.fetch.failures import FetchCode
from rentix.media.fetch.urls import BadUrl, Origin, read_allowed, read_url
from rentix.rules.pictures import picture_url
from tests.media.attempts import failure_of

SIGNS = st.text(st.sampled_from("htps:/\\@[]%.?#0123456789abxé。 \t\n\0\ud800")) | st.text()


@pytest.mark.parametrize(
    ("text", "origin", "path"),
    [
        ("http://Crm.Example/7.jpg?a=1#b", ("crm.example", 80), "/7.jpg?a=1"),
        ("https://crm.example", ("crm.example", 443), "/"),
        ("https://crm.example:8443/a/../b", ("crm.example", 8443), "/b"),
        ("http://münchen.example./", ("xn--mnchen-3ya.example.", 80), "/"),
        ("http://0x7f.1:80/", ("127.0.0.1", 80), "/"),
        ("http://[::FFFF:1.2.3.4]:81", ("::ffff:102:304", 81), "/"),
    ],
)
def test_a_url_says_where_to_go(text: str, origin: Origin, path: str) -> None:
    target = read_url(text)
    assert (target.origin, target.path) == (origin, path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "/7.jpg",
        "//crm.example/7.jpg",
        "ftp://crm.example/",
        "http://",
        "\ud800",
        "http://a..b/",
        "http://.a/",
        f"http://{'a' * 64}.example/",
        f"http://{'a.' * 128}/",
        "http://u@crm.example/",
        "http://:hidden@crm.example/",
        f"http://a/{'x' * 8192}",
    ],
)
def test_a_url_that_nothing_is_fetched_from(text: str) -> None:
    failed = failure_of(Fetcher(), text)
    assert (failed.code, failed.heals) == (FetchCode.URL_INVALID, False)
    assert failed.message.startswith("the URL must ")
    assert "hidden" not in failed.message


@given(SIGNS | SIGNS.map("http://{}".format))
def test_whatever_is_given_is_read_or_refused(text: str) -> None:
    try:
        target = read_url(text)
    except BadUrl as bad:
        with pytest.raises(ValueError, match=re.escape(str(bad))):
            picture_url(text)
        return
    assert picture_url(text) == target.href  # what may be stored may be fetched, and so it is
    sent = target.authority + target.path
    assert sent.isascii()
    assert sent.isprintable()
    assert " " not in sent
    assert read_url(target.href) == target


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("pictures.lan:8080", ("pictures.lan", 8080)),
        ("Pictures.LAN:80", ("pictures.lan", 80)),
        ("127.1:0443", ("127.0.0.1", 443)),
        ("[FD00::7]:80", ("fd00::7", 80)),
    ],
)
def test_an_operator_allows_a_host_and_a_port(text: str, origin: Origin) -> None:
    assert read_allowed(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        ":80",
        "a",
        "a:",
        "a:b",
        "a:99999",
        "a:-1",
        "http://a:80",
        "a:80/",
        "a/b:80",
        "u@a:80",
        "a b:80",
        "fd00::7:80",
        "*:80",
        "a:80,b:80",
        "a?:80",
        "a#:80",
        "a\\b:80",
    ],
)
def test_what_is_no_host_with_port_is_not_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="must be HOST:PORT"):
        read_allowed(text)


@given(SIGNS)
def test_whatever_an_operator_allows_is_reached_as_allowed(text: str) -> None:
    try:
        host, port = read_allowed(text)
    except ValueError:
        return
    shown = f"[{host}]" if ":" in host else host
    assert read_url(f"http://{shown}:{port}/7.jpg").origin == (host, port)
