"""Nothing inside is ever connected to: by any spelling, by redirect, by a DNS that changes.

A canary listens on loopback, and the network of these tests leads *every* address to it: whatever
passed the guard would be seen. Each test has a control in which the canary is reached.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from rentix.media.fetch import Fetcher
from rentix.media.fetch.failures import FetchCode
from rentix.media.fetch.urls import BadUrl, Origin, Target, read_url
from tests.media.attempts import code_of, failure_of
from tests.media.networks import PUBLIC, Names, Network
from tests.media.servers import Server, found, redirect_to, serving
from tests.media.spellings import INNER_4, INNER_6, INNER_NAMES, spell_4, spell_all

INNER = [*INNER_4, *INNER_6, "::ffff:127.0.0.1", "64:ff9b::7f00:1", "fe80::1%lo", "2606:4700::1%1"]
LOOPBACK = Names(["127.0.0.1", "::1"])


@pytest.fixture
def canary() -> Iterator[Server]:
    """Give a server that is never to hear anything."""
    with serving(found()) as server:
        yield server


def count_before_control(canary: Server) -> int:
    """Return how many connections the canary had before ours, which comes in after all others."""
    Fetcher(allow=canary.allowed).fetch(canary.url())
    return canary.connections - 1


def read_all(urls: list[str]) -> list[Target]:
    """Return those that a fetcher without an address rule would connect to."""
    targets = []
    for url in urls:
        try:
            targets.append(read_url(url))
        except BadUrl:
            continue
    return targets


def test_no_spelling_leads_inside(canary: Server) -> None:
    urls = spell_all(canary.port)
    network = Network(posing=False)
    fetcher = Fetcher(connect=network.connect, resolve=LOOPBACK.resolve)
    codes = {code_of(fetcher, url) for url in urls}
    assert codes == {FetchCode.URL_INVALID, FetchCode.ADDRESS_REFUSED}
    assert network.reached == []
    assert count_before_control(canary) == 0


@pytest.mark.slow
def test_without_the_guard_500_spellings_lead_inside(canary: Server) -> None:
    targets = read_all(spell_all(canary.port))
    network = Network(posing=False)
    allow = frozenset(target.origin for target in targets)
    fetcher = Fetcher(connect=network.connect, resolve=LOOPBACK.resolve, allow=allow)
    codes = [code_of(fetcher, target.href) for target in targets]
    assert codes.count(None) >= 500
    assert set(codes) == {None, FetchCode.CONNECTION_LOST}  # the latter: it speaks no TLS
    assert count_before_control(canary) == len(targets)


@pytest.mark.parametrize("guarded", [True, False])
def test_through_the_real_network_no_spelling_of_loopback_leads_there(
    guarded: bool, canary: Server
) -> None:
    urls = [f"http://{host}:{canary.port}/" for host in [*spell_4("127.0.0.1"), "localhost"]]
    here = {"127.0.0.1", "localhost", "::ffff:7f00:1"}
    targets = [target for target in read_all(urls) if target.host in here]
    allow: frozenset[Origin] = frozenset(() if guarded else {target.origin for target in targets})
    fetcher = Fetcher(allow=allow)
    codes = {code_of(fetcher, target.href) for target in targets}
    assert codes == {FetchCode.ADDRESS_REFUSED if guarded else None}
    assert count_before_control(canary) == (0 if guarded else len(targets))


@pytest.mark.slow
@pytest.mark.parametrize("guarded", [True, False])
def test_no_redirect_leads_inside(guarded: bool, canary: Server) -> None:
    urls = [url for url in spell_all(canary.port) if url.isprintable()]
    places = {f"/{place}": url for place, url in enumerate(urls)}

    def answer(request: bytes) -> list[bytes]:
        place = places.get(request.split()[1].decode())
        return [redirect_to(place)] if place else [found()]  # a relative one came back here

    network = Network(posing=False)
    with serving(answer) as outside:
        inside = frozenset(() if guarded else {target.origin for target in read_all(urls)})
        allow = outside.allowed | inside
        fetcher = Fetcher(connect=network.connect, resolve=LOOPBACK.resolve, allow=allow)
        codes = [code_of(fetcher, outside.url(path)) for path in places]
        reached = [place for place in network.reached if place != ("127.0.0.1", outside.port)]
    refused = [FetchCode.ADDRESS_REFUSED, FetchCode.REDIRECT_REFUSED]
    assert sum(codes.count(code) for code in refused) >= (500 if guarded else 0)
    assert count_before_control(canary) == len(reached)
    assert len(reached) == 0 if guarded else len(reached) >= 500


@pytest.mark.parametrize("second", [*INNER, PUBLIC])
def test_a_name_that_turns_inside_between_hops_is_refused(second: str, canary: Server) -> None:
    network, names = Network(posing=True), Names([PUBLIC], [second])
    with serving(redirect_to(canary.url(host="turning.example"))) as outside:
        fetcher = Fetcher(connect=network.connect, resolve=names.resolve)
        code = code_of(fetcher, outside.url(host="turning.example"))
    assert len(names.asked) == 2
    public = second == PUBLIC  # the control: a public address that does not change is reached
    assert code == (None if public else FetchCode.ADDRESS_REFUSED)
    assert count_before_control(canary) == int(public)


@pytest.mark.parametrize("inner", INNER)
def test_what_was_checked_is_connected_to(inner: str, canary: Server) -> None:
    network, names = Network(posing=True), Names([PUBLIC], [inner])
    Fetcher(connect=network.connect, resolve=names.resolve).fetch(canary.url(host="a.example"))
    assert names.asked == ["a.example."]  # a second question would get the other answer
    assert network.reached == [(PUBLIC, canary.port)]


@pytest.mark.slow
@pytest.mark.parametrize("inner", INNER)
def test_of_several_addresses_only_public_ones_are_tried(inner: str, canary: Server) -> None:
    network, names = Network(posing=True), Names([inner, PUBLIC, inner])
    Fetcher(connect=network.connect, resolve=names.resolve).fetch(canary.url(host="a.example"))
    assert network.reached == [(PUBLIC, canary.port)]


@pytest.mark.parametrize("url", ["http://{}:{}/", "https://{}:{}/"])
def test_a_connection_that_ended_up_inside_says_nothing(url: str) -> None:
    network = Network(posing=False)
    with serving(found()) as canary:
        failed = failure_of(Fetcher(connect=network.connect), url.format(PUBLIC, canary.port))
        assert count_before_control(canary) == 1
    assert failed.code == FetchCode.ADDRESS_REFUSED
    assert len([request for request in canary.requests if request]) == 1  # the control's


def test_a_public_address_of_this_very_machine_says_nothing(canary: Server) -> None:
    network = Network(posing=True, at_home=True)
    failed = failure_of(Fetcher(connect=network.connect), f"http://{PUBLIC}:{canary.port}/")
    assert failed.code == FetchCode.ADDRESS_REFUSED
    assert count_before_control(canary) == 1
    assert len([request for request in canary.requests if request]) == 1  # the control's


def nowhere(_host: str) -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_a_refusal_is_the_same_whatever_the_address(canary: Server) -> None:
    urls = [f"http://[{text}]/" if ":" in text else f"http://{text}/" for text in INNER_4 + INNER_6]
    told = {failure_of(Fetcher(), url).message for url in urls}
    for inner in INNER:
        fetcher = Fetcher(resolve=Names([inner]).resolve)
        told |= {failure_of(fetcher, f"http://{name}/").message for name in INNER_NAMES[:3]}
    for resolve in (nowhere, Names([]).resolve):  # there is no such name, or it has no address
        told |= {failure_of(Fetcher(resolve=resolve), "http://db.corp/").message}
    with serving(redirect_to("http://10.0.0.1/")) as outside:
        failed = failure_of(Fetcher(allow=outside.allowed), outside.url())
    assert told == {failed.message}
    assert not failed.heals


def test_a_name_that_exists_inside_is_as_one_that_does_not(canary: Server) -> None:
    there, missing = Fetcher(resolve=Names(["10.0.0.1"]).resolve), Fetcher(resolve=nowhere)
    url = f"http://db.corp:{canary.port}/7.jpg"
    told = [failure_of(fetcher, url) for fetcher in (there, missing)]
    assert told[0].code == told[1].code == FetchCode.ADDRESS_REFUSED
    assert told[0].message == told[1].message
    assert [failed.heals for failed in told] == [False, False]
    assert count_before_control(canary) == 0


def test_names_are_looked_up_as_the_world_has_them() -> None:
    # Not as the machine's search list completes them, unless the operator allowed that host.
    names = Names(["127.0.0.1"])
    for url in ("http://db/", "http://db.corp./", "http://db.corp/"):
        assert code_of(Fetcher(resolve=names.resolve), url) == FetchCode.ADDRESS_REFUSED
    assert names.asked == ["db.", "db.corp.", "db.corp."]
    with serving(found()) as photos:
        fetcher = Fetcher(resolve=names.resolve, allow=frozenset({("photos", photos.port)}))
        assert code_of(fetcher, photos.url(host="photos")) is None
    assert names.asked[3:] == ["photos"]


def test_what_is_allowed_is_one_host_and_one_port(canary: Server) -> None:
    fetcher = Fetcher(allow=canary.allowed)
    other = canary.port ^ 1
    urls = [f"http://127.0.0.1:{other}/", f"http://localhost:{canary.port}/", "http://127.0.0.1/"]
    assert {code_of(fetcher, url) for url in urls} == {FetchCode.ADDRESS_REFUSED}
    assert code_of(fetcher, f"http://0x7f.1:{canary.port}/") is None
