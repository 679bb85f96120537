"""A filter that leaves a process what computing needs, and denies every other system call.

It stays for good, for every thread, and root is under it as anyone else. Numbers and structures
are those of Linux's headers (unistd.h, seccomp.h, bpf_common.h, audit.h).
"""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Sequence
from struct import pack

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER, _FLAG_TSYNC = 1, 1

_LOAD_WORD, _JUMP_EQUAL, _JUMP_ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x45, 0x54, 0x06
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _ENOSYS = 1, 38
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16

_PROT_EXEC = 0x4
_THREAD = 0x00010100  # CLONE_THREAD | CLONE_VM
_NAMESPACES = 0x7E020080  # every CLONE_NEW*


_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""A kind of processor's column in the tables below, and the name the kernel has for it."""

_COMPUTING = {
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "recvfrom": (45, 207),
    "sendto": (44, 206),
    "close": (3, 57),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "brk": (12, 214),
    "madvise": (28, 233),
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "clock_gettime": (228, 113),
    "gettimeofday": (96, 169),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getrandom": (318, 278),
    "setitimer": (38, 103),
    "rt_sigreturn": (15, 139),
    "rt_sigprocmask": (14, 135),
    "restart_syscall": (219, 128),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
"""Calls that are allowed whatever their arguments, and their numbers on either machine."""

_SECCOMP, _CLONE, _CLONE3 = (317, 277), (56, 220), (435, 435)
_MMAP, _MPROTECT = (9, 222), (10, 226)


class SeccompMissing(Exception):
    """The kernel, or our table of its calls, has no filter for this machine."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"a process that decodes cannot be confined on this system ({reason}); "
            "Limits(unconfined=True) decodes all the same"
        )


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def deny_all_but_computing() -> None:
    """Put the filter on every thread of this process, and on those it starts later.

    Raises:
        SeccompMissing: the process is as free as before.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None or platform.system() != "Linux":
        raise SeccompMissing(f"none for {platform.system()} on {platform.machine()}")
    column, architecture = machine
    program = b"".join(_program(column, architecture))
    filter_ = _Filter(len(program) // 8, program)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise SeccompMissing(os.strerror(ctypes.get_errno()))
    # By number: the C library has no function for it, and prctl's would miss the other threads.
    done = libc.syscall(_SECCOMP[column], _SET_MODE_FILTER, _FLAG_TSYNC, ctypes.byref(filter_))
    if done:
        raise SeccompMissing(os.strerror(ctypes.get_errno()) if done < 0 else "a thread kept off")


def _program(column: int, architecture: int) -> Sequence[bytes]:
    allow, deny = _step(_RETURN, _ALLOW), _step(_RETURN, _ERRNO | _EPERM)
    steps = [_step(_LOAD_WORD, _ARCHITECTURE), _step(_JUMP_EQUAL, architecture, 1, 0)]
    steps += [_step(_RETURN, _KILL_PROCESS), _step(_LOAD_WORD, _NUMBER)]
    for numbers in _COMPUTING.values():
        steps += [_step(_JUMP_EQUAL, numbers[column], 0, 1), allow]
    # Threads, but no processes; and as the flags of clone3 are out of a filter's reach, the C
    # library is made to believe that it does not exist.
    steps += [_step(_JUMP_EQUAL, _CLONE3[column], 0, 1), _step(_RETURN, _ERRNO | _ENOSYS)]
    steps += [_step(_JUMP_EQUAL, _CLONE[column], 0, 5), _argument(0)]
    steps += [_step(_AND, _THREAD | _NAMESPACES), _step(_JUMP_EQUAL, _THREAD, 0, 1), allow, deny]
    # Memory, but none that can be executed: no bytes of a picture become code.
    for numbers in (_MMAP, _MPROTECT):
        steps += [_step(_JUMP_EQUAL, numbers[column], 0, 4), _argument(2)]
        steps += [_step(_JUMP_ANY_BIT, _PROT_EXEC, 1, 0), allow, deny]
    return [*steps, deny]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return pack("=HBBI", code, if_true, if_false, value)


def _argument(index: int) -> bytes:
    # The low half: flags and protection fit into it, and both machines are little-endian.
    return _step(_LOAD_WORD, _ARGUMENTS + 8 * index)
