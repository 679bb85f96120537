"""Processes come and go: limits, crashes, replacement, and none left behind."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil  # type: ignore[import-untyped]
import pytest

from rentix.media.decode import (
    Decoder,
    DecoderCrashed,
    DecoderUnavailable,
    Limits,
    PictureRefused,
)
from tests.docs.pages import ROOT
from tests.media.pictures import check_sound, scene
from tests.media.rogues import LIES, order, said

ROGUES = "tests.media.rogues:prepare"


@pytest.fixture
def rogue() -> Iterator[Decoder]:
    with Decoder(prepare=ROGUES) as decoder:
        yield decoder


def pid_of(decoder: Decoder) -> int:
    """Ask the process that decodes who it is."""
    return int(said(decoder.decode(order("tell"), "avatar")))


def await_end(*pids: int) -> None:
    """Wait until each process has ended; a process that nobody reaps has ended, too."""
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        assert select.select([descriptor], [], [], 20)[0], pid
        os.close(descriptor)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("eat", "exited with 1"),
        ("fall", "ended by SIGSEGV"),
        ("exit", "exited with 3"),
        ("flood", "an answer that is too long"),
        *((lie, "an answer that cannot be") for lie in LIES),
    ],
)
def test_a_crash_costs_one_picture(rogue: Decoder, command: str, told: str) -> None:
    before = pid_of(rogue)
    with pytest.raises(DecoderCrashed, match=told):
        rogue.decode(order(command), "avatar")
    assert pid_of(rogue) != before
    await_end(before)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("limits", "command", "told"),
    [
        (Limits(cpu_s=0.2), "burn", r"took more than 0\.2 s of processor time$"),
        (Limits(wall_s=0.2), "stall", r"took more than 0\.2 s$"),
    ],
)
def test_time_is_bounded(limits: Limits, command: str, told: str) -> None:
    with Decoder(limits, prepare=ROGUES) as rogue:
        before = pid_of(rogue)
        with pytest.raises(DecoderCrashed, match=told):
            rogue.decode(order(command), "avatar")
        assert pid_of(rogue) != before
        await_end(before)


def test_a_process_ends_after_fifty_pictures(rogue: Decoder) -> None:
    pids = [pid_of(rogue) for _ in range(51)]
    assert len(set(pids[:50])) == 1
    assert len(set(pids)) == 2
    await_end(pids[0])


def test_a_refusal_ends_the_process(rogue: Decoder) -> None:
    before = pid_of(rogue)
    with pytest.raises(PictureRefused, match="refused by order"):
        rogue.decode(order("refuse"), "avatar")
    assert pid_of(rogue) != before
    await_end(before)


def test_what_is_seen_from_outside_costs_no_process(rogue: Decoder) -> None:
    before = pid_of(rogue)
    with pytest.raises(PictureRefused):
        rogue.decode(b"GIF89a", "avatar")
    assert pid_of(rogue) == before


def test_a_spare_that_was_killed_is_not_used(rogue: Decoder) -> None:
    before = pid_of(rogue)
    os.kill(before, signal.SIGKILL)
    await_end(before)
    assert pid_of(rogue) != before


def test_the_program_that_forks_is_started_again(rogue: Decoder) -> None:
    before = pid_of(rogue)
    program = rogue._nursery._program.pid
    os.kill(program, signal.SIGKILL)
    await_end(program, before)
    assert pid_of(rogue) != before


@pytest.mark.slow
def test_threads_decode_at_the_same_time() -> None:
    data = scene().jpegsave_buffer()
    with Decoder(Limits(images_per_process=3), at_once=2) as decoder, ThreadPoolExecutor(6) as many:
        pictures = list(many.map(lambda _: decoder.decode(data, "avatar"), range(20)))
    check_sound(pictures[0])
    assert all(picture == pictures[0] for picture in pictures)


def test_closing_ends_every_process() -> None:
    with Decoder(at_once=2, prepare=ROGUES) as decoder:
        family = psutil.Process(decoder._nursery._program.pid).children()
        assert len(family) == 3
        decoder.close()
        await_end(*[process.pid for process in family])
        with pytest.raises(DecoderUnavailable, match="closed"):
            decoder.decode(order("tell"), "avatar")


def test_closing_ends_what_is_decoded() -> None:
    with Decoder(Limits(wall_s=60), prepare=ROGUES) as decoder, ThreadPoolExecutor(1) as thread:
        pid = pid_of(decoder)
        stalled = thread.submit(decoder.decode, order("stall"), "avatar")
        decoder.close()
        await_end(pid)
        with pytest.raises((DecoderCrashed, DecoderUnavailable)):
            stalled.result()


PROGRAM = """
from rentix.media.decode import Decoder, Limits
from tests.media.rogues import order, said
decoder = Decoder(Limits(cpu_s=60, wall_s=60), prepare="tests.media.rogues:prepare")
print(said(decoder.decode(order("tell"), "avatar")), flush=True)
decoder.decode(order("burn"), "avatar")
"""


@pytest.mark.slow
def test_a_killed_parent_leaves_no_process() -> None:
    program = [sys.executable, "-c", PROGRAM]
    env = {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    with subprocess.Popen(program, stdout=subprocess.PIPE, env=env) as parent:
        assert parent.stdout is not None
        decoding = int(parent.stdout.readline())
        family = [process.pid for process in psutil.Process(parent.pid).children(recursive=True)]
        assert decoding in family
        assert len(family) == 3  # the program that forks, the process, the spare
        parent.kill()
    await_end(*family)


def test_what_cannot_start_says_why() -> None:
    with pytest.raises(DecoderUnavailable, match=r"RuntimeError: no library for 12000"):
        Decoder(prepare="tests.media.rogues:prepare_badly")
    with pytest.raises(DecoderUnavailable, match=r"No module named 'missing'.*rentix\[server\]"):
        Decoder(prepare="missing.library:prepare")
