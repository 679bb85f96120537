"""Avatars by URL, from the answer that queues them to the picture that visitors see."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from rentix.media.fetch import Fetcher
from tests.media.servers import found, serving
from tests.worker.studio import BUSY, MISSING, Studio, jpeg, scenic, until

FOREVER_MS = 24 * 3600 * 1000


def files(profile: dict[str, Any]) -> list[str]:
    return [variant["url"] for variant in profile["avatar"]["variants"]]


@pytest.mark.slow
def test_a_picture_is_shown_in_three_sizes(studio: Studio) -> None:
    before = studio.put(studio.offer("/ana.jpg", scenic()))
    job = studio.settled(before["jobId"])
    profile = studio.profile()
    assert job["status"] == "completed"
    assert profile["avatar"]["id"] == before["jobId"]
    assert profile["avatar"]["optimization"] == "success"
    assert profile["avatar"]["blurhash"]
    assert [v["variantSize"] for v in profile["avatar"]["variants"]] == ["128", "512", "1024"]
    assert "avatarImport" not in profile
    assert profile["etag"] != before["etag"]
    for url in files(profile):
        answer = studio.fetch(url)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")


@pytest.mark.slow
def test_an_import_that_fails_says_why_everywhere_and_the_old_picture_stays(
    studio: Studio,
) -> None:
    studio.settled(studio.put(studio.offer("/good.jpg", jpeg()))["jobId"])
    good = studio.profile()
    job = studio.settled(studio.put(studio.offer("/gone.jpg", MISSING))["jobId"])
    profile = studio.profile()
    again = studio.put(studio.pictures.url("/gone.jpg").replace("gone", "good"), "b")
    named = studio.tenant.put(externalId="a", name="Ana Rusu").json()
    assert job["status"] == "failed"
    assert "answered 404" in job["publicErrorMessage"]
    assert profile["avatar"] == good["avatar"]
    assert profile["avatarImport"]["status"] == "failed"
    assert profile["avatarImport"]["error"] == job["publicErrorMessage"]
    [warning] = [w for w in named["warnings"] if w["code"] == "avatar_import_failed"]
    assert job["publicErrorMessage"] in warning["message"]
    assert studio.asked("/gone.jpg") == 1
    assert "warnings" not in again or "avatar_import_failed" not in str(again["warnings"])
    [logged] = [c for c in studio.tenant.changes() if c.fields.get("avatarImport", ("", None))[1]]
    assert logged.fields["avatarImport"] == ("pending", job["publicErrorMessage"])


@pytest.mark.slow
def test_what_may_heal_is_tried_again_later(studio: Studio) -> None:
    job_id = studio.put(studio.offer("/busy.jpg", BUSY, jpeg()))["jobId"]
    until(lambda: studio.job(job_id)["status"] == "failed_retryable")
    assert studio.asked("/busy.jpg") == 1
    studio.service.clock.ahead_ms += 20_000
    assert studio.settled(job_id)["status"] == "completed"
    assert studio.asked("/busy.jpg") == 2


@pytest.mark.slow
def test_what_does_not_heal_in_the_end_is_given_up(studio: Studio) -> None:
    job_id = studio.put(studio.offer("/busy.jpg", BUSY))["jobId"]
    tries = 0
    while studio.job(job_id)["status"] != "failed":
        tries += 1
        assert tries < 10
        until(lambda: studio.asked("/busy.jpg") == tries)  # noqa: B023 - called at once
        until(lambda: studio.job(job_id)["status"] in ("failed_retryable", "failed"))
        studio.service.clock.ahead_ms += 3600 * 1000
    assert studio.asked("/busy.jpg") == 6
    assert "503" in studio.job(job_id)["publicErrorMessage"]


@pytest.mark.slow
def test_the_same_bytes_are_the_same_picture(studio: Studio) -> None:
    url = studio.offer("/ana.jpg", jpeg())
    studio.settled(studio.put(url)["jobId"])
    first = studio.profile()
    assert studio.put(url)["unchanged"]
    assert studio.asked("/ana.jpg") == 1
    logged = studio.tenant.changes()
    again = studio.put(url, refresh=True)["jobId"]
    assert studio.settled(again)["status"] == "completed"
    assert studio.asked("/ana.jpg") == 2
    assert studio.profile() == first
    assert studio.tenant.changes() == logged
    # What brought the same bytes is the same picture, and deleting it is deleting that.
    assert studio.tenant.http.delete(f"/media/{again}").json() == {"deleted": True}
    assert studio.profile()["avatar"] is None


@pytest.mark.slow
def test_a_refreshed_picture_is_shown(studio: Studio) -> None:
    url = studio.offer("/ana.jpg", jpeg((200, 0, 0)), jpeg((0, 0, 200)))
    studio.settled(studio.put(url)["jobId"])
    before = studio.profile()
    job_id = studio.put(url, refresh=True)["jobId"]
    studio.settled(job_id)
    after = studio.profile()
    assert files(after) != files(before)
    assert after["avatar"]["id"] == job_id
    assert after["etag"] != before["etag"]
    assert studio.tenant.changes()[-1].fields.keys() == {"avatarPicture"}


@pytest.mark.slow
def test_a_refresh_that_fails_says_so_and_the_picture_stays(studio: Studio) -> None:
    url = studio.offer("/ana.jpg", jpeg(), MISSING, jpeg())
    studio.settled(studio.put(url)["jobId"])
    before = studio.profile()
    job_id = studio.put(url, refresh=True)["jobId"]
    studio.settled(job_id)
    after = studio.profile()
    assert after["avatar"] == before["avatar"]
    assert (after["avatarImport"]["jobId"], after["avatarImport"]["status"]) == (job_id, "failed")
    studio.settled(studio.put(url)["jobId"])
    assert "avatarImport" not in studio.profile()


@pytest.mark.slow
def test_a_refresh_of_a_picture_that_was_replaced_meanwhile_is_not_shown(studio: Studio) -> None:
    url = studio.offer("/1.jpg", jpeg((200, 0, 0)), jpeg((0, 200, 0)))
    studio.settled(studio.put(url)["jobId"])
    gate = studio.gates["/1.jpg"] = threading.Event()
    refresh = studio.put(url, refresh=True)["jobId"]
    until(lambda: studio.asked("/1.jpg") == 2)
    studio.settled(studio.put(studio.offer("/2.jpg", jpeg((0, 0, 200))))["jobId"])
    shown = studio.profile()
    gate.set()
    assert studio.settled(refresh)["status"] == "completed"
    assert studio.profile() == shown


@pytest.mark.slow
def test_the_last_picture_that_was_asked_for_is_shown(studio: Studio) -> None:
    first = studio.put(studio.offer("/1.jpg", jpeg((200, 0, 0))))
    last = studio.put(studio.offer("/2.jpg", jpeg((0, 0, 200))))
    studio.settled(first["jobId"])
    studio.settled(last["jobId"])
    assert studio.profile()["avatar"]["id"] == last["jobId"]


@pytest.mark.slow
def test_a_picture_that_was_taken_away_does_not_come_back(studio: Studio) -> None:
    job_id = studio.put(studio.offer("/busy.jpg", BUSY, jpeg()))["jobId"]
    until(lambda: studio.job(job_id)["status"] == "failed_retryable")
    studio.put(None)
    studio.service.clock.ahead_ms += FOREVER_MS
    assert studio.job(job_id)["status"] == "failed"
    assert studio.profile()["avatar"] is None
    assert studio.asked("/busy.jpg") == 1


@pytest.mark.slow
def test_what_is_no_picture_is_refused_for_good(studio: Studio) -> None:
    job = studio.settled(studio.put(studio.offer("/page", b"<html>hello</html>"))["jobId"])
    assert job["status"] == "failed"
    assert studio.asked("/page") == 1


@pytest.mark.slow
def test_an_address_inside_is_refused_and_not_told_from_another(studio: Studio) -> None:
    with serving(found(jpeg())) as inside:  # its port is not allowed, as that of `pictures` is
        urls = [inside.url(host=host) for host in ("127.0.0.1", "10.0.0.1")]
        jobs = [studio.put(url, url)["jobId"] for url in urls]
        messages = {studio.settled(job)["publicErrorMessage"] for job in jobs}
        assert len(messages) == 1
        assert inside.connections == 0
        assert Fetcher(allow=inside.allowed).fetch(urls[0]).content == jpeg()
        assert inside.connections == 1
