"""How many avatars a second one decoding process makes, beside libvips with no limits at all.

On the same generated JPEG pictures: `Decoder`, a process that can do nothing else; the same calls
of libvips in this process; Pillow doing the same; and sharp, where NODE_PATH leads to it. One
thread each.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ["VIPS_CONCURRENCY"] = "1"  # before libvips is loaded: as in a decoding process

import pyvips

from benchmarks.runs import Bench
from benchmarks.wrk import Figures, Run
from rentix.media.decode import SIZES, Decoder, Limits
from rentix.media.decode.vips import prepare

PICTURES = 4
WIDTH, HEIGHT = 1600, 1200

Make = Callable[[bytes], object]

SHARP = """
const sharp = require('sharp'), fs = require('fs'), readline = require('readline');
sharp.concurrency(1); sharp.cache(false);
async function make(data) {
  const largest = await sharp(data, {failOn: 'truncated'}).rotate()
    .resize(1024, 1024, {fit: 'cover', position: 'attention', withoutEnlargement: true})
    .raw().toBuffer({resolveWithObject: true});
  for (const [side, quality] of [[1024, 80], [512, 85], [128, 92]])
    await sharp(largest.data, {raw: largest.info}).resize(side, side)
      .webp({quality, effort: 2}).toBuffer();
}
async function main() {
  const files = process.argv.slice(1).map(name => fs.readFileSync(name));
  await make(files[0]); console.log('ready');
  for await (const line of readline.createInterface({input: process.stdin})) {
    await make(files[Number(line)]); console.log('done');
  }
}
main();
"""


def make_pictures() -> list[bytes]:
    """Make photographs of sorts: gradients, blobs and noise."""
    place: Any = pyvips.Image.xyz(WIDTH, HEIGHT)
    pictures = []
    for seed in range(1, PICTURES + 1):
        noise: Any = pyvips.Image.gaussnoise(WIDTH, HEIGHT, sigma=12, mean=0, seed=seed)
        blobs: Any = pyvips.Image.perlin(WIDTH, HEIGHT, cell_size=200, seed=seed) * 60
        red = place[0] * (180 / WIDTH) + blobs + noise
        image = red.bandjoin([place[1] * (180 / HEIGHT) + noise, blobs + noise + 100])
        pictures.append(image.cast("uchar").copy(interpretation="srgb").jpegsave_buffer(Q=85))
    return pictures


def with_pillow(data: bytes) -> None:
    """Do the same by Pillow, but for the cut: it has none by attention, so this is the middle."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - only here, and perhaps not installed

    source = Image.open(io.BytesIO(data))
    source.draft("RGB", (SIZES[-1], SIZES[-1]))
    image = ImageOps.exif_transpose(source).convert("RGB")
    for side, quality in ((1024, 80), (512, 85), (128, 92)):
        image = ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)
        image.save(io.BytesIO(), "WEBP", quality=quality, method=2)


@contextlib.contextmanager
def with_sharp(pictures: list[bytes]) -> Iterator[Make]:
    """Do the same by sharp, in Node.js."""
    with tempfile.TemporaryDirectory() as folder:
        names = [Path(folder) / f"{number}.jpg" for number in range(len(pictures))]
        for name, data in zip(names, pictures, strict=True):
            name.write_bytes(data)
        command = ["node", "-e", SHARP, *map(str, names)]
        with subprocess.Popen(  # noqa: S603 - ours
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        ) as node:
            assert node.stdin is not None
            assert node.stdout is not None
            if node.stdout.readline() != "ready\n":
                raise FileNotFoundError("sharp")
            ask, hear = node.stdin, node.stdout

            def make(data: bytes) -> None:
                ask.write(f"{pictures.index(data)}\n")
                hear.readline()

            yield make
            ask.close()


def contenders(stack: contextlib.ExitStack, pictures: list[bytes]) -> dict[str, Make]:
    """Give what can be run here, by name."""
    decoder = stack.enter_context(Decoder())
    work = prepare(Limits())
    makes: dict[str, Make] = {
        "decoder": lambda data: decoder.decode(data, "avatar"),
        "bare_vips": lambda data: work(data, "avatar"),
    }
    with contextlib.suppress(ImportError):
        with_pillow(pictures[0])
        makes["pillow"] = with_pillow
    if shutil.which("node") and os.environ.get("NODE_PATH"):
        with contextlib.suppress(FileNotFoundError):
            makes["sharp"] = stack.enter_context(with_sharp(pictures))
    return makes


def running(make: Make, pictures: list[bytes]) -> Run:
    """Runs that make one picture after another."""

    def run(seconds: int) -> Figures:
        began, count = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            make(pictures[count % PICTURES])
            count += 1
        return {"pictures_per_s": count / (time.perf_counter() - began)}

    return run


def avatars(bench: Bench) -> None:
    """Pictures a second, beside those who do the same without confining anything."""
    pictures = make_pictures()
    with contextlib.ExitStack() as stack:
        makes = contenders(stack, pictures)
        ours = running(makes.pop("decoder"), pictures)
        for name, make in makes.items():
            peer = running(make, pictures)
            bench.compare(f"avatar_vs_{name}", "pictures_per_s", ours, peer)
