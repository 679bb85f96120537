"""Feeds of listings in Yandex's format: the agents in them, each once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rentix.client import SetupError
from rentix.sync.sources import HalfRead
from rentix.sync.sources.yrl import Yrl
from tests.sync.doubles.site import Asked, Reader, Said, rows, serving

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<realty-feed xmlns="http://webmaster.yandex.ru/schemas/feed/realty/2010-06">\n'
    "<generation-date>2024-03-01T10:00:00+00:00</generation-date>\n"
)
ANA = "<name>Ana  Ursu</name><phone>+373 69 200 111</phone><photo>https://p.example/1.jpg</photo>"
ION = "<name>Ion Rusu</name><phone>+373 69 200 111</phone><category>agency</category>"
Write = Callable[..., Yrl]


def feed(*agents: str) -> str:
    offers = (
        f'<offer internal-id="{n}"><name>Flat</name><sales-agent>{agent}</sales-agent>'
        f"<price><value>1</value></price></offer>\n"
        for n, agent in enumerate(agents)
    )
    return HEAD + "".join(offers) + "</realty-feed>\n"


@pytest.fixture
def write(reader: Reader) -> Write:
    def write_feed(text: str, encoding: str = "utf-8") -> Yrl:
        (reader.folder / "feed.xml").write_bytes(text.encode(encoding))
        return Yrl(file="feed.xml")

    return write_feed


def test_each_agent_is_there_once(reader: Reader, write: Write) -> None:
    found = rows(reader.read(write(feed(ANA, ION, ANA, ION))))
    assert found[0] == {
        "id": "37369200111 ana ursu",
        "differs": False,
        "name": "Ana Ursu",
        "phones": ["+373 69 200 111"],
        "phone": "+373 69 200 111",
        "photo": "https://p.example/1.jpg",
    }
    assert [row["id"] for row in found] == ["37369200111 ana ursu", "37369200111 ion rusu"]


def test_an_id_tells_more_than_phone_and_name(reader: Reader, write: Write) -> None:
    one = "<id>7</id><name>Ana Ursu</name><phone>069 200 111</phone><phone>022 1</phone>"
    other = "<id>7</id><name>Ana Ursu-Popa</name><phone>069 200 111</phone><email>a@b</email>"
    (found,) = rows(reader.read(write(feed(one, other))))
    assert (found["id"], found["phone"], found["email"]) == ("7", "069 200 111, 022 1", "a@b")
    assert found["name"] == "Ana Ursu", "the first offer that says something counts"
    assert found["differs"] is True


def test_one_without_phone_and_name_has_no_id(reader: Reader, write: Write) -> None:
    found = rows(reader.read(write(feed("<email>a@b</email>", ANA))))
    assert [row["id"] for row in found] == [None, "37369200111 ana ursu"]


def test_other_encodings_and_many_offers(reader: Reader, write: Write) -> None:
    text = feed(*("<name>Чебан</name><phone>069</phone>" for _ in range(3000)))
    kind = write(text.replace("UTF-8", "windows-1251"), "cp1251")
    assert [row["name"] for row in rows(reader.read(kind))] == ["Чебан"]


@pytest.mark.parametrize("at", [0.2, 0.5, 0.9, 0.99])
def test_half_a_feed_is_half_a_roster(reader: Reader, write: Write, at: float) -> None:
    text = feed(ANA, ION, ANA)
    with pytest.raises(HalfRead, match="seems to end midway"):
        reader.read(write(text[: int(len(text) * at)]))
    assert reader.left() == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<!DOCTYPE x [<!ENTITY a "b">]>' + feed(ANA)[39:], "has a DOCTYPE"),
        ("<html><body/></html>", "not a YRL feed: it begins with <html>"),
        (HEAD + "<a></b></realty-feed>", "is not XML: line 4: mismatched tag"),
        (feed(f"<name>{'x' * 70_000}</name>"), "more than 64 KB"),
        (HEAD + "<a>" * 100, "nested deeper"),
        (feed(), "holds no agents"),
    ],
)
def test_what_is_no_feed_is_refused(reader: Reader, write: Write, text: str, said: str) -> None:
    with pytest.raises(SetupError, match=said):
        reader.read(write(text))


def test_a_feed_at_an_address_is_fetched_again_only_if_it_changed(reader: Reader) -> None:
    asked: list[Asked] = []

    def site(request: Asked) -> Said:
        asked.append(request)
        known = request.headers.get("if-none-match") == '"1"'
        return Said(feed(ANA).encode(), 304 if known else 200, {"ETag": '"1"'} | (
            {"Content-Length": "0"} if known else {}
        ))  # fmt: skip

    with serving(site) as url:
        for _ in range(2):
            assert len(rows(reader.read(Yrl(url=f"{url}/feed.xml?key=s3cret")))) == 1
    assert asked[1].headers["if-none-match"] == '"1"'
    assert "s3cret" not in Yrl(url=f"{url}/feed.xml?key=s3cret").title()


def test_a_file_that_is_not_there(reader: Reader) -> None:
    with pytest.raises(SetupError, match=r"cannot read the YRL feed feed\.xml: No such file"):
        reader.read(Yrl(file="feed.xml"))
