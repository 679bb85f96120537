"""The reference page: self-contained, whole, and its samples run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import httpx2
import pytest

from rentix.api.openapi import describe
from rentix.api.reference_page import content_security, render_page
from rentix.api.routes import ROUTES
from rentix.api.samples import LANGUAGES, SANDBOX_URL
from rentix.cli.sandbox import _seed
from rentix.media.blobs.disk import DiskBlobs
from tests.public.browser import browsing, looking
from tests.service import Service, Tenant

DOCUMENT = describe(ROUTES)
PAGE = render_page(DOCUMENT)
_VOID = {"meta", "link", "input", "br"}
_SAMPLE = re.compile(r'<pre class="sample (\w+)"[^>]*><code>(.*?)</code></pre>', re.DOTALL)


class Outline(HTMLParser):
    """The ids, links and other addresses of a page, and whether its tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("href", "src", "srcset", "style") or name.startswith("on"):
                self.loads.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def outline() -> Outline:
    outline = Outline()
    outline.feed(PAGE)
    return outline


def test_the_page_is_well_formed(outline: Outline) -> None:
    assert outline.open == []
    assert len(outline.ids) == len(set(outline.ids))


def test_links_within_the_page_lead_somewhere(outline: Outline) -> None:
    inner = {link[1:] for link in outline.links if link.startswith("#")}
    assert inner <= set(outline.ids)


def test_the_page_asks_nobody_for_anything(outline: Outline) -> None:
    assert outline.loads == ["data:,"]
    assert "<script" not in PAGE
    assert "@import" not in PAGE
    assert "url(" not in PAGE


def test_the_page_is_served_with_its_policy(tenant: Tenant) -> None:
    answer = tenant.get("/docs")
    assert answer.text == PAGE
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == content_security()
    assert "'unsafe" not in content_security()


def test_who_opens_the_service_in_a_browser_comes_to_the_page(tenant: Tenant) -> None:
    answer = httpx2.get(f"{tenant.service.url}/", follow_redirects=True)
    assert answer.status_code == 200
    assert answer.url.path == "/api/v1/docs"


@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize(("width", "is_open"), [(360, False), (1440, True)])
def test_the_contents_leave_a_telephone_to_the_text(
    width: int, *, is_open: bool, tenant: Tenant
) -> None:
    """They are closed there until they are asked for, and always open beside the text."""
    with browsing() as browser, looking(browser, width, "light") as page:
        page.goto(f"{tenant.service.url}/api/v1/docs")
        link, fold = page.locator("nav a").first, page.locator("nav summary")
        seen = "e => e.checkVisibility({contentVisibilityAuto: true})"
        assert (link.evaluate(seen), fold.is_visible()) == (is_open, not is_open)
        if fold.is_visible():
            fold.click()
        link.click()
        assert page.url.endswith(link.get_attribute("href") or "?")


def test_every_endpoint_has_its_article_and_samples(outline: Outline) -> None:
    operations = [o for methods in DOCUMENT["paths"].values() for o in methods.values()]
    assert {operation["operationId"] for operation in operations} <= set(outline.ids)
    assert len(_SAMPLE.findall(PAGE)) == len(operations) * len(LANGUAGES)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a sandbox as `rentix sandbox` seeds it."""
    blobs = DiskBlobs(tmp_path_factory.mktemp("blobs"))
    service = Service(tmp_path_factory.mktemp("sandbox"), blobs=blobs)
    _seed(service.store, "MD", "127.0.0.1:9")
    with service.running():
        httpx2.get(f"{service.url}/readyz").raise_for_status()
        yield service.url


COMMANDS = {
    "curl": ("curl", ["sh"]),
    "python": (sys.executable, [sys.executable]),
    "node": ("node", ["node"]),
    "php": ("php", ["php"]),
}
_SUFFIX = {"node": "mjs"}


@pytest.mark.parametrize("language", [pytest.param(n, marks=pytest.mark.slow) for n in LANGUAGES])
def test_samples_run_against_the_sandbox(language: str, sandbox: str, tmp_path: Path) -> None:
    program, command = COMMANDS[language]
    if shutil.which(program) is None:
        pytest.skip(f"{language} samples are not run: there is no {program} here")
    samples = [unescape(text) for word, text in _SAMPLE.findall(PAGE) if word == language]
    for number, sample in enumerate(samples):
        file = tmp_path / f"{number}.{_SUFFIX.get(language, language)}"
        file.write_text(sample.replace(SANDBOX_URL, sandbox), encoding="utf-8")
        run = subprocess.run(
            [*command, str(file)], capture_output=True, text=True, check=False, timeout=30
        )
        assert run.returncode == 0, f"{sample}\n{run.stderr}"
        assert run.stdout.strip(), sample
        if "openapi.json" not in sample and "/docs" not in sample:
            assert "statusCode" not in run.stdout, f"{sample}\n{run.stdout}"
