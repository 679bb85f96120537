"""Our end of decoding processes: start them, have them decode, end them."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time

import msgspec

from rentix.media.decode import forks
from rentix.media.decode.frames import (
    Garbled,
    Ready,
    Refused,
    receive_answer,
    send_request,
)
from rentix.media.decode.picture import (
    DecoderCrashed,
    DecoderUnavailable,
    Kind,
    Limits,
    Picture,
    PictureRefused,
)

_START_S = 30
_MESSAGE_BYTES = 1024


class ForksEnded(DecoderCrashed):
    """The program that forks has ended, and with it a process that decoded: no picture did this."""


class Nursery:
    """The program that forks, while it runs."""

    def __init__(self, prepare: str, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(_START_S)
        arguments = [str(theirs.fileno()), prepare, msgspec.json.encode(limits).decode()]
        with theirs:
            self._program = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-m", forks.__name__, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # a library's complaints may quote a picture's texts
                pass_fds=[theirs.fileno()],
                env=_environment(),
                start_new_session=True,  # Ctrl-C is ours to handle
            )
        try:
            self._await_start()
        except BaseException:
            self.close()
            raise

    def _await_start(self) -> None:
        said = self._control.recv(_MESSAGE_BYTES)
        if said != forks.READY:
            fault = said.decode(errors="replace") or "it ended when it started"
            raise DecoderUnavailable(
                f"pictures cannot be decoded here: {fault} (pip install 'rentix[server]')"
            )

    def start_process(self) -> Process:
        """Fork a process, which then warms up while we go on.

        Raises:
            OSError: the program has ended.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs, self._lock:
                socket.send_fds(self._control, [forks.FORK], [theirs.fileno()])
                pid = self._hear()
        except BaseException:
            ours.close()
            raise
        return Process(self, pid, ours, self._limits)

    def end(self, pid: int) -> int | None:
        """End a process if it still runs, and give its exit status; None if it is not known."""
        try:
            with self._lock:
                self._control.send(forks.NUMBER.pack(pid))
                return self._hear()
        except OSError:  # the program has ended, and all its processes with it
            return None

    def _hear(self) -> int:
        said = self._control.recv(_MESSAGE_BYTES)
        if not said:
            raise BrokenPipeError("the program that forks has ended")
        [number] = forks.NUMBER.unpack(said)
        return int(number)

    def close(self) -> None:
        """End the program and all processes, at once."""
        with self._lock:
            self._control.close()
        self._program.wait()


class Process:
    """A decoding process, from its fork to its end."""

    def __init__(self, nursery: Nursery, pid: int, channel: socket.socket, limits: Limits) -> None:
        self._nursery = nursery
        self._pid = pid
        self._channel = channel
        self._limits = limits
        self._is_ready = False
        self.images_left = limits.images_per_process

    def is_running(self) -> bool:
        """Tell whether it waits for a picture or still warms up: what ended can be read from."""
        poll = select.poll()
        poll.register(self._channel, select.POLLRDHUP)
        return not poll.poll(0)

    def await_ready(self) -> None:
        """Wait until it has warmed up.

        Raises:
            DecoderUnavailable: it cannot, or the kernel cannot confine it.
        """
        if self._is_ready:
            return
        try:
            answer = receive_answer(
                self._channel, _Countdown(self._channel, _START_S), self._limits
            )
        except (OSError, Garbled) as error:
            raise DecoderUnavailable(f"a process did not start: {error}") from error
        if not isinstance(answer, Ready) or answer.fault:
            fault = answer.fault if isinstance(answer, Ready) else "a process ended as it started"
            raise DecoderUnavailable(f"pictures cannot be decoded here: {fault}")
        self._is_ready = True

    def decode(self, data: bytes, kind: Kind) -> Picture:
        """Decode a picture; after any error the process has ended.

        Raises:
            PictureRefused: by the process.
            DecoderCrashed: it ended instead of answering, or was ended for taking too long.
        """
        self.images_left -= 1
        try:
            answer = self._ask(data, kind)
        except BaseException:
            self.images_left = 0
            raise
        if isinstance(answer, Refused):
            self.images_left = 0
            raise PictureRefused(answer.code, answer.message)
        return answer

    def _ask(self, data: bytes, kind: Kind) -> Picture | Refused:
        countdown = _Countdown(self._channel, self._limits.wall_s)
        try:
            countdown()
            send_request(self._channel, kind, data)
            answer = receive_answer(self._channel, countdown, self._limits)
        except TimeoutError as error:
            raise DecoderCrashed(f"it took more than {self._limits.wall_s:g} s") from error
        except Garbled as error:
            raise DecoderCrashed(f"the process gave {error}") from error
        except OSError:
            answer = None
        if answer is None:
            raise self._crash()
        if isinstance(answer, Ready):
            raise DecoderCrashed("the process spoke out of turn")
        return answer

    def _crash(self) -> DecoderCrashed:
        status = self.end()
        if status is None:
            return ForksEnded("the program that forks has ended")
        if status == -signal.SIGPROF:
            return DecoderCrashed(f"it took more than {self._limits.cpu_s:g} s of processor time")
        if status < 0:
            return DecoderCrashed(f"the process was ended by {signal.Signals(-status).name}")
        return DecoderCrashed(f"the process exited with {status}")

    def end(self) -> int | None:
        """End it, and give its exit status if that is known. Ending it again does nothing."""
        if self._channel.fileno() < 0:
            return None
        self._channel.close()
        return self._nursery.end(self._pid)


class _Countdown:
    """Gives a socket the time that is left, each time it is called."""

    def __init__(self, channel: socket.socket, seconds: float) -> None:
        self._channel = channel
        self._end = time.monotonic() + seconds

    def __call__(self) -> None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._channel.settimeout(left)


def _environment() -> dict[str, str]:
    # Nothing of ours: passwords are in it. One arena, as each reserves 64 MiB of address space.
    return {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONDONTWRITEBYTECODE": "1",
        "MALLOC_ARENA_MAX": "1",
        "VIPS_CONCURRENCY": "1",
        "VIPS_BLOCK_UNTRUSTED": "1",
    }
