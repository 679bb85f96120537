"""One decoder for the tests that only decode."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rentix.media.decode import Decoder


@pytest.fixture(scope="session")
def decoder() -> Iterator[Decoder]:
    with Decoder() as decoder:
        yield decoder
