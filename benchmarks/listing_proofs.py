"""What makes a run about listings void: an answer or a page that does not say what is stored."""

from __future__ import annotations

import random
from collections.abc import Callable
from html import escape
from http import HTTPStatus
from typing import NamedTuple

from benchmarks.asking import ask, send
from benchmarks.contenders import Books, Contender
from benchmarks.homes import PHOTOS, PRICE_MAX, PRICE_MIN, listing, listing_id
from benchmarks.profiles import encode
from benchmarks.samples import Sample
from benchmarks.wrk import Void

_STORED = """
SELECT listing.id, listing.form ->> 'announcementValue', listing.files, portal_user.name
FROM listing JOIN portal_user ON portal_user.id = listing.user_id
WHERE listing.agency_id = {} AND listing.external_id = '{}'
"""


class Stored(NamedTuple):
    """A listing as the database has it, with its agent's name."""

    id: int
    price: str
    files: object
    agent: str


def check_listing(contender: Contender, kind: str, sample: Sample) -> None:
    """Send a request of a load of this kind, and compare what came of it with what is stored."""
    assert contender.books is not None
    complaint = _CHECKS[kind](contender, contender.books, sample)
    if complaint:
        raise Void(f"{contender.name}, {kind}, {listing_id(sample.number)}: {complaint}")


def _read_books(books: Books, sample: Sample) -> Stored:
    rows = books.ask(_STORED.format(sample.agency_id, listing_id(sample.number)))
    if not rows:
        raise Void(f"{listing_id(sample.number)} of agency {sample.agency_id} has no agent")
    [(stored_id, price, files, agent)] = rows
    return Stored(stored_id, str(price), files, agent)


def _check_put(contender: Contender, books: Books, sample: Sample) -> str | None:
    before = _read_books(books, sample)
    price = random.randint(PRICE_MIN, PRICE_MAX)  # noqa: S311 - a sample
    sent = listing(sample.agency_id, sample.number) | {"announcementValue": price + 0.5}
    status, answer = ask(contender, "PUT", "/listings", sample.key, encode(sent))
    after = _read_books(books, sample)
    if status != HTTPStatus.OK or not answer.get("updated"):
        return f"PUT answers {status}, {answer}"
    if after != before._replace(price=str(price + 0.5)):
        return f"{price + 0.5} was put, and {before} is {after}"
    return None


def _check_get(contender: Contender, books: Books, sample: Sample) -> str | None:
    stored = _read_books(books, sample)
    path = f"/listings/external/{listing_id(sample.number)}"
    status, answer = ask(contender, "GET", path, sample.key)
    told = status == HTTPStatus.OK and (
        answer["id"],
        str(answer["formData"]["announcementValue"]),
        answer["user"]["name"],
        len(answer["files"]),
    )
    if told != (stored.id, stored.price, stored.agent, PHOTOS):
        return f"GET answers {status}, {told}; {stored} is stored"
    return None


def _check_page(contender: Contender, books: Books, sample: Sample) -> str | None:
    stored = _read_books(books, sample)
    status, page = send(contender, "GET", f"/announcement/{stored.id}")
    if status != HTTPStatus.OK or escape(stored.agent).encode() not in page:
        return f"the page answers {status} and does not show {stored.agent}"
    return None


_CHECKS: dict[str, Callable[[Contender, Books, Sample], str | None]] = {
    "listing-put": _check_put,
    "listing-get": _check_get,
    "page": _check_page,
}
