"""Media, from the answer that queues them to the profiles that show them (contract 7)."""

from __future__ import annotations

import threading
from typing import Any

import httpx2
import pytest
import pyvips

from rentix.media.decode import DecoderCrashed
from rentix.wiring import make_store
from tests.media.pictures import scene
from tests.worker.studio import BUSY, MISSING, Studio, jpeg, scenic, until

MIB = 1024 * 1024
PERSON = {"name": "Ana Rusu", "phone": "+37369123456"}


def post(studio: Studio, path: str, **body: Any) -> dict[str, Any]:
    answer = studio.tenant.http.post(f"/media{path}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def media(studio: Studio, media_id: int) -> dict[str, Any]:
    found: dict[str, Any] = studio.tenant.get(f"/media/{media_id}").json()
    return found


def imported(studio: Studio, path: str = "/a.jpg", data: bytes = b"") -> int:
    """Import a picture to its end, and return its id."""
    url = studio.offer(path, data or jpeg())
    media_id: int = post(studio, "/upload-from-url", url=url, externalId=path)["mediaId"]
    assert studio.settled(media_id)["status"] == "completed"
    return media_id


def show(studio: Studio, media_id: int, external_id: str = "a") -> dict[str, Any]:
    answer = studio.tenant.put(externalId=external_id, avatar={"id": media_id}, **PERSON)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.slow
def test_a_media_is_fitted_whole_into_three_sizes(studio: Studio) -> None:
    data = scenic()
    found = media(studio, imported(studio, data=data))
    assert (found["optimization"], found["contentType"]) == ("success", "image/jpeg")
    assert found["size"] == len(data)
    assert found["blurhash"]
    assert [v["variantSize"] for v in found["variants"]] == ["128", "512", "1024"]
    for variant in found["variants"]:
        answer = studio.fetch(variant["url"])
        assert (answer.status_code, len(answer.content)) == (200, variant["size"])
    assert size_of(studio, found) == (1024, 819)  # of 1500 by 1200: no square


def size_of(studio: Studio, found: dict[str, Any]) -> tuple[int, int]:
    largest = pyvips.Image.new_from_buffer(studio.fetch(found["variants"][2]["url"]).content, "")
    return largest.width, largest.height


@pytest.mark.slow
def test_a_media_that_is_to_be_an_avatar_is_cut_to_a_square(studio: Studio) -> None:
    url = studio.offer("/a.jpg", scenic())
    fetched = post(studio, "/upload-from-url", url=url, use="avatar", externalId="p")["mediaId"]
    bulk = [{"op": "upload-from-url", "url": url, "use": "avatar"}]
    of_bulk = post(studio, "/bulk", operations=bulk)["results"][0]["mediaId"]
    upload = begin(studio, use="avatar")
    assert send(upload, scenic()).status_code == 200
    for media_id in (fetched, of_bulk, upload["mediaId"]):
        assert studio.settled(media_id)["status"] == "completed"
        found = media(studio, media_id)
        assert (found["use"], size_of(studio, found)) == ("avatar", (1024, 1024))
    [warning] = post(studio, "/upload-from-url", url=url, externalId="p")["warnings"]
    assert (warning["field"], warning["code"]) == ("use", "media_known")


@pytest.mark.slow
def test_the_end_of_a_media_is_in_the_log_and_told_by_its_job(studio: Studio) -> None:
    media_id = imported(studio)
    job, found = studio.job(media_id), media(studio, media_id)
    assert job["resultData"] == {"mediaId": media_id, "variants": found["variants"]}
    assert studio.tenant.changes()[-1].fields == {"optimization": ("pending", "success")}
    url = studio.offer("/gone.jpg", MISSING)
    failed = studio.settled(post(studio, "/upload-from-url", url=url)["mediaId"])
    assert "resultData" not in failed
    [*_, logged] = studio.tenant.changes()
    assert (logged.subject, logged.subject_id, logged.key_id) == ("media", failed["id"], None)
    assert logged.fields == {
        "optimization": ("pending", "failed"),
        "error": (None, failed["publicErrorMessage"]),
    }


@pytest.mark.slow
def test_who_is_only_awaited_waits_for_nobody(studio: Studio) -> None:
    upload = begin(studio)
    assert studio.job(upload["jobId"])["queuePosition"] is None
    assert studio.queue.waiting() == {"awaited": 1, "pending": 0, "processing": 0}
    assert studio.queue.counts() == {"awaited": 1}
    assert send(upload, jpeg()).status_code == 200
    studio.settled(upload["jobId"])
    assert studio.queue.counts() == {"success": 1}


@pytest.mark.slow
def test_a_known_external_id_is_not_fetched_again(studio: Studio) -> None:
    media_id = imported(studio)
    again = post(studio, "/upload-from-url", url=studio.pictures.url("/a.jpg"), externalId="/a.jpg")
    assert again == {
        "mediaId": media_id,
        "status": "success",
        "externalId": "/a.jpg",
        "jobId": media_id,
    }
    assert studio.asked("/a.jpg") == 1


@pytest.mark.slow
def test_an_import_that_fails_says_why(studio: Studio) -> None:
    url = studio.offer("/gone.jpg", MISSING)
    media_id = post(studio, "/upload-from-url", url=url, externalId="p")["mediaId"]
    job = studio.settled(media_id)
    assert (job["status"], job["type"]) == ("failed", "media_import")
    found = media(studio, media_id)
    assert (found["optimization"], found["error"]) == ("failed", job["publicErrorMessage"])
    again = post(studio, "/upload-from-url", url=url, externalId="p")
    assert (again["mediaId"], again["status"]) == (media_id, "failed")
    [warning] = again["warnings"]
    assert warning["code"] == "media_failed"
    assert f"DELETE /api/v1/media/{media_id}" in warning["message"]
    refusal = studio.tenant.put(externalId="a", avatar={"id": media_id}, **PERSON)
    assert (refusal.status_code, refusal.json()["code"]) == (400, "media_unknown")


@pytest.mark.slow
def test_a_ready_media_is_shown_at_once(studio: Studio) -> None:
    media_id = imported(studio)
    show(studio, media_id)
    profile, found = studio.profile(), media(studio, media_id)
    assert profile["avatar"]["id"] == media_id
    assert "avatarImport" not in profile
    assert [v["url"] for v in profile["avatar"]["variants"]] == [
        v["url"] for v in found["variants"]
    ]
    assert show(studio, media_id)["unchanged"] is True
    logged = studio.tenant.changes()[-1].fields
    assert logged["avatar"] == (None, {"id": media_id})
    assert logged["avatarPicture"][0] is None


@pytest.mark.slow
def test_all_who_wait_for_a_media_show_it_when_it_is_ready(studio: Studio) -> None:
    url = studio.offer("/a.jpg", BUSY, jpeg())
    media_id = post(studio, "/upload-from-url", url=url)["mediaId"]
    until(lambda: studio.job(media_id)["status"] == "failed_retryable")
    for name in ("a", "b", "c"):
        show(studio, media_id, name)
    studio.tenant.put(externalId="c", avatar=None)
    studio.service.clock.ahead_ms += 20_000
    studio.settled(media_id)
    assert studio.profile("a")["avatar"]["id"] == media_id
    assert studio.profile("b")["avatar"]["id"] == media_id
    assert studio.profile("c")["avatar"] is None
    assert studio.profile("a")["etag"] != studio.profile("b")["etag"]


@pytest.mark.slow
def test_a_deleted_media_is_shown_nowhere(studio: Studio) -> None:
    media_id = imported(studio)
    for name in ("a", "b"):
        show(studio, media_id, name)
    before = studio.profile("b")
    assert studio.tenant.http.delete(f"/media/{media_id}").json() == {"deleted": True}
    for name in ("a", "b"):
        assert studio.profile(name)["avatar"] is None
    assert studio.profile("b")["etag"] != before["etag"]
    fields = studio.tenant.changes()[-2].fields
    assert fields["avatar"] == ({"id": media_id}, None)
    assert fields["avatarPicture"][1] is None
    assert studio.queue.files_in_use() == set()


@pytest.mark.slow
def test_deleting_what_an_avatar_came_from_clears_it(studio: Studio) -> None:
    put = studio.put(studio.offer("/ana.jpg", jpeg()))
    studio.settled(put["jobId"])
    assert media(studio, studio.profile()["avatar"]["id"])["optimization"] == "success"
    studio.tenant.http.delete(f"/media/{put['jobId']}")
    assert studio.profile()["avatar"] is None
    assert studio.put(studio.pictures.url("/ana.jpg"))["jobId"] != put["jobId"]


@pytest.mark.slow
def test_a_media_that_is_deleted_while_it_is_fetched_is_gone(studio: Studio) -> None:
    url = studio.offer("/a.jpg", jpeg())
    gate = studio.gates["/a.jpg"] = threading.Event()
    media_id = post(studio, "/upload-from-url", url=url)["mediaId"]
    until(lambda: studio.asked("/a.jpg") > 0)
    assert studio.job(media_id)["status"] == "processing"
    studio.tenant.http.delete(f"/media/{media_id}")
    gate.set()
    until(lambda: studio.blobs.tried == 3)  # it was imported all the same, for nobody
    assert imported(studio, "/b.jpg")
    assert studio.tenant.get(f"/media/{media_id}").status_code == 404


def begin(studio: Studio, **body: Any) -> dict[str, Any]:
    return post(studio, "/upload", **body)


def send(upload: dict[str, Any], data: Any, **headers: str) -> httpx2.Response:
    return httpx2.put(upload["uploadUrl"], content=data, headers=headers, timeout=30)


@pytest.mark.slow
def test_a_picture_is_uploaded(studio: Studio) -> None:
    data = scene(6000, 4000).jpegsave_buffer(Q=90)
    assert len(data) > MIB // 2
    upload = begin(studio, externalId="p", contentType="image/jpeg")
    assert upload.keys() == {"uploadUrl", "expiresAt", "mediaId", "jobId"}
    assert media(studio, upload["mediaId"])["optimization"] == "pending"
    answer = send(upload, data)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "mediaId": upload["mediaId"],
        "status": "pending",
        "externalId": "p",
        "jobId": upload["mediaId"],
    }
    assert studio.settled(upload["jobId"])["status"] == "completed"
    found = media(studio, upload["mediaId"])
    assert (found["optimization"], found["size"]) == ("success", len(data))
    assert found["originalUrl"] is None
    assert len(studio.queue.files_in_use()) == 3


def test_an_upload_address_works_once(studio: Studio) -> None:
    upload = begin(studio)
    assert send(upload, jpeg()).status_code == 200
    again = send(upload, jpeg((0, 0, 200)))
    assert (again.status_code, again.json()["code"]) == (410, "ticket_spent")
    assert again.json()["requestId"] == again.headers["X-Request-Id"]


@pytest.mark.slow
def test_an_upload_address_expires_and_so_does_its_media(studio: Studio) -> None:
    upload = begin(studio)
    studio.service.clock.ahead_ms += 30 * 60 * 1000
    assert send(upload, jpeg()).status_code == 410
    studio.service.clock.ahead_ms += 10 * 60 * 1000
    job = studio.settled(upload["jobId"])
    assert (job["status"], "upload" in job["publicErrorMessage"]) == ("failed", True)


def test_a_deleted_media_awaits_nothing(studio: Studio) -> None:
    upload = begin(studio)
    studio.tenant.http.delete(f"/media/{upload['mediaId']}")
    assert send(upload, jpeg()).status_code == 410


def test_another_address_for_the_same_media(studio: Studio) -> None:
    first, second = begin(studio, externalId="p"), begin(studio, externalId="p")
    assert first["mediaId"] == second["mediaId"]
    assert send(second, jpeg()).status_code == 200
    assert send(first, jpeg()).status_code == 410
    known = begin(studio, externalId="p")
    assert (known["uploadUrl"], known["expiresAt"]) == (None, None)
    assert [warning["code"] for warning in known["warnings"]] == ["media_known"]


def forged(ticket: str, **parts: str) -> str:
    names = ("agency", "media", "expires", "mac")
    known = dict(zip(names, ticket.split("."), strict=True))
    return ".".join((known | parts).values())


@pytest.mark.slow
@pytest.mark.parametrize(
    "parts",
    [{"agency": "1000"}, {"media": "1000"}, {"expires": "9999999999999"}, {"mac": "0" * 64}],
)
def test_a_forged_address_is_refused(studio: Studio, parts: dict[str, str]) -> None:
    upload = begin(studio)
    place, _, ticket = upload["uploadUrl"].rpartition("/")
    answer = send({"uploadUrl": f"{place}/{forged(ticket, **parts)}"}, jpeg())
    assert (answer.status_code, answer.json()["code"]) == (403, "ticket_invalid")
    assert send(upload, jpeg()).status_code == 200


@pytest.mark.slow
def test_what_is_too_large_is_refused(studio: Studio) -> None:
    upload = begin(studio)

    def pieces() -> Any:
        for _ in range(11):
            yield bytes(MIB)

    announced, streamed = send(upload, bytes(10 * MIB + 1)), send(upload, pieces())
    for answer in (announced, streamed):
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert send(upload, b"").status_code == 400
    largest = send(upload, jpeg() + bytes(10 * MIB - len(jpeg())))
    assert largest.status_code == 200, largest.text


@pytest.mark.slow
def test_what_is_no_picture_fails_for_good(studio: Studio) -> None:
    upload = begin(studio)
    assert send(upload, b"<html>hello</html>", **{"Content-Type": "image/png"}).status_code == 200
    assert studio.settled(upload["jobId"])["status"] == "failed"


@pytest.mark.slow
def test_uploads_have_no_address(studio: Studio) -> None:
    """What was uploaded may hold more than its sender knows; only what was made of it is shown."""
    upload = begin(studio)
    studio.decoder.faults = [DecoderCrashed("killed")]
    send(upload, jpeg())
    until(lambda: studio.job(upload["jobId"])["status"] == "failed_retryable")
    [source] = uploads(studio)
    assert studio.fetch(f"{studio.service.url}/media/files/{source[3:]}").status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("data", [jpeg(), b"<html>hello</html>"])
def test_what_was_uploaded_is_removed_once_it_was_imported(studio: Studio, data: bytes) -> None:
    """An original may say where it was taken, and when."""
    first, second = begin(studio), begin(studio)
    studio.decoder.faults = [DecoderCrashed("killed")]
    for upload in (first, second):
        send(upload, data)
    until(lambda: not studio.queue.waiting()["processing"])
    studio.service.clock.ahead_ms += 60_000
    ends = {studio.settled(upload["jobId"])["status"] for upload in (first, second)}
    assert ends in ({"completed"}, {"failed"})
    until(lambda: uploads(studio) == [])


def uploads(studio: Studio) -> list[str]:
    return [found.key for found in studio.blobs.listed(2**62) if "upload" in found.key]


def test_a_suspended_agency_uploads_nothing(studio: Studio) -> None:
    upload = begin(studio)
    with studio.service.store.operate() as hand:
        hand.run("set_agency_active", studio.tenant.agency_id, active=False)
    assert send(upload, jpeg()).status_code == 403


@pytest.mark.slow
def test_the_secret_is_the_installations(studio: Studio) -> None:
    store = make_store(studio.service.place)
    try:
        assert store.secret() == studio.service.store.secret()
        assert len(store.secret()) == 32
    finally:
        store.close()
