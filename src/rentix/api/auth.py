"""Who asks: exactly one key, of an agency that may ask (contract 2)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

from rentix.api.asking import Asking
from rentix.api.throttles import Throttle
from rentix.errors import Code, Problem
from rentix.rules.keys import read_key_id, same_key
from rentix.store import Known
from rentix.writer import Clock

_KNOWN_FOR_MS = 500  # a revocation in another process is seen within a second (contract 2)
_KNOWN_MAX = 10_000
_FAILURES_PER_MINUTE = 20
_KEY_MAX = 100  # characters; what is longer is no key, and not worth remembering


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


def _digest(key: str) -> bytes:
    return _remember_digest(key) if len(key) <= _KEY_MAX else sha256(key.encode()).digest()


@lru_cache(1000)
def _remember_digest(key: str) -> bytes:
    return sha256(key.encode()).digest()


class Keys:
    """Known keys, remembered for half a second, and how often each address guessed wrong."""

    def __init__(self, stored: Asking[int, Known | None], clock: Clock) -> None:
        self._stored = stored
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[int, Known]] = OrderedDict()
        self._failures = Throttle(_FAILURES_PER_MINUTE)

    def recall(self, key: str, now_ms: int) -> Known | None:
        """What `identify` said of the key within the last half second."""
        seen = self._known.get(_digest(key))
        if seen and 0 < seen[0] - now_ms <= _KNOWN_FOR_MS:  # a clock set back ends it, too
            return seen[1]
        return None

    async def identify(self, key: str, address: str) -> Known:
        """The key's row and its agency.

        Raises:
            Problem: 401 for a key that is not valid, 429 when `address` sent too many of them.
        """
        now_ms = self._clock()
        digest = _digest(key)
        known = await self._look_up(key)
        if known is None:
            raise self._refuse(address, now_ms)
        self._known[digest] = (now_ms + _KNOWN_FOR_MS, known)
        self._known.move_to_end(digest)
        if len(self._known) > _KNOWN_MAX:
            self._known.popitem(last=False)
        return known

    def _refuse(self, address: str, now_ms: int) -> Problem:
        # A valid key is never held up by the wrong ones of its neighbours.
        if wait_s := self._failures.count(address, now_ms):
            message = f"too many invalid API keys from this address; wait {wait_s} s"
            return Problem(Code.ATTEMPTS_LIMITED, message, retry_after_s=wait_s)
        return Problem(Code.KEY_INVALID, "Invalid API key")

    async def _look_up(self, key: str) -> Known | None:
        key_id = read_key_id(key)  # the checksum first: most wrong keys cost no look-up
        found = await self._stored.ask(key_id) if key_id else None
        if found is None or found[0].revoked_ms is not None or not same_key(key, found[0].digest):
            return None
        return found

    def forget(self) -> None:
        """Look every key up anew, as after a revocation in this process."""
        self._known.clear()


def check_rights(known: Known, scope: str) -> None:
    """403 unless the agency is active, its CRM enabled, and the key has `scope`."""
    key, agency = known
    if not agency.active:
        raise Problem(Code.AGENCY_SUSPENDED, "Agency is suspended")
    if not agency.crm_enabled:
        raise Problem(Code.CRM_DISABLED, "CRM is not enabled for this agency")
    if scope not in key.scopes:
        raise Problem(Code.SCOPE_MISSING, f"API key lacks the scope {scope}")
