"""The address rule, held against arithmetic of its own and against Python's opinion."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rentix.media.fetch.addresses import is_public

_INNER_4 = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24
198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 168.63.129.16/32
"""
INNER_4 = _INNER_4.split()
INNER_6 = ["2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"]


def edges(network: str) -> tuple[int, int]:
    """Return the first and the last address, by shifting bits."""
    start, length = network.split("/")
    bits = (128 if ":" in start else 32) - int(length)
    first = int(ip_address(start)) >> bits << bits
    return first, first + (1 << bits) - 1


EDGES_4 = [edges(network) for network in INNER_4]
EDGES_6 = [edges(network) for network in INNER_6]
GIVEN_OUT = edges("2000::/3")


def is_within(number: int, ranges: list[tuple[int, int]]) -> bool:
    return any(first <= number <= last for first, last in ranges)


def near(ranges: list[tuple[int, int]], highest: int) -> st.SearchStrategy[int]:
    """Invent numbers, many of them at or around the edges."""
    corners = [number for pair in ranges for number in pair]
    around = st.builds(int.__add__, st.sampled_from(corners), st.integers(-2, 2))
    inside = st.sampled_from(ranges).flatmap(lambda pair: st.integers(*pair))
    return st.one_of(around.map(lambda n: min(max(n, 0), highest)), inside, st.integers(0, highest))


@given(near(EDGES_4, 2**32 - 1))
def test_of_ipv4_all_is_public_but_what_is_listed(number: int) -> None:
    assert is_public(str(IPv4Address(number))) is not is_within(number, EDGES_4)


@given(near([*EDGES_6, GIVEN_OUT], 2**128 - 1))
def test_of_ipv6_nothing_is_public_but_what_is_given_out(number: int) -> None:
    given_out = is_within(number, [GIVEN_OUT]) and not is_within(number, EDGES_6)
    assert is_public(str(IPv6Address(number))) is given_out


@given(st.ip_addresses() | near(EDGES_4, 2**32 - 1).map(IPv4Address))
def test_what_python_calls_private_is_not_public(address: IPv4Address | IPv6Address) -> None:
    assert not is_public(str(address)) or (address.is_global and not address.is_multicast)


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_is_public_in_the_clothes_of_ipv6(address: IPv4Address) -> None:
    number = int(address)
    six_to_four = IPv6Address((0x2002 << 112) | (number << 80) | 1)
    teredo = IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF))
    prefixes = ["::ffff:", "::", "::ffff:0:", "64:ff9b::", "64:ff9b:1::", "fe80::5efe:"]
    worn = [*(f"{prefix}{address}" for prefix in prefixes), str(six_to_four), str(teredo)]
    assert [text for text in worn if is_public(text)] == []


@given(st.ip_addresses(v=6))
def test_a_scope_is_never_public(address: IPv6Address) -> None:
    assert not is_public(f"{address}%1")
    assert not is_public("2606:4700::1111%lo")


@pytest.mark.parametrize("text", ["1.1.1.1", "8.8.8.8", "168.63.129.17", "2606:4700::1111"])
def test_the_internet_is_public(text: str) -> None:
    assert is_public(text)


@pytest.mark.parametrize("text", ["", "localhost", "1.1.1", "01.1.1.1", "1.1.1.1:80", "[2606::1]"])
def test_what_is_no_address_is_not_public(text: str) -> None:
    assert not is_public(text)
