"""Who asks: exactly one key, of an agency that may ask (contract 2)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256
from ipaddress import ip_address, ip_network

from rentix.api.asking import Asking
from rentix.errors import Code, Problem
from rentix.rules.keys import read_key_id, same_key
from rentix.store import Known
from rentix.writer import Clock

_KNOWN_FOR_MS = 500  # a revocation in another process is seen within a second (contract 2)
_KNOWN_MAX = 10_000
_FAILURES_PER_MINUTE = 20
_ADDRESSES_MAX = 10_000


def read_credential(headers: dict[bytes, bytes], repeated: Sequence[bytes]) -> str:
    """The key in the request's headers, of which some came more than once.

    Raises:
        Problem: 400 for two methods, 401 for none.
    """
    key = headers.get(b"x-api-key")
    authorization = headers.get(b"authorization")
    if authorization is not None:
        if key is not None or b"authorization" in repeated:
            raise _ambiguous()
        scheme, _, rest = authorization.partition(b" ")
        key = rest.strip() if scheme.lower() == b"apikey" else None
    elif b"x-api-key" in repeated:
        raise _ambiguous()
    if not key:
        raise Problem(Code.KEY_REQUIRED, "API key is required")
    return key.decode("latin-1")


def _ambiguous() -> Problem:
    return Problem(Code.AUTH_AMBIGUOUS, "Multiple authentication methods provided")


class Keys:
    """Known keys, remembered for half a second, and how often each address guessed wrong."""

    def __init__(self, stored: Asking[int, Known | None], clock: Clock) -> None:
        self._stored = stored
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[int, Known]] = OrderedDict()
        self._failures = Failures()

    def recall(self, key: str) -> Known | None:
        """What `identify` said of the key within the last half second."""
        seen = self._known.get(sha256(key.encode()).digest())
        if seen and 0 < seen[0] - self._clock() <= _KNOWN_FOR_MS:  # a clock set back ends it, too
            return seen[1]
        return None

    async def identify(self, key: str, address: str) -> Known:
        """The key's row and its agency.

        Raises:
            Problem: 401 for a key that is not valid, 429 when `address` sent too many of them.
        """
        now_ms = self._clock()
        digest = sha256(key.encode()).digest()
        known = await self._look_up(key)
        if known is None:
            self._failures.count(address, now_ms)
            raise Problem(Code.KEY_INVALID, "Invalid API key")
        self._known[digest] = (now_ms + _KNOWN_FOR_MS, known)
        self._known.move_to_end(digest)
        if len(self._known) > _KNOWN_MAX:
            self._known.popitem(last=False)
        return known

    async def _look_up(self, key: str) -> Known | None:
        key_id = read_key_id(key)  # the checksum first: most wrong keys cost no look-up
        found = await self._stored.ask(key_id) if key_id else None
        if found is None or found[0].revoked_ms is not None or not same_key(key, found[0].digest):
            return None
        return found

    def forget(self) -> None:
        """Look every key up anew, as after a revocation in this process."""
        self._known.clear()


class Failures:
    """Wrong keys by address and minute. A valid key is never held up by its neighbours."""

    def __init__(self) -> None:
        self._minute = 0
        self._counts: OrderedDict[str, int] = OrderedDict()

    def count(self, address: str, now_ms: int) -> None:
        """Count a wrong key.

        Raises:
            Problem: 429, when this minute's are used up.
        """
        minute, past_ms = divmod(now_ms, 60_000)
        if minute != self._minute:
            self._minute = minute
            self._counts.clear()
        place = _place(address)
        count = self._counts.get(place, 0) + 1
        self._counts[place] = count
        if len(self._counts) > _ADDRESSES_MAX:
            self._counts.popitem(last=False)
        if count > _FAILURES_PER_MINUTE:
            wait_s = (60_000 - past_ms) // 1000 + 1
            message = f"too many invalid API keys from this address; wait {wait_s} s"
            raise Problem(Code.ATTEMPTS_LIMITED, message, retry_after_s=wait_s)


def _place(address: str) -> str:
    # Whoever has one IPv6 address has the 2^64 of its subnet.
    try:
        if ip_address(address).version == 6:  # noqa: PLR2004 - the protocol's number
            return str(ip_network(f"{address}/64", strict=False))
    except ValueError:
        pass
    return address


def check_rights(known: Known, scope: str) -> None:
    """403 unless the agency is active, its CRM enabled, and the key has `scope`."""
    key, agency = known
    if not agency.active:
        raise Problem(Code.AGENCY_SUSPENDED, "Agency is suspended")
    if not agency.crm_enabled:
        raise Problem(Code.CRM_DISABLED, "CRM is not enabled for this agency")
    if scope not in key.scopes:
        raise Problem(Code.SCOPE_MISSING, f"API key lacks the scope {scope}")
