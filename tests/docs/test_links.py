"""Every link between pages leads somewhere, and every page can be reached from the README."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import ROOT, anchors, links, name, pages


def targets(page: Path) -> list[tuple[str, Path, str]]:
    """(link, file, fragment) for each link within the repository."""
    found = []
    for link in links(page):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, fragment = link.partition("#")
        found.append((link, (page.parent / path).resolve() if path else page, fragment))
    return found


@pytest.mark.parametrize("page", pages(), ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = [
        link
        for link, file, fragment in targets(page)
        if not file.exists() or (fragment and fragment not in anchors(file))
    ]
    assert broken == []


def test_every_page_is_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in seen and page.suffix == ".md" and page.exists():
            seen.add(page)
            waiting += [file for _, file, _ in targets(page)]
    assert [name(page) for page in pages() if page not in seen] == []
