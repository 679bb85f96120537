"""The homes of demo and sandbox: whole listings, with photos that are pictures."""

from __future__ import annotations

import httpx2
import pytest

from rentix.cli.homes import UNNAMED, sample_homes
from rentix.cli.portraits import serving_portraits
from rentix.cli.scenes import draw_scene
from rentix.rules.listings import read_put_listing
from rentix.rules.steering import Terms


def test_a_home_is_what_the_api_takes() -> None:
    homes = sample_homes("127.0.0.1:9", ["a", "b"])
    puts = [read_put_listing(home, Terms("MD", "ro")) for home in homes]
    assert [put.notes for put in puts] == [()] * len(homes), "nothing about it is doubtful"
    assert [home.get("externalUserId") for home in homes] == ["a", "a", "b", None]
    assert homes[-1]["externalId"] == UNNAMED


def test_no_two_homes_are_alike() -> None:
    homes = sample_homes("127.0.0.1:9", ["a", "b"])
    for name in ("Value", "Description"):
        assert len({home[f"announcement{name}"] for home in homes}) == len(homes)
    for name in ("Address", "Area"):
        assert len({home[f"property{name}"] for home in homes}) == len(homes)


def test_one_agent_is_enough() -> None:
    homes = sample_homes("127.0.0.1:9", ["a"])
    assert {home.get("externalUserId") for home in homes} == {"a", None}


@pytest.mark.slow
def test_all_photos_are_drawn_and_no_two_are_alike() -> None:
    with serving_portraits() as place, httpx2.Client(trust_env=False) as client:
        urls = [file["url"] for home in sample_homes(place, ["a"]) for file in home["files"]]
        drawn = [client.get(url) for url in urls]
        initials = client.get(f"http://{place}/AB.png").content
    assert all(answer.content.startswith(b"\x89PNG") for answer in drawn)
    assert len({answer.content for answer in drawn} | {initials}) == len(urls) + 1


def test_there_are_no_other_scenes() -> None:
    assert draw_scene("castle", 1) is None
