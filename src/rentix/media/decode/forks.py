"""A program that forks decoding processes: python -m rentix.media.decode.forks DESCRIPTOR ...

It has imported libvips and never used it, for a process that has run threads must not fork. That
makes a new process cost a hundredth of a second instead of a tenth. Whoever holds the other end of
the control socket asks for forks and for their ends; when it closes, everything ends.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
from struct import Struct

import msgspec

from rentix.media.decode.child import run
from rentix.media.decode.confine import end_with
from rentix.media.decode.picture import Limits, Prepare

READY, FORK = b"ready", b"fork"
NUMBER = Struct("!q")
"""To us: the process whose end is asked for. From us: a process, or its exit status."""


def serve(control: socket.socket, prepare: Prepare, limits: Limits) -> None:
    """Fork and reap as told, until nobody tells."""
    control.send(READY)
    running: set[int] = set()
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 16, 1)
        if message == FORK:
            with socket.socket(fileno=descriptors[0]) as channel:
                pid = _fork(control, channel, prepare, limits)
            running.add(pid)
            control.send(NUMBER.pack(pid))
        elif message:
            [pid] = NUMBER.unpack(message)
            running.discard(pid)
            control.send(NUMBER.pack(_end(pid)))
        else:
            break
    for pid in running:
        _end(pid)


def _fork(control: socket.socket, channel: socket.socket, prepare: Prepare, limits: Limits) -> int:
    parent = os.getpid()
    pid = os.fork()
    if not pid:
        end_with(parent)
        control.close()
        run(channel, prepare, limits)
    return pid


def _end(pid: int) -> int:
    # Until it is waited for here its number is not given to another process.
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def main(descriptor: str, prepare_name: str, limits_json: str) -> None:
    """Serve the control socket of that number."""
    module, _, function = prepare_name.partition(":")
    with socket.socket(fileno=int(descriptor)) as control:
        try:
            prepare: Prepare = getattr(importlib.import_module(module), function)
        except (ImportError, OSError) as error:  # a missing shared library is either
            control.send(str(error).encode()[:1000])
            return
        gc.freeze()  # so that collecting in a fork does not copy what it shares with us
        serve(control, prepare, msgspec.json.decode(limits_json, type=Limits))


if __name__ == "__main__":
    main(*sys.argv[1:])
