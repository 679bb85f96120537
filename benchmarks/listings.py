"""Listings of 10,000 agents on SQLite: their pages, reads and writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import mean

from benchmarks.asking import send
from benchmarks.contenders import Contender, books_of, serving_ours, serving_peer
from benchmarks.homes import listing_id
from benchmarks.listing_seeds import seed_listings
from benchmarks.loading import loading
from benchmarks.runs import Bench
from benchmarks.seeds import AGENCIES, AGENTS, seed
from benchmarks.wrk import Load

PUT, LISTING_PUT = Load("put"), Load("listing-put")
LISTING_GET, PAGE = Load("listing-get"), Load("page")


def listings(bench: Bench) -> None:
    """Pages and reads beside a constant of their size, writes beside those of agents."""
    with _serving(bench) as ours:
        with _saying(bench, _page_bytes(ours)) as hello:
            bench.compare("page_vs_raw", "per_s", loading(ours, PAGE), loading(hello, PAGE))
        with _saying(bench, _listing_bytes(ours)) as hello:
            gets, raw = loading(ours, LISTING_GET), loading(hello, LISTING_GET)
            bench.compare("listing_get_vs_raw", "per_s", gets, raw)
        puts, users = loading(ours, LISTING_PUT), loading(ours, PUT)
        bench.compare("listing_put_vs_user_put", "per_s", puts, users)


@contextmanager
def _serving(bench: Bench) -> Iterator[Contender]:
    with bench.place() as folder:
        data, keys = folder / "data", bench.keys("listings")
        seed(data, keys)
        seed_listings(data)
        with serving_ours(data, keys, books_of(data)) as ours:
            yield ours


@contextmanager
def _saying(bench: Bench, size_bytes: int) -> Iterator[Contender]:
    """raw, with answers of this size."""
    keys, size = bench.keys("listings"), str(size_bytes)
    with serving_peer("hello", "none", keys, PEER_ANSWER_BYTES=size) as hello:
        yield hello


def _page_bytes(ours: Contender) -> int:
    """The mean size of all pages, each of which is visited once, and kept from then on."""
    return _mean_bytes(ours, [f"/announcement/{n + 1}" for n in range(AGENCIES * AGENTS)])


def _listing_bytes(ours: Contender) -> int:
    """The mean size of the listings of an agency, as the API answers."""
    found = [f"/api/v1/listings/external/{listing_id(n + 1)}" for n in range(AGENTS)]
    return _mean_bytes(ours, found, ours.keys.read_text().split()[1])


def _mean_bytes(ours: Contender, paths: list[str], key: str = "") -> int:
    return round(mean(len(send(ours, "GET", path, key)[1]) for path in paths))
