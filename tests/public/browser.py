"""A browser for tests: the Chromium that is here, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

Scheme = Literal["light", "dark"]
WIDTHS = {360: 740, 1440: 1000}
SCHEMES: tuple[Scheme, ...] = ("light", "dark")


def find_chromium() -> str:
    """Give the program; the test is skipped where there is none."""
    named = os.environ.get("RENTIX_TEST_CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("pages are not looked at: there is no chromium here (RENTIX_TEST_CHROMIUM)")
    return found


@contextmanager
def browsing() -> Iterator[Browser]:
    """Start the browser."""
    program = find_chromium()
    with sync_playwright() as playwright:
        # Its sandbox wants what containers do not give; the only pages that it sees are ours.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def looking(
    browser: Browser, width: int, scheme: Scheme, *, script: bool = False, locale: str = "ro-MD"
) -> Iterator[Page]:
    """Open a page of this width."""
    context = browser.new_context(
        viewport={"width": width, "height": WIDTHS[width]},
        color_scheme=scheme,
        java_script_enabled=script,
        bypass_csp=script,
        locale=locale,
        reduced_motion="reduce",
    )
    try:
        yield context.new_page()
    finally:
        context.close()
