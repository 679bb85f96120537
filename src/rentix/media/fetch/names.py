"""Names of the network to addresses, with an end to it: the system's own call has none."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from rentix.media.fetch.deadline import Deadline
from rentix.media.fetch.failures import FetchCode, FetchFailed

Resolve = Callable[[str], Sequence[str]]
"""The numeric addresses of a name; raises `socket.gaierror`."""

LOOKUPS_AT_ONCE = 32

_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


def resolve_name(host: str) -> list[str]:
    """Ask the system, which knows the DNS and its own file of hosts."""
    # As bytes: text would go through Python's IDNA, which is older than the URL's.
    found = socket.getaddrinfo(host.encode("ascii"), None, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class Lookups:
    """Looks names up in threads, which are left behind when they take too long.

    A lookup cannot be stopped, so the number of those in flight is limited instead.
    """

    def __init__(self, resolve: Resolve, at_once: int = LOOKUPS_AT_ONCE) -> None:
        self._resolve = resolve
        self._places = threading.BoundedSemaphore(at_once)

    def find(self, host: str, deadline: Deadline) -> Sequence[str]:
        """The addresses of `host`, at least one.

        Raises:
            FetchFailed: it has none, none was found out, or the deadline passed.
        """
        if not self._places.acquire(timeout=deadline.left_s()):
            raise deadline.passed()
        found: Future[Sequence[str]] = Future()
        threading.Thread(target=self._look_up, args=(host, found), daemon=True).start()
        try:
            addresses = found.result(timeout=deadline.left_s())
        except TimeoutError:
            raise deadline.passed() from None
        except socket.gaierror as error:
            raise _describe(host, error) from None
        if not addresses:
            raise _unknown(host)
        return addresses

    def _look_up(self, host: str, found: Future[Sequence[str]]) -> None:
        try:
            found.set_result(self._resolve(host))
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is awaited
            found.set_exception(error)
        finally:
            self._places.release()


def _describe(host: str, error: socket.gaierror) -> FetchFailed:
    if error.errno in _NO_SUCH_NAME:
        return _unknown(host)
    message = f"the DNS gave no answer for {host}; import the picture again later"
    return FetchFailed(FetchCode.LOOKUP_FAILED, message, heals=True)


def _unknown(host: str) -> FetchFailed:
    message = f"the DNS knows no address of {host}; check how the URL is spelled"
    return FetchFailed(FetchCode.NAME_UNKNOWN, message, heals=False)
