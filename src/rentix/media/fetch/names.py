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

_NO_ADDRESS = {
    getattr(socket, name, socket.EAI_NONAME)
    for name in ("EAI_NONAME", "EAI_NODATA", "EAI_ADDRFAMILY")
}


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

    def find(self, host: str, deadline: Deadline, *, absolutely: bool) -> Sequence[str]:
        """The addresses of `host`; none where there is no such name.

        `absolutely` as the DNS of the world has it: no domain of ours is put behind it, and no
        file of hosts asked.

        Raises:
            FetchFailed: they could not be found out, or the deadline passed.
        """
        name = f"{host.removesuffix('.')}." if absolutely else host
        if not self._places.acquire(timeout=deadline.left_s()):
            raise deadline.passed()
        found: Future[Sequence[str]] = Future()
        threading.Thread(target=self._look_up, args=(name, found), daemon=True).start()
        try:
            return found.result(timeout=deadline.left_s())
        except TimeoutError:
            raise deadline.passed() from None
        except socket.gaierror as error:
            if error.errno in _NO_ADDRESS:
                return ()
            message = f"the DNS gave no answer for {host}; import the picture again later"
            raise FetchFailed(FetchCode.LOOKUP_FAILED, message, heals=True) from None

    def _look_up(self, host: str, found: Future[Sequence[str]]) -> None:
        try:
            found.set_result(self._resolve(host))
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is awaited
            found.set_exception(error)
        finally:
            self._places.release()
