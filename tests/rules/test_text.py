from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rentix.rules import markup
from rentix.rules import text as rule
from rentix.rules.text import clean_line, clean_text

LIVE_TAG = re.compile(r"<[A-Za-z/!?][^<>]*>")
UNWANTED = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def is_clean(text: str) -> bool:
    controls = [c for c in text if unicodedata.category(c) == "Cc" and c != "\n"]
    return not controls and not UNWANTED.search(text) and unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("Ana Rusu", "Ana Rusu"),
        ("  Ana \t Rusu\r\n", "Ana Rusu"),
        ("Ana\u00a0\u2003Rusu\u0000\u0007", "Ana Rusu"),
        ("\ufeffAna \u202eusuR\u202c\u200f", "Ana usuR"),
        ("Ștefan", "Ștefan"),
        ("A < B & C", "A < B & C"),
        ("\u2028\u0085", ""),
    ],
)
def test_a_name_is_one_clean_line(text: str, stored: str) -> None:
    assert clean_line(text) == stored


def test_joiners_that_a_script_needs_stay() -> None:
    assert clean_line("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("one  \n\n\n\n\ttwo ", "one\n\n two"),
        ("<p>Salut, <b>Ana</b></p><p>doi<br>trei</p>", "Salut, Ana\n\ndoi\ntrei"),
        ("<ul><li>unu</li><li>doi</li></ul>trei", "unu\ndoi\n\ntrei"),
        ("<div>unu</div><div>doi</div>", "unu\ndoi"),
        ("<h2>Titlu</h2>text", "Titlu\n\ntext"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ("a<script>alert(1)</script>b<style>p{}</style>c", "abc"),
        ('<a href="https://x" onclick="y">aici</a>', "aici"),
        ('<p title="a>b" onclick=x>text', "text"),
        ("Caf&eacute; &amp; bar&nbsp;&#8211; 5&nbsp;&lt;&nbsp;6", "Café & bar – 5 < 6"),
        ("&lt;p&gt;de dou&#259; ori&lt;/p&gt;", "de două ori"),
        ("&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;ok", "ok"),
        ("Ana <ana@example.md>", "Ana ana@example.md"),
        ("&#x202e;abc&#0;", "abc\ufffd"),
    ],
)
def test_a_description_says_in_plain_text_what_the_html_said(text: str, stored: str) -> None:
    assert clean_text(text) == stored


@pytest.mark.parametrize(
    "text", ["5 < 6 & 7", "a<b", "x <y, z", "I <3 Chișinău", "AT&T", "?a=1&copy=2", "a < b > c"]
)
def test_signs_that_are_no_markup_stay(text: str) -> None:
    assert clean_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "<script",
        "<scr<script>ipt>alert(1)",
        "<<b>script>alert(1)</script>",
        "<img src=x onerror=alert(1)//",
        "</textarea><script>1</script>",
        "<textarea><script>1</script></textarea>",
        "<svg/onload=alert(1)>",
        "<!--><img src=x>-->",
        "&lt\u037eimg src=x&gt\u037e",
        "<\u202escript>1</script>",
        "&lt;<b></b>img src=x>",
        "<plaintext><img src=x>",
        "<math><mtext><table><mglyph><style><img src=x>",
    ],
)
def test_no_tag_survives(text: str) -> None:
    cleaned = clean_text(text)
    assert not LIVE_TAG.search(cleaned)
    assert "<script" not in cleaned
    assert "<img" not in cleaned


def test_text_escaped_over_and_over_is_refused_with_a_reason() -> None:
    text = "<b>"
    for _ in range(20):
        text = text.replace("&", "&amp;").replace("<", "&lt;")
    with pytest.raises(ValueError, match=r"^must be plain text or HTML"):
        clean_text(text)


PIECES = st.sampled_from(
    [
        *("<", ">", "&", ";", "/", "!--", "-->", "&lt;", "&gt;", "&amp;", "lt;", "amp;", "&#60;"),
        *("script", "<script>", "</script>", "<p>", "<br>", "<b ", "img src=x", "<svg", "=", '"'),
        *("a", " ", "\n", "\r", "\t", "\0", "\u202e", "\u0338", "\u037e", "\u0301", "&nbsp;", "'"),
        *("<style>", "<textarea>", "<!DOCTYPE", "<![CDATA[", "<?", "<table>", "<td>", "e"),
    ]
)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_any_description_is_clean_and_cleaning_again_changes_nothing(text: str) -> None:
    try:
        cleaned = clean_text(text)
    except ValueError:
        return
    assert clean_text(cleaned) == cleaned
    assert is_clean(cleaned)
    assert "\n\n\n" not in cleaned
    assert "<script" not in cleaned.lower()
    assert not LIVE_TAG.search(cleaned)


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_any_name_is_clean_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = clean_line(text)
    assert clean_line(cleaned) == cleaned
    assert is_clean(cleaned)
    assert "\n" not in cleaned
    assert cleaned == " ".join(cleaned.split())


def test_naughty_strings(test_data: Path) -> None:
    for text in json.loads((test_data / "strings/blns.json").read_text("utf-8")):
        assert is_clean(clean_line(text))
        cleaned = clean_text(text)
        assert is_clean(cleaned)
        assert clean_text(cleaned) == cleaned
        assert not LIVE_TAG.search(cleaned)


@pytest.mark.parametrize("around", ["{}", "a{}b", "a{}\nb", "a\n{}\nb"])
def test_what_is_left_as_it_is_would_be_left_by_the_long_way_too(around: str) -> None:
    for point in (*range(0x3100), 0xFEFF, 0x1F600, 0x10FFFF):
        written = around.format(chr(point))
        if rule._is_tidy(written):
            assert rule._tidy_lines(markup.strip_markup(rule._tidy_lines(written))) == written
