"""What the environment says of the place of pictures."""

from __future__ import annotations

from pathlib import Path

import pytest

from rentix.media.blobs import S3Access
from rentix.settings import find_blobs, find_s3_access

NAMES = [
    "RENTIX_BLOBS",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Give an environment that says nothing."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_what_is_given_comes_first(environment: pytest.MonkeyPatch) -> None:
    data = Path("data")
    assert find_blobs(None, data) == str(data / "blobs")
    assert find_blobs(None, "postgresql://db") is None
    environment.setenv("RENTIX_BLOBS", "s3://bucket")
    assert find_blobs(None, data) == "s3://bucket"
    assert find_blobs("pictures", data) == "pictures"


def test_without_a_key_there_is_no_way_in(environment: pytest.MonkeyPatch) -> None:
    assert find_s3_access() is None
    environment.setenv("AWS_ACCESS_KEY_ID", "key")
    assert find_s3_access() is None
    environment.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert find_s3_access() == S3Access("key", "secret")


def test_the_nearer_name_counts(environment: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        environment.setenv(name, f"https://{name.lower().replace('_', '-')}")
    assert find_s3_access() == S3Access(
        "https://aws-access-key-id",
        "https://aws-secret-access-key",
        "https://aws-region",
        "https://aws-endpoint-url-s3",
        "https://aws-session-token",
    )
