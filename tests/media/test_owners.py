"""Whose a place is: one installation's, for a sweep by another would remove everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from rentix.media.blobs import Blobs, BlobsRefused
from rentix.media.blobs.owners import claim_place, name_installation
from rentix.wiring import Pictures, make_blobs, make_store, open_store, serving
from tests.cli.backups import run
from tests.media.test_blobs import KEY, NEVER_MS, PICTURE

MINE, OTHERS = b"m" * 32, b"o" * 32


def test_a_place_is_whose_it_was_first(blobs: Blobs) -> None:
    claim_place(blobs, MINE)
    blobs.put(KEY, PICTURE)
    claim_place(blobs, MINE)
    with pytest.raises(BlobsRefused, match=f"another database's.*{name_installation(OTHERS)}"):
        claim_place(blobs, OTHERS)
    assert blobs.owner() == name_installation(MINE)
    assert [found.key for found in blobs.listed(NEVER_MS)] == [KEY]  # the mark is no picture


def test_pictures_of_which_nothing_says_whose_they_are(blobs: Blobs) -> None:
    blobs.put(KEY, PICTURE)
    with pytest.raises(BlobsRefused) as refused:
        claim_place(blobs, MINE)
    assert f"write {name_installation(MINE)} into installation" in str(refused.value)
    assert blobs.owner() is None
    blobs.own(name_installation(MINE))  # as the message says
    claim_place(blobs, MINE)


def test_the_name_tells_nothing_of_the_secret(tmp_path: Path) -> None:
    with open_store(tmp_path / "data") as store:
        make_blobs(Pictures(blobs=str(tmp_path / "blobs")), store)
        mark = (tmp_path / "blobs" / "installation").read_bytes()
        assert store.secret() not in mark
        assert store.secret().hex() not in mark.decode()


def test_who_serves_another_database_does_not_start(tmp_path: Path) -> None:
    place = Pictures(blobs=str(tmp_path / "blobs"), at_once=0)
    with serving(tmp_path / "mine", place) as app:
        app.portal.store.close()
    with pytest.raises(BlobsRefused, match="belong together"), serving(tmp_path / "other", place):
        pass


def test_a_restored_database_is_the_same_installation(tmp_path: Path) -> None:
    place = Pictures(blobs=str(tmp_path / "blobs"))
    with open_store(tmp_path / "data") as store:
        make_blobs(place, store)
    run("backup", tmp_path / "backup", "--data", tmp_path / "data")
    run("restore", tmp_path / "backup", "--data", tmp_path / "restored")
    restored = make_store(tmp_path / "restored")
    try:
        assert make_blobs(place, restored)
    finally:
        restored.close()
