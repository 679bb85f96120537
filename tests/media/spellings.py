"""Ways to spell what lies inside: addresses in every notation, names, and tricks with URLs."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Address

_INNER_4 = """
127.0.0.1 127.1.2.3 0.0.0.0 10.0.0.1 172.16.5.4 172.31.255.254 192.168.1.1 169.254.169.254
169.254.170.2 100.64.0.1 100.100.100.200 168.63.129.16 192.0.0.192 198.18.0.1 203.0.113.7
224.0.0.1 240.0.0.1 255.255.255.255
"""
INNER_4 = _INNER_4.split()

_INNER_6 = """
::1 :: 0:0:0:0:0:0:0:1 0000:0000:0000:0000:0000:0000:0000:0001 ::0:1 fc00::1 fd00:ec2::254
fd20:ce::254 fe80::1 FE80::A9FE:A9FE fec0::1 ff02::1 ff0e::1 2001:db8::1 2001::1 2001:10::1
2001:20::1 2001:1ff::1 3fff::1 3fff:fff::1 100::1 2620:4f:8000::1 5f00::1 4000::1 1fff::1
2002::1 64:ff9b:1::1 ::ffff:0:127.0.0.1 ::127.0.0.1
"""
INNER_6 = _INNER_6.split()

_INNER_NAMES = """
localhost LOCALHOST LocalHost localhost. foo.localhost a.b.localhost. localhost6
localhost.localdomain ip6-localhost ip6-loopback ｌｏｃａｌｈｏｓｔ ⓛⓞⓒⓐⓛⓗⓞⓢⓣ loc%61lhost
l\u00adocalhost broadcasthost metadata metadata.google.internal metadata.google.internal.
METADATA.goog instance-data.ec2.internal kubernetes.default.svc.cluster.local db
host.docker.internal router.lan 127.0.0.1.nip.io 127-0-0-1.example 0x7f000001.example
127.0.0.1.example. 1.2.3.4.example xn--bcher-kva.example bücher.example
_service.example my_db a-.example
"""
INNER_NAMES = _INNER_NAMES.split()

_TRICKS = r"""
http:AT
http:/AT
http:///AT
http://///AT/
HTTP://AT/
http:\\AT\
http:/\AT/x
hTTp:\AT
\\AT
//AT/
http://127.0.0.1:000PORT/
http://AT?@1.2.3.4/
http://AT#@1.2.3.4/
http://AT/@1.2.3.4
http://AT\@1.2.3.4/
http://in.example:PORT\@AT/
http://in.example:PORT#@AT/
http://in.example:PORT?@AT/
http://in.example:PORT/@AT/
http://1.2.3.4@AT/
http://1.2.3.4:80@AT/
http://1.2.3.4 @AT/
http://1.2.3.4%40AT/
http://a:b@AT/
http://x@y@AT/
http://%61@AT/
http://[::1]@AT/
http://:@AT/
http://@AT/
http://AT;x=1/
http://AT /
http://AT%20/
http://127.0.0.1%00:PORT/
http://127.0.0.1%0d%0a:PORT/
http://127.0.0.1%2f:PORT/
http://127.0.0.256:PORT/
http://127.0.0.1.2:PORT/
http://0x7f.0x0.0x0.0x100:PORT/
http://08.1:PORT/
http://4294967296:PORT/
http://[::1%25lo]:PORT/
http://[::1%lo]:PORT/
http://[fe80::1%25eth0]:PORT/
http://[::1:PORT/
http://::1:PORT/
http://[v1.::1]:PORT/
http://[127.0.0.1]:PORT/
file:///etc/passwd
file://localhost/etc/passwd
jar:http://AT!/
view-source:http://AT/
blob:http://AT/x
url:http://AT/
http+unix://AT/
data:image/png,x
"""

_SCHEMES = "ftp file gopher dict ldap tftp ws wss data javascript jar unix blob sftp"

_FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
_CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
_BOLD = str.maketrans("0123456789", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def spell_4(address: str) -> Iterator[str]:
    """Yield an IPv4 address as hosts of URLs, in all notations that browsers read."""
    a, b, c, d = (int(part) for part in address.split("."))
    number = a << 24 | b << 16 | c << 8 | d
    yield from (address, f"{address}.", str(number), f"{number}.", hex(number), f"0X{number:X}")
    yield from (f"0x{number:012x}", f"0{number:o}", f"000{number:o}")
    yield from (f"{a}.{number & 0xFFFFFF}", f"{a}.{b}.{c << 8 | d}")
    yield from (f"{a:#x}.{number & 0xFFFFFF:#x}", f"0{a:o}.{b}.0{c << 8 | d:o}")
    yield ".".join(hex(part) for part in (a, b, c, d))
    yield ".".join(f"0{part:o}" for part in (a, b, c, d))
    yield ".".join(f"00000{part:o}" for part in (a, b, c, d))
    yield f"{a:#x}.0{b:o}.{c}.{d:#06x}"
    yield from ("".join(f"%{ord(sign):02x}" for sign in address), address.replace(".", "%2E"))
    yield from (address.translate(_FULL_WIDTH), str(number).translate(_FULL_WIDTH))
    yield from (address.translate(table) for table in (_CIRCLED, _BOLD, _SUPERSCRIPT))
    yield from (address.replace(".", dot) for dot in "。｡．")
    yield from (address.replace(".", "%E3%80%82"), f"\u00ad{address}", f"{a}\u200b.{b}.{c}.{d}")
    yield from (f"[{text}]" for text in wrap_in_6(a, b, c, d))


def wrap_in_6(a: int, b: int, c: int, d: int) -> Iterator[str]:
    """Yield IPv6 addresses that some machine or network takes for this one of IPv4."""
    high, low = a << 8 | b, c << 8 | d
    dotted = f"{a}.{b}.{c}.{d}"
    yield from (f"::ffff:{dotted}", f"::FFFF:{high:x}:{low:x}", f"0:0:0:0:0:ffff:{dotted}")
    yield from (f"::{dotted}", f"::ffff:0:{dotted}")
    yield from (f"64:ff9b::{dotted}", f"64:ff9b:1::{dotted}", f"0064:ff9b:0:0:0:0:{high:x}:{low:x}")
    yield from (f"2002:{high:x}:{low:x}::", f"2002:{high:x}:{low:x}::1")
    yield f"2001:0:{high:x}:{low:x}::1"
    yield str(IPv6Address(0x20010000 << 96 | (high << 16 | low) ^ 0xFFFFFFFF))


def trick(port: int) -> Iterator[str]:
    """Yield URLs that some parser reads otherwise than another."""
    at = f"127.0.0.1:{port}"
    yield from (line.replace("AT", at).replace("PORT", str(port)) for line in _TRICKS.split("\n"))
    yield from (f" http://{at}/ ", f"\x00\x1fhttp://{at}/", f"ht\ttp://{at}/", f"http:/\n/{at}/")
    yield from (f"http://127.0.\t0.1:{port}/", f"http://{at[:-1]}\r\n{at[-1]}/")
    yield from (f"\ufeffhttp://{at}", f"http://{at}\u2028/", f"http://{at}\ud800/")
    yield from (f"{scheme}://{at}/" for scheme in _SCHEMES.split())


def spell_all(port: int) -> list[str]:
    """Return all of them as URLs with this port, each once."""
    hosts = [host for address in INNER_4 for host in spell_4(address)]
    hosts += [f"[{address}]" for address in INNER_6] + INNER_NAMES
    urls = [f"http://{host}:{port}/7.jpg" for host in hosts]
    urls += [f"https://{host}:{port}/7.jpg" for host in [*INNER_4, *INNER_NAMES]]
    return list(dict.fromkeys([*urls, *trick(port)]))
