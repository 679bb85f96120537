"""Bad input: a small sample of our own, and the real inputs where they are there."""

from __future__ import annotations

import json
from pathlib import Path

NASTY = (
    "",
    " ",
    "\t\r\n",
    "\0",
    "a\0b",
    "\x01\x1f\x7f\x85",
    "\u200b\u200e\u202e\ufeff",
    "\u2028\u2029",
    "a\nb",
    "e\u0301",
    "\u0301",
    "😀" * 60,
    "\U0010ffff\ufffe",
    "ﷺ" * 255,
    "x" * 256,
    "x" * 6000,
    "null",
    "-1",
    "1e999",
    "0x10",
    "٣٧٣٦٩١٢٣٤٥٦",
    "' OR 1=1 --",
    "%00%0a%ff",
    "../../etc/passwd",
    "a/b?c#d",
    "{{7*7}}${7*7}",
    "<script>alert(1)</script>",
    "&lt;b&gt;" * 40,
    '"\\"',
    "\\ud800",
    "http://[::1",
    "javascript:alert(1)",
    "http://user:pass@host/",
    "https://www.instagram.com/..%2f..",
    "+37369123456" * 20,
    "069123456;069123457,,;",
    "2026-13-45T99:99:99Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "*",
    'W/"1", "2"',
)
"""Short texts that have broken programs before."""

BROKEN = (
    b"",
    b" ",
    b"{",
    b"[",
    b"nul",
    b"{'a':1}",
    b'{"a":1}}',
    b'{"a":01}',
    b'{"a":NaN}',
    b'{"a":"\\ud800"}',
    b'{"a":"\xff"}',
    b'\xef\xbb\xbf{"a":1}',
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"\xff\xfe{\x00}\x00",
)
"""Bodies that are no JSON."""

ENDLESS = (
    b"1" * 10_000,
    b'{"a":1' + b"0" * 5000 + b"}",
    b'{"a":[1e400]}',
)
"""Bodies with numbers that nothing can hold."""

VALID = (
    b"null",
    b"true",
    b"0",
    b"-0.0",
    b"1e308",
    b"123456789012345678901234567890",
    b"9223372036854775807",
    b'""',
    b'"\\u0000"',
    b'"\\ud83d\\ude00"',
    b"[]",
    b"{}",
    b'{"":null}',
    b'{"a\\u0000":1}',
    b'{"url":{"url":1},"id":[]}',
    b'{"ro":null,"ru":"","xx":7}',
    b'[[],{},[{"a":[null]}]]',
    b"[" * 400 + b"]" * 400,
)
"""JSON values that no field expects."""


def json_files(data: Path) -> dict[str, bytes]:
    """JSONTestSuite: `y_` is valid, `n_` is not, `i_` may be either."""
    return {file.name: file.read_bytes() for file in sorted((data / "json/test_parsing").iterdir())}


def strings(data: Path) -> list[str]:
    """The Big List of Naughty Strings and the inputs of the URL standard's tests, each once."""
    naughty = json.loads((data / "strings/blns.json").read_text("utf-8"))
    cases = json.loads((data / "url/urltestdata.json").read_text("utf-8"))
    return list(dict.fromkeys([*naughty, *(c["input"] for c in cases if isinstance(c, dict))]))
