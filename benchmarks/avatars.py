"""How many avatars a second one decoding process makes, beside libvips with no limits at all.

    .venv/bin/python -m benchmarks.avatars

Runs take turns, on the same generated JPEG pictures: `Decoder`, a process that can do nothing else;
the same calls of libvips in this process; Pillow doing the same; and sharp, where NODE_PATH leads
to it. One thread each.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ["VIPS_CONCURRENCY"] = "1"  # before libvips is loaded: as in a decoding process

import pyvips

from rentix.media.decode import SIZES, Decoder, Limits
from rentix.media.decode.vips import prepare

PICTURES, ROUNDS, RUNS = 4, 15, 5
WIDTH, HEIGHT = 1600, 1200

Run = Callable[[list[bytes]], None]

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
    for (let round = 0; round < Number(line); round++) for (const file of files) await make(file);
    console.log('done');
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


def with_pillow(pictures: list[bytes]) -> None:
    """Do the same by Pillow, but for the cut: it has none by attention, so this is the middle."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - only here, and perhaps not installed

    for data in pictures:
        source = Image.open(io.BytesIO(data))
        source.draft("RGB", (SIZES[-1], SIZES[-1]))
        image = ImageOps.exif_transpose(source).convert("RGB")
        for side, quality in ((1024, 80), (512, 85), (128, 92)):
            image = ImageOps.fit(image, (side, side), Image.Resampling.LANCZOS)
            image.save(io.BytesIO(), "WEBP", quality=quality, method=2)


@contextlib.contextmanager
def with_sharp(pictures: list[bytes]) -> Iterator[Run]:
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

            def run(_: list[bytes]) -> None:
                ask.write(f"{ROUNDS}\n")
                hear.readline()

            yield run
            ask.close()


def measure(run: Run, pictures: list[bytes]) -> float:
    """Give the pictures a second of one run."""
    started = time.perf_counter()
    run(pictures)
    return PICTURES * ROUNDS / (time.perf_counter() - started)


def contenders(stack: contextlib.ExitStack, pictures: list[bytes]) -> dict[str, Run]:
    """Give what can be run here, by name."""
    decoder = stack.enter_context(Decoder())
    work = prepare(Limits())

    def in_rounds(make: Callable[[bytes], object]) -> Run:
        return lambda files: [make(data) for _ in range(ROUNDS) for data in files].clear()

    runs = {
        "decoder": in_rounds(lambda data: decoder.decode(data, "avatar")),
        "libvips": in_rounds(lambda data: work(data, "avatar")),
    }
    with contextlib.suppress(ImportError):
        with_pillow(pictures[:1])
        runs["pillow"] = in_rounds(lambda data: with_pillow([data]))
    if shutil.which("node") and os.environ.get("NODE_PATH"):
        runs["sharp"] = stack.enter_context(with_sharp(pictures))
    return runs


def main() -> None:
    """Print each contender's median, and its share of libvips's, run by run."""
    pictures = make_pictures()
    with contextlib.ExitStack() as stack:
        runs = contenders(stack, pictures)
        found: dict[str, list[float]] = {name: [] for name in runs}
        for number in range(RUNS):
            for name, run in runs.items():
                found[name].append(measure(run, pictures))
            print(f"run {number + 1} of {RUNS}", file=sys.stderr)
    bare = found["libvips"]
    table = {
        name: {
            "per_s": round(statistics.median(each), 2),
            "of_libvips": round(
                statistics.median(one / other for one, other in zip(each, bare, strict=True)), 3
            ),
            "runs": [round(one, 2) for one in each],
        }
        for name, each in found.items()
    }
    print(json.dumps(table, indent=2))


if __name__ == "__main__":
    main()
