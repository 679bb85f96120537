"""The life of a decoding process: warm up, give up all rights, answer, end."""

from __future__ import annotations

import os
import socket

from rentix.media.decode.confine import close_doors, limit_memory, start_clock
from rentix.media.decode.frames import Ready, Refused, receive_request, send_answer
from rentix.media.decode.picture import Limits, PictureRefused, Prepare
from rentix.media.decode.seccomp import SeccompMissing


def live(channel: socket.socket, prepare: Prepare, limits: Limits) -> None:
    """Decode what comes until there were enough, or one was refused."""
    limit_memory(limits)
    try:
        work = prepare(limits)
        _confine(limits)
    except Exception as error:  # noqa: BLE001 - whatever it is, it has seen no picture yet
        send_answer(channel, Ready(f"{type(error).__name__}: {error}"))
        return
    send_answer(channel, Ready())
    for _ in range(limits.images_per_process):
        request = receive_request(channel)
        if request is None:
            return
        kind, data = request
        start_clock(limits.cpu_s)
        try:
            answer = work(data, kind)
        except PictureRefused as refused:
            # What failed in the middle may have left anything behind: this process ends here.
            send_answer(channel, Refused(refused.code, refused.message))
            return
        start_clock(0)
        del request, data
        send_answer(channel, answer)


def _confine(limits: Limits) -> None:
    try:
        close_doors()
    except SeccompMissing:
        if not limits.unconfined:
            raise


def run(channel: socket.socket, prepare: Prepare, limits: Limits) -> None:
    """Live, then end at once: nothing of a process that held a stranger's bytes is run again."""
    status = 1
    try:
        live(channel, prepare, limits)
        status = 0
    finally:
        os._exit(status)
