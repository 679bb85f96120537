"""An API of a CRM: asked no faster than it likes, again where that is safe, nowhere else.

No error here repeats an address, a header or a body: secrets are in all three.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Final, Self

import httpx2
import msgspec

import rentix
from rentix.client import Patience, SetupError
from rentix.client.access import LOOPBACK
from rentix.client.answers import Answer
from rentix.client.retries import Retries
from rentix.sync.sources.faults import HalfRead
from rentix.sync.sources.reading import Reading

TIMEOUT: Final = httpx2.Timeout(60, connect=10)
LARGEST_ANSWER: Final = 64 << 20
LONGEST_ANSWER_S: Final = 600.0
PATIENCE: Final = Patience(attempts=8, wait_budget_s=300.0, first_wait_s=1.0, longest_wait_s=30.0)

Query = Mapping[str, str]
Signs = Callable[[Answer], Answer]
"""Turns an API's own way to say "later" into a 429 with Retry-After."""

# It would log each address in full, and a webhook's address is its password.
logging.getLogger("httpx2").addFilter(lambda record: record.levelno > logging.INFO)


def heed(answer: Answer) -> Answer:
    """Take an answer's status and Retry-After for what they are."""
    return answer


def later(answer: Answer, seconds: float = 0) -> Answer:
    """Return an answer as one that says to come back after so many seconds."""
    return Answer(429, {**answer.headers, "retry-after": f"{max(0, seconds):.0f}"}, answer.body)


@dataclass(slots=True)
class Api:
    """One API. `name` is what errors call it; `pause_s` is kept between two requests.

    `headers` may be changed between requests.
    """

    name: str
    base: str
    reading: Reading
    headers: dict[str, str] = field(default_factory=dict)
    signs: Signs = heed
    pause_s: float = 0.0
    _client: httpx2.Client = field(init=False)
    _next_s: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        loopback = httpx2.URL(self.base).host in LOOPBACK
        self._client = httpx2.Client(timeout=TIMEOUT, trust_env=not loopback)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def get(self, place: str, query: Query | None = None) -> Answer:
        """Return the answer of a place, an address or a path from the base.

        A failing connection and an API that says "later" are asked again for some minutes.

        Raises:
            SetupError: there is none, or the place is another site's.
        """
        return self._ask("GET", self._within(place, query), None)

    def post_form(self, place: str, form: Query) -> Answer:
        """Send a form that may be sent twice, such as for a token; return the answer."""
        return self._ask("POST", self._within(place, None), form)

    def _within(self, place: str, query: Query | None) -> httpx2.URL:
        base = httpx2.URL(self.base)
        try:
            there = base.join(place)
        except httpx2.InvalidURL:
            raise SetupError(f"{self.name} names a next page that is no address") from None
        if (there.scheme, there.host, there.port) != (base.scheme, base.host, base.port):
            raise SetupError(
                f"{self.name} sends us to {there.host or 'nowhere'} for the next page, another "
                "site than the one that the secret is for"
            )
        return there.copy_merge_params(dict(query)) if query else there

    def _ask(self, method: str, url: httpx2.URL, form: Query | None) -> Answer:
        retries = Retries(PATIENCE, repeatable=True)
        while True:
            self._keep_pace()
            answer, lost = self._send(method, url, form)
            pause_s = retries.wait_after(None if answer is None else self.signs(answer))
            if pause_s is None:
                break
            self.reading.wait(pause_s, f"{self.name} {'is busy' if answer else 'is silent'}")
        if answer is None:
            raise SetupError(f"{self.name} cannot be read: {lost}; try again later")
        if HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
            raise SetupError(f"{self.name} sends us elsewhere; give the address that is meant")
        return answer

    def _keep_pace(self) -> None:
        now_s = time.monotonic()
        if now_s < self._next_s:
            self.reading.sleep(self._next_s - now_s)
        self._next_s = max(now_s, self._next_s) + self.pause_s

    def _send(self, method: str, url: httpx2.URL, form: Query | None) -> tuple[Answer | None, str]:
        headers = {
            "User-Agent": f"rentix/{rentix.__version__}",
            "Accept": "application/json",
            **self.headers,
        }
        try:
            with self._client.stream(method, url, headers=headers, data=form) as found:
                return self._receive(found), ""
        except httpx2.TimeoutException:
            return None, "no answer in time"
        except httpx2.RemoteProtocolError:
            return None, "the connection ended early"
        except httpx2.HTTPError as fault:
            return None, f"no connection ({type(fault).__name__})"

    def _receive(self, found: httpx2.Response) -> Answer:
        body = bytearray()
        end_s = time.monotonic() + LONGEST_ANSWER_S
        for chunk in found.iter_bytes():
            body += chunk
            if len(body) > LARGEST_ANSWER:
                raise HalfRead(f"{self.name} sends a page of more than {LARGEST_ANSWER >> 20} MiB")
            if time.monotonic() > end_s:
                took = f"took more than {LONGEST_ANSWER_S:.0f} s"
                raise HalfRead(f"a page of {self.name} {took} to come; try again later")
        headers = {name.lower(): value for name, value in found.headers.items()}
        return Answer(found.status_code, headers, bytes(body))


def read_json(answer: Answer, name: str) -> Any:
    """Return what an answer holds; raise SetupError if it is not JSON."""
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise SetupError(
            f"{name} answers {answer.status} with something that is not JSON; is the address right?"
        ) from None


def quiet_json(answer: Answer) -> Any:
    """Return what an answer holds, an empty object if that is not JSON."""
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def member(outer: object, name: str) -> Any:
    """Return a member of an object, None if there is none."""
    return outer.get(name) if isinstance(outer, dict) else None


def items_at(said: object, name: str, where: str) -> list[dict[str, object]]:
    """Return an array of objects at a dotted path, "" for the whole.

    Raises:
        SetupError: there is none, so the API has another form than was known.
    """
    found: Any = said
    for step in where.split(".") if where else ():
        found = member(found, step)
    if isinstance(found, list) and all(isinstance(item, dict) for item in found):
        return found
    has = ", ".join(list(said)[:20]) if isinstance(said, dict) else type(said).__name__
    raise SetupError(
        f"{name} answers in another form than Rentix knows: there is no array of agents "
        f"at {where!r}; it has: {has}"
    )
