"""Names, connections and certificates: what goes wrong with them, and whether it may heal."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

import pytest
import trustme

from rentix.media.fetch import Fetcher, Limits
from rentix.media.fetch.failures import FetchCode
from rentix.media.fetch.names import resolve_name
from rentix.media.fetch.sockets import Connect
from tests.media.attempts import failure_of
from tests.media.networks import PUBLIC, Names, Network
from tests.media.servers import PICTURE, found, serving

NAME = "pictures.example"


def failing(error: OSError) -> Callable[..., socket.socket]:
    """Return a call that fails so."""

    def fail(*_: object) -> socket.socket:
        raise error

    return fail


@pytest.mark.parametrize(
    ("errno", "code", "heals"),
    [
        (socket.EAI_NONAME, FetchCode.ADDRESS_REFUSED, False),
        (socket.EAI_NODATA, FetchCode.ADDRESS_REFUSED, False),
        (socket.EAI_AGAIN, FetchCode.LOOKUP_FAILED, True),
        (socket.EAI_FAIL, FetchCode.LOOKUP_FAILED, True),
    ],
)
def test_a_name_without_address(errno: int, code: FetchCode, heals: bool) -> None:
    resolve: Callable[..., list[str]] = failing(socket.gaierror(errno, "x"))  # type: ignore[assignment]
    failed = failure_of(Fetcher(resolve=resolve), "http://a.example/")
    assert (failed.code, failed.heals) == (code, heals)


def test_the_system_knows_its_own_name() -> None:
    assert {"127.0.0.1", "::1"} & set(resolve_name("localhost"))


@pytest.mark.parametrize("error", [ConnectionRefusedError(), TimeoutError(), OSError(113, "x")])
def test_no_connection_may_heal(error: OSError) -> None:
    failed = failure_of(Fetcher(connect=failing(error)), f"http://{PUBLIC}:8080/")
    assert (failed.code, failed.heals) == (FetchCode.UNREACHABLE, True)
    assert f"{PUBLIC}, port 8080" in failed.message


def test_addresses_are_tried_in_turns_of_family_until_one_answers() -> None:
    tried: list[str] = []

    def find_connect(network: Network) -> Connect:
        def connect(address: str, port: int, timeout_s: float) -> socket.socket:
            tried.append(address)
            if address != "1.1.1.2":
                raise ConnectionRefusedError
            return network.connect(address, port, timeout_s)

        return connect

    names = Names(["2606::1", "2606::2", "2606::1", "1.1.1.1", "1.1.1.2", "1.1.1.3"])
    with serving(found()) as server:
        fetcher = Fetcher(resolve=names.resolve, connect=find_connect(Network(posing=True)))
        assert fetcher.fetch(server.url(host="a.example")).content == PICTURE
    assert tried == ["2606::1", "1.1.1.1", "2606::2", "1.1.1.2"]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Give an authority that only these tests trust."""
    return trustme.CA()


def server_context(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    """Return what a server of these names needs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


def client_context(authority: trustme.CA) -> ssl.SSLContext:
    """Return the default context, which trusts the authority also."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.mark.parametrize("host", [NAME, f"{NAME}.", "127.0.0.1", "PICTURES。example"])
def test_a_good_certificate_is_good(host: str, authority: trustme.CA) -> None:
    with serving(found(), tls=server_context(authority, NAME, "127.0.0.1")) as server:
        allow = frozenset((name, server.port) for name in (NAME, f"{NAME}.", "127.0.0.1"))
        fetcher = Fetcher(
            allow=allow, resolve=Names(["127.0.0.1"]).resolve, tls=client_context(authority)
        )
        assert fetcher.fetch(server.url(host=host)).content == PICTURE


@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_of_another_or_of_nobody_is_not(trusted: bool, authority: trustme.CA) -> None:
    with serving(found(), tls=server_context(authority, "other.example")) as server:
        fetcher = Fetcher(
            allow=frozenset({(NAME, server.port)}),
            resolve=Names(["127.0.0.1"]).resolve,
            tls=client_context(authority) if trusted else None,
        )
        failed = failure_of(fetcher, server.url(host=NAME))
    assert (failed.code, failed.heals) == (FetchCode.CERTIFICATE_INVALID, False)
    assert server.requests == []


def test_a_server_without_tls_is_no_secure_one() -> None:
    with serving(found()) as server:
        fetcher = Fetcher(allow=server.allowed, limits=Limits(total_s=10))
        failed = failure_of(fetcher, server.url().replace("http:", "https:"))
    assert (failed.code, failed.heals) == (FetchCode.CONNECTION_LOST, True)
