"""Decoding for callers: processes that are warm when a picture comes."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from types import TracebackType
from typing import Self

from rentix.media.decode.picture import (
    DecoderUnavailable,
    Kind,
    Limits,
    Picture,
    PictureRefused,
    Refusal,
)
from rentix.media.decode.processes import ForksEnded, Nursery, Process
from rentix.media.decode.sniff import check_type

VIPS = "rentix.media.decode.vips:prepare"


class Decoder:
    """Decodes `at_once` pictures at a time, for threads. One more process waits as a spare.

    `prepare` names the function that gives a process its work, as `module:function`.
    """

    def __init__(
        self, limits: Limits | None = None, *, at_once: int = 1, prepare: str = VIPS
    ) -> None:
        """Start the processes, and wait for one of them.

        Raises:
            DecoderUnavailable: pictures cannot be decoded here, or not confined.
        """
        self._limits = limits or Limits()
        self._prepare = prepare
        self._turns = threading.Semaphore(at_once)
        self._lock = threading.Lock()
        self._is_closed = False
        self._nursery = Nursery(prepare, self._limits)
        # Taken from the right, and given back there: the spare on the left stays fresh.
        self._idle: deque[Process] = deque()
        try:
            for _ in range(at_once + 1):
                self._idle.append(self._start())
            self._idle[-1].await_ready()
        except BaseException:
            self.close()
            raise

    def decode(self, data: bytes, kind: Kind) -> Picture:
        """Make a picture of untrusted bytes; waits for its turn, then for `wall_s` at most.

        Raises:
            PictureRefused: they are no picture that is taken; the message says why.
            DecoderCrashed: the process that decoded has ended, by itself or by a limit.
            DecoderUnavailable: no process can be started any more, or this is closed.
        """
        check_type(data, self._limits)
        if len(data) > self._limits.input_bytes:
            raise PictureRefused(
                Refusal.TOO_LARGE,
                f"The file has {len(data)} bytes; at most {self._limits.input_bytes} are taken",
            )
        with self._turns:
            try:
                return self._decode(data, kind)
            except ForksEnded:
                return self._decode(data, kind)

    def _decode(self, data: bytes, kind: Kind) -> Picture:
        process = self._take()
        try:
            return process.decode(data, kind)
        finally:
            self._give_back(process)

    def _take(self) -> Process:
        while True:
            with self._lock:
                process = self._idle.pop() if self._idle else self._start()
            if process.is_running():
                break
            process.end()  # while it waited, and no picture is to blame
        try:
            process.await_ready()
        except DecoderUnavailable:
            process.end()
            raise
        return process

    def _give_back(self, process: Process) -> None:
        with self._lock:
            if process.images_left and not self._is_closed:
                self._idle.append(process)
                return
        process.end()
        with self._lock, suppress(DecoderUnavailable):  # who needs one will try again, and be told
            self._idle.appendleft(self._start())

    def _start(self) -> Process:
        if self._is_closed:
            raise DecoderUnavailable("the decoder is closed")
        try:
            return self._nursery.start_process()
        except OSError:  # the system has ended the program, perhaps for want of memory
            self._nursery.close()
            self._nursery = Nursery(self._prepare, self._limits)
            return self._nursery.start_process()

    def close(self) -> None:
        """End all processes at once; what is being decoded crashes. Closing again does nothing."""
        with self._lock:
            self._is_closed = True
            self._nursery.close()
            while self._idle:
                self._idle.pop().end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
