"""Take the pictures of the public pages that the README shows: docs/images/*.png.

Usage: python -m scripts.take_screenshots    (needs a Chromium; see tests/public/browser.py)
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx2
import pyvips

from rentix.media.blobs.disk import DiskBlobs
from tests.public.browser import Scheme, browsing, looking
from tests.public.sample import drawn_sample
from tests.public.shown import Shown
from tests.service import Service

IMAGES = Path(__file__).parents[1] / "docs" / "images"
MAX_BYTES = 200_000
SHOTS: dict[str, tuple[str, int, Scheme]] = {
    "listing": ("/announcement/42?locale=en", 1440, "light"),
    "listing-phone": ("/announcement/42?locale=ro", 360, "light"),
    "agent": ("/agents/7?locale=ro", 1440, "dark"),
    "agent-phone": ("/agents/7?locale=ru", 360, "dark"),
}


def take(url: str) -> None:
    """Take every shot of the service at `url`."""
    with browsing() as browser:
        for name, (path, width, scheme) in SHOTS.items():
            with looking(browser, width, scheme) as page:
                page.goto(url + path, wait_until="networkidle")
                taken: Any = pyvips.Image.new_from_buffer(page.screenshot(), "")
            file = IMAGES / f"{name}.png"
            # A palette does for drawings, and makes a third of the bytes.
            file.write_bytes(taken.pngsave_buffer(palette=True, Q=95, effort=10, keep="none"))
            print(f"{file.name}: {file.stat().st_size:,} bytes")
            if file.stat().st_size > MAX_BYTES:
                sys.exit(f"{file.name} is larger than {MAX_BYTES:,} bytes")


def main() -> int:
    """Serve the sample and take the shots."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        blobs = DiskBlobs(Path(folder) / "blobs")
        service = Service(Path(folder) / "data", blobs=blobs)
        with service.running():
            Shown(service).show(*drawn_sample(blobs))
            httpx2.get(f"{service.url}/readyz").raise_for_status()
            take(service.url)
    return 0


if __name__ == "__main__":
    sys.exit(main())
