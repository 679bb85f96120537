"""What a decoding process gives up: time, memory, files, sockets, other programs."""

from __future__ import annotations

import ctypes
import os
import resource
import signal

from rentix.media.decode.picture import Limits
from rentix.media.decode.seccomp import deny_all_but_computing

_PR_SET_PDEATHSIG = 1


def end_with(parent: int) -> None:
    """Be killed as soon as the parent ends, however it ends."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(0)


def limit_memory(limits: Limits) -> None:
    """Bound the address space, and leave no core file: it would hold a person's picture."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.address_space_bytes,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def close_doors() -> None:
    """Give up everything but computing, the memory allowed, and what is open.

    Raises:
        SeccompMissing: the kernel cannot hold us to it.
    """
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    deny_all_but_computing()


def start_clock(cpu_s: float) -> None:
    """Be ended by SIGPROF when this process has computed for so long; 0 stops the clock.

    Unlike RLIMIT_CPU it starts anew for each picture, and needs no hard limit raised.
    """
    signal.setitimer(signal.ITIMER_PROF, cpu_s)
