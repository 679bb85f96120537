"""What only a bucket can do to us: refuse, be elsewhere, be silent, be away."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator

import msgspec
import pytest

from rentix.media.blobs import (
    Blobs,
    BlobsAway,
    BlobsRefused,
    BlobTooLarge,
    Patience,
    S3Access,
)
from rentix.media.blobs.keys import blob_key
from rentix.media.blobs.places import open_blobs
from tests.media.one_answer import answering

pytestmark = pytest.mark.slow  # starts a server, and waits for ones that do not answer

PICTURE = b"a picture"
KEY = blob_key(PICTURE)
QUICK = Patience(connect_s=0.5, request_s=0.5, retries=1)
WRONG = "not-the-secret-of-tester"

QUESTIONS: dict[str, Callable[[Blobs], object]] = {
    "put": lambda blobs: blobs.put(KEY, PICTURE),
    "get": lambda blobs: blobs.get(KEY),
    "size": lambda blobs: blobs.size(KEY),
    "delete": lambda blobs: blobs.delete(KEY),
    "sweep": lambda blobs: blobs.delete(KEY, unless_since_ms=1),
    "listed": lambda blobs: list(blobs.listed(1)),
    "check": lambda blobs: blobs.check(),
}
asked = pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)


@pytest.fixture
def place() -> str:
    return f"s3://pictures/{secrets.token_hex(8)}"


@pytest.fixture
def silent() -> Iterator[str]:
    """Give the address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def nobody() -> str:
    """Give an address where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def told(error: BaseException) -> str:
    """Give all that a log could show of an error."""
    chain = []
    shown: BaseException | None = error
    while shown is not None:
        chain.append(repr(shown))
        shown = shown.__cause__ or (None if shown.__suppress_context__ else shown.__context__)
    return " ".join(chain)


@asked
def test_a_wrong_secret_is_refused_and_not_shown(
    s3: S3Access, place: str, ask: Callable[[Blobs], object]
) -> None:
    blobs = open_blobs(place, msgspec.structs.replace(s3, secret=WRONG))
    with pytest.raises(BlobsRefused, match="AWS_ACCESS_KEY_ID") as refused:
        ask(blobs)
    assert place in str(refused.value)
    assert WRONG not in told(refused.value)
    assert "Debug source" not in told(refused.value)  # what the library says of the exchange


@pytest.mark.parametrize("question", ["get", "listed", "check"])
def test_a_bucket_that_is_not_there_is_no_missing_blob(s3: S3Access, question: str) -> None:
    with pytest.raises(BlobsRefused, match="NoSuchBucket"):
        QUESTIONS[question](open_blobs("s3://no-such-bucket", s3))


@asked
def test_a_server_that_is_down_is_away(
    s3: S3Access, nobody: str, place: str, ask: Callable[[Blobs], object]
) -> None:
    away = msgspec.structs.replace(s3, endpoint=nobody)
    with pytest.raises(BlobsAway) as error:
        ask(open_blobs(place, away, QUICK))
    assert s3.secret not in told(error.value)


@asked
def test_a_server_that_never_answers_is_away(
    s3: S3Access, silent: str, place: str, ask: Callable[[Blobs], object]
) -> None:
    away = msgspec.structs.replace(s3, endpoint=silent)
    with pytest.raises(BlobsAway):
        ask(open_blobs(place, away, QUICK))


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_heals_is_away(place: str, status: int) -> None:
    with answering(status) as endpoint, pytest.raises(BlobsAway):
        open_blobs(place, S3Access("tester", "secret", endpoint=endpoint), QUICK).get(KEY)


@pytest.mark.parametrize("status", [301, 400, 401])  # 301: the bucket is in another region
def test_what_does_not_heal_is_refused(place: str, status: int) -> None:
    with answering(status) as endpoint, pytest.raises(BlobsRefused):
        open_blobs(place, S3Access("tester", "secret", endpoint=endpoint), QUICK).get(KEY)


def test_one_that_somebody_else_made_too_large_is_not_read(s3: S3Access, place: str) -> None:
    open_blobs(place, s3).put(KEY, PICTURE)
    with pytest.raises(BlobTooLarge):
        open_blobs(place, s3, max_bytes=5).get(KEY)


def test_prefixes_are_apart(s3: S3Access, place: str) -> None:
    one, other = open_blobs(f"{place}/one", s3), open_blobs(f"{place}/other/", s3)
    one.put(KEY, PICTURE)
    assert list(other.listed(1 << 60)) == []
    assert [found.key for found in open_blobs(f"{place}/one/", s3).listed(1 << 60)] == [KEY]


def test_the_environment_has_no_say(
    s3: S3Access, place: str, nobody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.setenv(name, nobody)
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-someone-else")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone-else")
    monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
    monkeypatch.setenv("AWS_VIRTUAL_HOSTED_STYLE_REQUEST", "true")
    monkeypatch.setenv("AWS_BUCKET", "another")
    blobs = open_blobs(place, s3)
    blobs.put(KEY, PICTURE)
    assert blobs.get(KEY).data == PICTURE


def test_secrets_are_not_shown(s3: S3Access, place: str) -> None:
    access = msgspec.structs.replace(s3, session_token="token-of-a-session")
    shown = f"{access!r} {access} {open_blobs(place, access)!r}"
    assert s3.secret not in shown
    assert "token-of-a-session" not in shown


@pytest.mark.parametrize(
    "place",
    [
        "gs://bucket",
        "http://127.0.0.1/bucket",
        "s3://",
        "s3://B",
        "s3://bucket/../other",
        "s3://bucket//a",
        "s3://key:secret@bucket",
        "s3://bucket?a=b",
    ],
)
def test_other_places_are_refused(s3: S3Access, place: str) -> None:
    with pytest.raises(BlobsRefused, match="s3://bucket/prefix") as refused:
        open_blobs(place, s3)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("part", "value", "variable"),
    [
        ("endpoint", "s3.example", "AWS_ENDPOINT_URL"),
        ("endpoint", "http://a b", "AWS_ENDPOINT_URL"),
        ("endpoint", "https://", "AWS_ENDPOINT_URL"),
        ("endpoint", "http://[:::1]", "AWS_ENDPOINT_URL"),
        ("endpoint", "http://127.0.0.1:99999", "AWS_ENDPOINT_URL"),
        ("endpoint", "http://127.0.0.1/bucket", "AWS_ENDPOINT_URL"),
        ("endpoint", "https://someone:hidden@s3.example", "AWS_ENDPOINT_URL"),
        ("region", "eu/../west", "AWS_REGION"),
        ("key_id", "key\n", "AWS_ACCESS_KEY_ID"),
        ("secret", "hidden\n", "AWS_SECRET_ACCESS_KEY"),
        ("session_token", "hidden\r\nX: y", "AWS_SESSION_TOKEN"),
    ],
)
def test_what_the_library_would_panic_over_is_refused(
    s3: S3Access, place: str, part: str, value: str, variable: str
) -> None:
    with pytest.raises(BlobsRefused, match=variable) as refused:
        open_blobs(place, msgspec.structs.replace(s3, **{part: value}))
    assert "hidden" not in str(refused.value)


def test_an_address_may_end_in_a_slash(s3: S3Access, place: str) -> None:
    open_blobs(place, msgspec.structs.replace(s3, endpoint=f"{s3.endpoint}/")).check()


def test_a_bucket_without_a_key_is_refused(place: str) -> None:
    with pytest.raises(BlobsRefused, match="AWS_ACCESS_KEY_ID"):
        open_blobs(place)
