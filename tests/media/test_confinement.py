"""A decoding process that was taken over finds every door shut."""

from __future__ import annotations

import platform

import pytest

from rentix.media.decode import Decoder, DecoderUnavailable, Limits
from tests.media.rogues import list_open_doors, order, said

HARMLESS = ("list a folder", "look at a file", "signal its parent", "map code")

pytestmark = pytest.mark.skipif(
    platform.machine() != "x86_64", reason="the numbers of calls in rogues.py are x86-64's"
)


def test_the_doors_are_open_elsewhere() -> None:
    assert list_open_doors(HARMLESS) == ", ".join(HARMLESS)


@pytest.mark.slow
@pytest.mark.parametrize("prepare", ["prepare_burglar", "prepare_burglar_as_nobody"])
def test_every_door_is_shut(prepare: str) -> None:
    with Decoder(prepare=f"tests.media.rogues:{prepare}") as decoder:
        assert said(decoder.decode(order("break out"), "avatar")) == ""


def test_without_seccomp_nothing_is_decoded() -> None:
    with pytest.raises(DecoderUnavailable, match=r"cannot be confined .*unconfined=True"):
        Decoder(prepare="tests.media.rogues:prepare_without_seccomp")


def test_unless_told_otherwise() -> None:
    limits = Limits(unconfined=True)
    with Decoder(limits, prepare="tests.media.rogues:prepare_without_seccomp") as decoder:
        assert said(decoder.decode(order("tell"), "avatar")).isdigit()
