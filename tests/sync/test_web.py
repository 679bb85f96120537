"""Rosters at an address: fetched once, kept, and refused when they are not what they should be."""

from __future__ import annotations

import gzip
import stat
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from rentix.client import SetupError
from rentix.sync.arrays import open_and_propose
from rentix.sync.records import Row
from rentix.sync.sources import HalfRead, Source, open_source
from rentix.sync.sources.web import Limits, fetch, show

ROSTER = b"externalId,name\n1,Ana\n2,Ion\n"


@dataclass
class Site:
    """A web site of one file, and what it was asked with."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = ROSTER
    asked: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append({**self.headers})
            etag = found.headers.get("ETag")
            known = etag is not None and self.headers.get("If-None-Match") == etag
            self.send_response(304 if known else found.status)
            for name, value in ({"Content-Length": str(len(found.body))} | found.headers).items():
                self.send_header(name, value)
            self.end_headers()
            if not known:
                self.wfile.write(found.body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_port}/agents.csv?token=secret"
        yield found
        server.shutdown()
        thread.join()


def ids(source: Source) -> list[object]:
    return [row.cells["externalId"] for row in source.rows() if isinstance(row, Row)]


@pytest.mark.slow
def test_what_has_not_changed_is_not_sent_again(site: Site, tmp_path: Path) -> None:
    site.headers = {"ETag": '"1"', "Last-Modified": "Fri, 01 Mar 2024 10:00:00 GMT"}
    for _ in range(2):
        assert ids(open_source(site.url, cache_dir=tmp_path)) == ["1", "2"]
    assert site.asked[1]["If-None-Match"] == '"1"'
    assert site.asked[1]["If-Modified-Since"] == "Fri, 01 Mar 2024 10:00:00 GMT"
    site.headers, site.body = {"ETag": '"2"'}, b"externalId,name\n3,Eva\n"
    assert ids(open_source(site.url, cache_dir=tmp_path)) == ["3"]
    assert "If-None-Match" not in site.asked[0]


@pytest.mark.slow
def test_a_document_of_several_lists_is_fetched_once_to_find_the_agents(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    site.url = site.url.replace(".csv", ".json")
    site.body = b'{"offices": [{"x": 1}], "agents": [{"id": 1, "name": "Ana Rusu"}]}'
    source, proposal = open_and_propose(site.url)
    assert (source.columns, proposal.items) == (("id", "name"), "agents")
    assert len(site.asked) == 1
    with pytest.raises(SetupError, match=r"^http.*holds several arrays") as refused:
        open_source(site.url)
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.slow
def test_what_is_kept_is_for_its_owner_and_tells_no_address(site: Site, tmp_path: Path) -> None:
    site.headers = {"ETag": '"1"'}
    folder = tmp_path / "cache"
    open_source(site.url, cache_dir=folder)
    kept = list(folder.iterdir())
    assert len(kept) == 2
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in kept} == {0o600}
    assert not any(b"secret" in each.read_bytes() for each in kept)


@pytest.mark.slow
def test_a_kept_file_that_somebody_changed_is_fetched_anew(site: Site, tmp_path: Path) -> None:
    site.headers = {"ETag": '"1"'}
    fetched = fetch(site.url, tmp_path)
    fetched.path.write_bytes(ROSTER[:20])
    assert ids(open_source(site.url, cache_dir=tmp_path)) == ["1", "2"]


@pytest.mark.slow
def test_a_body_shorter_than_announced_is_half_a_roster(site: Site, tmp_path: Path) -> None:
    site.headers = {"Content-Length": str(len(ROSTER) + 5)}
    with pytest.raises(HalfRead, match=r"ended early|bytes came"):
        open_source(site.url, cache_dir=tmp_path)
    assert list(tmp_path.iterdir()) == [], "nothing of it is kept"


@pytest.mark.slow
def test_half_a_roster_with_an_etag_is_asked_for_again(site: Site, tmp_path: Path) -> None:
    site.headers, site.body = {"ETag": '"1"'}, ROSTER[:-5]
    for _ in range(2):
        with pytest.raises(HalfRead, match=r"agents\.csv seems to end midway") as caught:
            open_source(site.url, cache_dir=tmp_path)
        assert "secret" not in str(caught.value)
    site.body = ROSTER
    assert ids(open_source(site.url, cache_dir=tmp_path)) == ["1", "2"]


@pytest.mark.slow
def test_packed_bodies_are_unpacked(site: Site, tmp_path: Path) -> None:
    site.body = gzip.compress(ROSTER)
    site.headers = {"Content-Encoding": "gzip"}
    assert ids(open_source(site.url, cache_dir=tmp_path)) == ["1", "2"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "wants a sign-in"), (403, "wants a sign-in"), (404, "404 Not Found"), (500, "500")],
)
def test_refusals_are_told_without_the_secret(
    site: Site, tmp_path: Path, status: int, said: str
) -> None:
    site.status = status
    with pytest.raises(SetupError, match=said) as caught:
        open_source(site.url, cache_dir=tmp_path)
    assert "secret" not in str(caught.value)


@pytest.mark.slow
def test_a_sign_in_page_is_no_roster(site: Site, tmp_path: Path) -> None:
    site.body = b"<!doctype html><html><form>"
    with pytest.raises(SetupError, match="is a web page and not a table"):
        open_source(site.url, cache_dir=tmp_path)


@pytest.mark.slow
def test_redirects_end(site: Site, tmp_path: Path) -> None:
    site.status, site.headers = 302, {"Location": "/again.csv"}
    with pytest.raises(SetupError, match="more than 5 times"):
        open_source(site.url, cache_dir=tmp_path)
    assert len(site.asked) == 6
    site.headers = {"Location": "file:///etc/passwd"}
    with pytest.raises(SetupError, match="away from https"):
        open_source(site.url, cache_dir=tmp_path)


@pytest.mark.slow
def test_a_body_without_end_is_cut_off(site: Site, tmp_path: Path) -> None:
    site.body = b"x" * (2 << 20)
    with pytest.raises(SetupError, match="larger than 1 MiB"):
        fetch(site.url, tmp_path, Limits(largest_bytes=1 << 20))
    assert list(tmp_path.iterdir()) == []


def test_nobody_answers(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"cannot fetch http://127\.0\.0\.1:1/a\.csv"):
        open_source("http://127.0.0.1:1/a.csv", cache_dir=tmp_path)


@pytest.mark.slow
def test_the_form_is_told_by_type_where_the_name_is_silent(site: Site, tmp_path: Path) -> None:
    site.url = site.url.replace("agents.csv", "export")
    site.headers, site.body = {"Content-Type": "application/x-ndjson"}, b'{"externalId": 7}\n'
    assert ids(open_source(site.url, cache_dir=tmp_path)) == [7]


def test_an_address_is_shown_without_what_is_secret() -> None:
    assert (
        show("https://ana:pass@x.example:8443/a/b.csv?key=1#f") == "https://x.example:8443/a/b.csv"
    )
