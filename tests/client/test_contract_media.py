"""The contract's media and jobs (7) through the client."""

from __future__ import annotations

import pytest

from rentix.client import (
    ApiError,
    ExternalIdTaken,
    JobFailed,
    JobUnfinished,
    JobUnknown,
    MediaMissing,
    PayloadTooLarge,
    Rentix,
    SetupError,
    TicketSpent,
    import_picture,
)
from tests.client.conftest import Opens, Sleeps
from tests.service import Tenant

URL = "https://crm.example/photos/{}.jpg"
BYTES = b"\x89PNG not looked at before it is imported"


def test_a_picture_is_imported_and_known(crm: Rentix) -> None:
    made = crm.media.import_from_url(URL.format(1), external_id="p", use="avatar")
    assert (made.status, made.media_id) == ("pending", made.job_id)
    again = crm.media.import_from_url(URL.format(2), external_id="p")
    assert {note.code for note in again.warnings or ()} == {"media_known"}
    media = crm.media.get(external_id="p")
    assert (media.id, media.original_url, media.use) == (made.media_id, URL.format(1), "avatar")
    assert crm.media.import_from_url(URL.format(3), dry_run=True).media_id is None


@pytest.mark.slow
def test_a_bulk_of_pictures(crm: Rentix) -> None:
    results = crm.media.bulk(
        [
            import_picture(URL.format(1), external_id="p"),
            import_picture("photos/2.jpg"),
            {"url": URL.format(3)},
        ]
    )
    assert [result.success for result in results] == [True, False, True]
    assert results[1].error is not None
    assert results[1].error.code == "url_invalid"
    assert [found.success for found in crm.media.bulk_each([import_picture(URL.format(4))])] == [
        True
    ]


def test_bytes_are_uploaded(crm: Rentix) -> None:
    media = crm.media.upload(BYTES, external_id="p", content_type="image/png")
    assert (media.external_id, media.original_url) == ("p", None)
    assert crm.jobs.get(media.id).queue_position is not None
    assert crm.media.upload(BYTES, external_id="p").id == media.id


def test_an_upload_address_is_good_once(crm: Rentix) -> None:
    ticket = crm.media.begin_upload()
    assert ticket.upload_url
    assert crm.media.send_bytes(ticket.upload_url, BYTES).media_id == ticket.media_id
    with pytest.raises(TicketSpent):
        crm.media.send_bytes(ticket.upload_url, BYTES)
    with pytest.raises(ApiError, match="403") as caught:
        crm.media.send_bytes(ticket.upload_url[:-1] + "g", BYTES)
    assert caught.value.code == "ticket_invalid"
    with pytest.raises(SetupError, match="upload address"):
        crm.media.send_bytes("", BYTES)
    other = crm.media.begin_upload()
    assert other.upload_url
    with pytest.raises(PayloadTooLarge):
        crm.media.send_bytes(other.upload_url, bytes(10 * 1024 * 1024 + 1))


def test_links_and_deletion(crm: Rentix) -> None:
    first = crm.media.import_from_url(URL.format(1), external_id="p").media_id or 0
    second = crm.media.import_from_url(URL.format(2)).media_id or 0
    with pytest.raises(ExternalIdTaken) as caught:
        crm.media.link(second, "p")
    assert caught.value.holder_id == first
    assert crm.media.unlink(first).external_id == "p"
    assert crm.media.link(second, "p").linked is True
    assert crm.media.delete(external_id="p").deleted is True
    assert crm.media.delete(first, dry_run=True).dry_run is True
    with pytest.raises(MediaMissing):
        crm.media.get(second)


def test_a_job_is_waited_for(opens: Opens, tenant: Tenant, sleeps: Sleeps, is_async: bool) -> None:
    clock = sleeps.async_clock if is_async else sleeps.clock
    crm = opens(tenant.key, tenant.service.url, clock=clock)
    made = crm.users.put(
        external_id="a", name="Ana", phone="069 200 101", avatar={"url": URL.format(1)}
    )
    job_id = made.job_id or 0
    with pytest.raises(JobUnfinished) as unfinished:
        crm.jobs.wait(job_id, timeout_s=20)
    assert unfinished.value.job.status == "pending"
    assert sum(sleeps.taken) == 20
    crm.users.put(external_id="a", avatar={"url": URL.format(2)})
    with pytest.raises(JobFailed) as failed:
        crm.jobs.wait(job_id)
    assert str(failed.value) == failed.value.job.public_error_message
    with pytest.raises(JobUnknown):
        crm.jobs.wait(999_999)
