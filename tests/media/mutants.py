"""Damaged pictures: bytes of sound ones, changed at random."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from rentix.media.decode import Decoder, DecoderCrashed, PictureRefused
from tests.media.pictures import check_sound, oriented, plain, scene, to_heic

SOME = 500
HEAD_BYTES = 64
"""Half of the changes fall here, for what a decoder believes is written at the start."""


def sound_pictures() -> list[bytes]:
    """Make a picture of each form that is read."""
    image, glass = scene(150, 100), plain((200, 100, 50, 128), 90, 60)
    return [
        oriented(image, 6),
        image.jpegsave_buffer(interlace=True, profile="srgb"),
        image.icc_transform("cmyk").jpegsave_buffer(),
        image.pngsave_buffer(),
        glass.pngsave_buffer(interlace=True),
        image.pngsave_buffer(palette=True),
        image.webpsave_buffer(),
        glass.webpsave_buffer(lossless=True),
        image.heifsave_buffer(compression="av1"),
        to_heic(image),
    ]


def mutants(count: int, seed: int) -> Iterator[bytes]:
    """Give so many damaged pictures, the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - damage, not a secret
    originals = sound_pictures()
    for number in range(count):
        mutant = bytearray(originals[number % len(originals)])
        for _ in range(chance.randint(1, 8)):
            end = HEAD_BYTES if chance.random() < 0.5 else len(mutant)
            mutant[chance.randrange(end)] ^= chance.randint(1, 255)
        yield bytes(mutant)


def decode_all(files: Iterator[bytes]) -> Counter[str]:
    """Decode files, and count how they end. A picture that is made must be sound."""
    ends = Counter[str]()
    with Decoder(at_once=2) as decoder, ThreadPoolExecutor(2) as two:
        while some := list(islice(files, SOME)):  # `map` would hold all of them at once
            ends.update(two.map(lambda data: _outcome(decoder, data), some))
    return ends


def _outcome(decoder: Decoder, data: bytes) -> str:
    try:
        picture = decoder.decode(data, "avatar" if len(data) % 2 else "photo")
    except PictureRefused as refused:
        return refused.code if refused.message else "refused without a reason"
    except DecoderCrashed as crash:
        return f"crashed: {crash}"
    check_sound(picture)
    return "decoded"
