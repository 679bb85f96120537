"""Photos of listings, from the answer that queues them to the status they bring about."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.listings.shapes import COMPLETE, faults, ok, put, read, status, warned
from tests.worker.studio import MISSING, Studio, jpeg, until

READY = {**COMPLETE, "announcementStatus": "active"}


def photos(studio: Studio, *names: str, bad: str = "") -> list[dict[str, Any]]:
    """Offer a picture under each name; those in `bad` are not there."""
    found = []
    for number, name in enumerate(names):
        answer = MISSING if name in bad.split() else jpeg((200, 40, number * 20))
        found.append({"url": studio.offer(f"/{name}.jpg", answer), "externalFileId": name})
    return found


def publish(studio: Studio, files: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    body: dict[str, Any] = ok(put(studio.tenant, externalId="a", files=files, **READY, **more))
    return body


def settled(studio: Studio) -> str:
    """Wait until the listing no longer waits for its photos."""
    until(lambda: status(studio.tenant, "a") != "pending_active")
    return status(studio.tenant, "a")


@pytest.mark.slow
def test_with_its_photos_ready_a_listing_becomes_active(studio: Studio) -> None:
    """With photos still processing the status is `pending_active` and the server moves it to
    `active`.
    """
    sent = publish(studio, photos(studio, "p", "q", "r"))
    assert sent["status"] == "pending_active"
    assert ok(studio.tenant.get(f"/job/status?id={sent['jobId']}"))["type"] == "media_import"
    assert settled(studio) == "active"
    found = read(studio.tenant, "a")
    assert [file["externalId"] for file in found["files"]] == ["p", "q", "r"]
    for file in found["files"]:
        assert (file["contentType"], file["optimization"]) == ("image/jpeg", "success")
        assert isinstance(file["size"], str)
        assert int(file["size"]) > 0
        assert [variant["variantSize"] for variant in file["variants"]] == ["128", "512", "1024"]
    assert found["etag"] != sent["etag"]
    change = studio.tenant.changes()[-1]
    assert change.fields == {"announcementStatus": ("pending_active", "active")}


@pytest.mark.slow
def test_with_too_few_photos_publishing_has_failed(studio: Studio) -> None:
    """Or to `publish_failed` if fewer than 3 succeed; which may go to active."""
    publish(studio, photos(studio, "p", "q", "r", bad="r"))
    assert settled(studio) == "publish_failed"
    again = put(studio.tenant, externalId="a", announcementStatus="active")
    assert faults(again) == [("/files", "photos_missing")]
    files = [{"externalFileId": "p"}, {"externalFileId": "q"}, *photos(studio, "s")]
    assert publish(studio, files)["status"] == "pending_active"
    assert settled(studio) == "active"


@pytest.mark.slow
def test_one_bad_photo_of_four_does_no_harm(studio: Studio) -> None:
    publish(studio, photos(studio, "p", "q", "r", "s", bad="q"))
    assert settled(studio) == "active"


@pytest.mark.slow
def test_photos_that_are_ready_make_it_active_at_once(studio: Studio) -> None:
    publish(studio, photos(studio, "p", "q", "r"))
    settled(studio)
    files = [{"externalFileId": name} for name in "rqp"]
    body = ok(put(studio.tenant, externalId="b", files=files, **READY))
    assert (body["status"], body["jobId"]) == ("active", None)
    shown = [file["externalId"] for file in read(studio.tenant, "b")["files"]]
    assert shown == ["r", "q", "p"]


@pytest.mark.slow
@pytest.mark.parametrize("before", ["hidden", "expired", "completed"])
def test_what_was_put_away_becomes_active_at_once(studio: Studio, before: str) -> None:
    """Hidden, expired, completed may go to active."""
    publish(studio, photos(studio, "p", "q", "r"))
    settled(studio)
    ok(put(studio.tenant, externalId="a", announcementStatus=before))
    body = ok(put(studio.tenant, externalId="a", announcementStatus="active"))
    assert body["status"] == "active"


@pytest.mark.slow
def test_an_active_listing_stays_so_while_new_photos_come(studio: Studio) -> None:
    """As long as three are ready; with fewer it waits again."""
    first = photos(studio, "p", "q", "r")
    publish(studio, first)
    settled(studio)
    more = publish(studio, [*first, *photos(studio, "s", bad="s")])
    assert (more["status"], more["updated"]) == ("active", True)
    studio.settled(more["jobId"])
    assert status(studio.tenant, "a") == "active"
    fewer = publish(studio, [*first[:2], *photos(studio, "t")])
    assert fewer["status"] == "pending_active"
    assert settled(studio) == "active"


@pytest.mark.slow
def test_a_known_external_file_id_reuses_the_file(studio: Studio) -> None:
    """A second import with a known `externalFileId` reuses the file [P]."""
    files = photos(studio, "p", "q", "r")
    publish(studio, files)
    settled(studio)
    other = {"url": studio.offer("/other.jpg", jpeg()), "externalFileId": "p"}
    body = publish(studio, [other, *files[1:]])
    assert (body["unchanged"], warned(body)) == (True, [("files", "media_known")])
    assert studio.asked("/other.jpg") == 0


@pytest.mark.slow
def test_a_url_that_it_shows_already_is_that_photo(studio: Studio) -> None:
    files = [{"url": photo["url"]} for photo in photos(studio, "p", "q", "r")]
    publish(studio, files)
    settled(studio)
    assert publish(studio, files)["unchanged"] is True
    turned = publish(studio, files[::-1])
    assert (turned["updated"], turned["jobId"], turned["status"]) == (True, None, "active")
    assert studio.asked("/p.jpg") == 1


@pytest.mark.slow
def test_a_photo_sent_twice_is_shown_once(studio: Studio) -> None:
    files = photos(studio, "p", "q", "r")
    body = publish(studio, [*files, files[0]])
    assert ("files.3", "duplicate_file") in warned(body)
    settled(studio)
    first = read(studio.tenant, "a")["files"][0]["id"]
    twice = publish(studio, [*files, {"id": first}])
    assert warned(twice) == [("files", "duplicate_file")]
    assert len(read(studio.tenant, "a")["files"]) == 3


@pytest.mark.slow
def test_media_are_named_by_either_id(studio: Studio) -> None:
    """`files` `[{url, externalFileId?} | {id} | {externalFileId}]`."""
    publish(studio, photos(studio, "p", "q", "r"))
    settled(studio)
    [p, *_] = read(studio.tenant, "a")["files"]
    files = [{"id": p["id"]}, {"externalFileId": "q"}]
    ok(put(studio.tenant, externalId="b", files=files))
    assert [file["externalId"] for file in read(studio.tenant, "b")["files"]] == ["p", "q"]
    unknown = put(studio.tenant, externalId="b", files=[{"externalFileId": "nobody"}])
    assert faults(unknown) == [("/files/0/externalFileId", "media_unknown")]


@pytest.mark.slow
def test_a_photo_whose_import_failed_is_no_photo(studio: Studio) -> None:
    publish(studio, photos(studio, "p", "q", "r", bad="r"))
    settled(studio)
    lost = put(studio.tenant, externalId="b", files=[{"externalFileId": "r"}])
    assert faults(lost) == [("/files/0/externalFileId", "media_unknown")]


@pytest.mark.slow
def test_new_urls_of_photos_that_failed_are_told_how_to_get_in(studio: Studio) -> None:
    """A failed media keeps its `externalFileId`; the refusal says what frees it, and that works."""
    publish(studio, photos(studio, "p", "q", "r", bad="p q r"))
    assert settled(studio) == "publish_failed"
    failed = [file["id"] for file in read(studio.tenant, "a")["files"]]
    new = [
        {"url": studio.offer(f"/new-{name}.jpg", jpeg()), "externalFileId": name} for name in "pqr"
    ]
    refused = put(studio.tenant, externalId="a", files=new, **READY)
    assert faults(refused) == [("/files", "photos_missing")]
    [message] = refused.json()["message"]
    assert f"DELETE /api/v1/media/{failed[0]} (externalFileId p)" in message
    assert "under another externalFileId" in message
    for media_id in failed:
        ok(studio.tenant.http.delete(f"/media/{media_id}"))
    publish(studio, new)
    assert settled(studio) == "active"


@pytest.mark.slow
def test_photos_that_failed_without_a_name_only_have_to_be_sent_again(studio: Studio) -> None:
    files = [{"url": photo["url"]} for photo in photos(studio, "p", "q", "r", bad="p q r")]
    publish(studio, files)
    assert settled(studio) == "publish_failed"
    refused = put(studio.tenant, externalId="a", announcementStatus="active")
    assert "DELETE" not in refused.json()["message"][0]
    photos(studio, "p", "q", "r")
    publish(studio, files)
    assert settled(studio) == "active"


@pytest.mark.slow
def test_a_photo_that_is_removed_leaves_the_others(studio: Studio) -> None:
    publish(studio, photos(studio, "p", "q", "r"))
    settled(studio)
    [p, *_] = read(studio.tenant, "a")["files"]
    ok(studio.tenant.http.delete(f"/media/{p['id']}"))
    assert [file["externalId"] for file in read(studio.tenant, "a")["files"]] == ["q", "r"]
    assert status(studio.tenant, "a") == "active"


@pytest.mark.slow
def test_a_picture_that_is_ready_becomes_the_agencys_logo(studio: Studio) -> None:
    """Contract 8: logo media id."""
    publish(studio, photos(studio, "p", "q", "r"))
    settled(studio)
    [p, *_] = read(studio.tenant, "a")["files"]
    body = ok(studio.tenant.http.put("/agency", json={"logo": {"id": p["id"]}}))
    assert body["logo"]["variants"][0]["url"] == p["variants"][0]["url"]
    ok(studio.tenant.http.delete(f"/media/{p['id']}"))
    assert ok(studio.tenant.get("/agency"))["logo"] is None


@pytest.mark.slow
def test_a_photo_of_many_listings_is_gone_from_all_of_them(studio: Studio) -> None:
    """Delete detaches the file everywhere; what each listing's log says of it may follow."""
    publish(studio, photos(studio, "p", "q", "r", "shared"))
    assert settled(studio) == "active"
    files = [{"externalFileId": name} for name in ("p", "q", "r", "shared")]
    for first in (0, 75):
        operations = [
            {"op": "upsert", "externalId": f"b-{number}", "files": files, **READY}
            for number in range(first, first + 75)
        ]
        ok(studio.tenant.http.post("/listings/bulk", json={"operations": operations}))
    ok(studio.tenant.http.delete("/media/external/shared"))
    items = ok(studio.tenant.get("/listings"))["items"]
    assert len(items) == 151
    assert {tuple(file["externalId"] for file in one["files"]) for one in items} == {tuple("pqr")}
    assert {one["formData"]["announcementStatus"] for one in items} == {"active"}

    def told() -> set[int]:
        changes = [one for one in studio.tenant.changes() if one.subject == "listing"]
        return {one.subject_id for one in changes if one.fields.keys() == {"files"}}

    until(lambda: told() == {one["id"] for one in items})
