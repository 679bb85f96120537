from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ada_url
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rentix.rules.socials import (
    _SITES,
    Network,
    _address,
    _find_profile,
    _is_canonical,
    _read_path,
    canonical_social,
)

ANA: dict[Network, str] = {
    "instagram": "https://www.instagram.com/ana.rusu",
    "youtube": "https://www.youtube.com/@ana.rusu",
    "tiktok": "https://www.tiktok.com/@ana.rusu",
}
NETWORKS = st.sampled_from(list(ANA))


@pytest.mark.parametrize("network", list(ANA))
@pytest.mark.parametrize(
    "written",
    [
        "ana.rusu",
        "@ana.rusu",
        " @ana.rusu\n",
        "{domain}/@ana.rusu",
        "www.{domain}/@ana.rusu",
        "m.{domain}/@ana.rusu/",
        "//{domain}/@ana.rusu",
        "http://{domain}/@ana.rusu",
        "https://www.{domain}/@ana.rusu?igsh=abc&utm_source=qr#top",
        "HTTPS://WWW.{DOMAIN}/@ana.rusu",
        "https://{domain}:443/%40ana.rusu",
        "https://www.{domain}/@ana.rusu/videos",
    ],
)
def test_every_way_to_write_a_profile_gives_one_address(network: Network, written: str) -> None:
    text = written.format(domain=f"{network}.com", DOMAIN=f"{network}.com".upper())
    assert canonical_social(network, text) == ANA[network]


@pytest.mark.parametrize(
    ("network", "text", "address"),
    [
        ("instagram", "instagram.com/ana.rusu", ANA["instagram"]),
        ("tiktok", "tiktok.com/ana.rusu", ANA["tiktok"]),
        ("tiktok", "https://www.tiktok.com/@ana.rusu/video/7123", ANA["tiktok"]),
        ("instagram", "casa.md", "https://www.instagram.com/casa.md"),
        ("instagram", "Ana_Rusu", "https://www.instagram.com/Ana_Rusu"),
        ("youtube", "youtube.com/anarusu", "https://www.youtube.com/c/anarusu"),
        ("youtube", "youtube.com/c/ana?x=1", "https://www.youtube.com/c/ana"),
        ("youtube", "m.youtube.com/user/ana", "https://www.youtube.com/user/ana"),
        (
            "youtube",
            "https://youtube.com/channel/UCabcdefghijklmnopqrstuv/videos",
            "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv",
        ),
        ("youtube", "@анна", "https://www.youtube.com/@%D0%B0%D0%BD%D0%BD%D0%B0"),
    ],
)
def test_ways_of_one_network(network: Network, text: str, address: str) -> None:
    assert canonical_social(network, text) == address
    assert canonical_social(network, address) == address


@pytest.mark.parametrize("network", list(ANA))
@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "https://example.com/ana",
        "example.com/ana",
        "facebook.com",
        "www.example.com",
        "https://{domain}.example.com/@ana",
        "https://example.com/{domain}/@ana",
        "https://{domain}@example.com/@ana",
        "https://evil-{domain}/@ana",
        "javascript:alert(1)",
        "javascript://{domain}/%0aalert(1)",
        "data:text/html,x",
        "mailto:ana@{domain}",
        "ftp://{domain}/@ana",
        "file:///{domain}/@ana",
        "Ana Rusu",
        "ana/rusu",
        "<script>",
        "https://[::1]/@ana",
        "\ud800",
    ],
)
def test_what_is_not_on_the_network_is_refused(network: Network, text: str) -> None:
    with pytest.raises(ValueError, match=rf"^must be a handle or an address on {network}\.com$"):
        canonical_social(network, text.format(domain=f"{network}.com"))


@pytest.mark.parametrize("authority", ["ana@{}", "ana:pw@{}", ":pw@{}", "{}:8080"])
def test_an_address_with_credentials_or_a_port_is_refused(authority: str) -> None:
    with pytest.raises(ValueError, match="without a user name, password or port"):
        canonical_social("tiktok", f"https://{authority.format('tiktok.com')}/@ana")


@pytest.mark.parametrize(
    ("network", "text"),
    [
        ("instagram", "instagram.com"),
        ("instagram", "https://www.instagram.com/p/Cabc123/"),
        ("instagram", "https://www.instagram.com/stories/ana/1/"),
        ("instagram", "https://www.instagram.com/ana..rusu"),
        ("youtube", "https://www.youtube.com/watch?v=abc"),
        ("youtube", "https://www.youtube.com/channel/ana"),
        ("youtube", "https://www.youtube.com/c"),
        ("youtube", "https://www.youtube.com/channel/"),
        ("tiktok", "https://www.tiktok.com/"),
        ("tiktok", "https://www.tiktok.com/t/ZT123/"),
        ("tiktok", "https://www.tiktok.com/@ana%20rusu"),
    ],
)
def test_a_page_that_is_no_profile_is_refused(network: Network, text: str) -> None:
    with pytest.raises(ValueError, match=rf"^must name a profile, such as .*{network}\.com/"):
        canonical_social(network, text)


@pytest.mark.parametrize("text", ["p", "@Explore", "instagram.com/@p"])
def test_a_handle_that_would_lead_to_a_page_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must "):
        canonical_social("instagram", text)


@pytest.mark.parametrize("text", ["https://youtu.be/dQw4w9WgXcQ", "youtu.be"])
def test_a_short_link_to_a_video_is_no_profile(text: str) -> None:
    with pytest.raises(ValueError, match="must be a handle or an address on youtube"):
        canonical_social("youtube", text)


def check(network: Network, text: str) -> None:
    """Whatever comes in: an address on the network that comes out the same again, or a reason."""
    try:
        address = canonical_social(network, text)
    except ValueError:
        return
    assert ada_url.URL(address).href == address
    assert ada_url.URL(address).hostname == f"www.{network}.com"
    assert address.isascii()
    assert canonical_social(network, address) == address


@given(NETWORKS, st.text())
def test_any_text_gives_an_address_or_a_reason(network: Network, text: str) -> None:
    check(network, text)


@given(NETWORKS, st.text(max_size=20))
def test_any_path_gives_an_address_or_a_reason(network: Network, path: str) -> None:
    check(network, f"{network}.com/{path}")


@given(
    NETWORKS,
    st.text("aZ9._-·@%?#/\\ \n\u0301", max_size=8) | st.sampled_from(["Explore", "UC", "p"]),
)
def test_a_canonical_address_is_told_at_a_glance_as_on_the_long_way(
    network: Network, name: str
) -> None:
    site = _SITES[network]
    text = f"https://www.{site.domain}/{site.mark}{name}"
    if _is_canonical(site, text):
        assert _address(site, _find_profile(site, _read_path(site, text))) == text


def test_naughty_strings_and_urls(test_data: Path) -> None:
    cases: list[dict[str, Any] | str] = json.loads(
        (test_data / "url/urltestdata.json").read_text("utf-8")
    )
    texts = [case["input"] for case in cases if isinstance(case, dict)]
    texts += json.loads((test_data / "strings/blns.json").read_text("utf-8"))
    assert len(texts) > 1_000
    for network in ANA:
        for text in texts:
            check(network, text)
