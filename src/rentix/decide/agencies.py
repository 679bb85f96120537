"""Change what visitors see of an agency (contract 8)."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET
from msgspec.structs import replace

from rentix.decide.record import Fields, record
from rentix.decide.refusals import check_precondition
from rentix.decide.working_set import WorkingSet
from rentix.errors import Code, Fault, invalid
from rentix.model import Agency, Avatar
from rentix.operations import AgencyOutcome, Caller, Fates, Note, PutAgency
from rentix.rules.avatars import avatar_of

_PLAIN = ("name", "phone", "region", "locale")
_SPELLED = {"locale": "defaultLocale"}
_UNREACHABLE = Note(
    "phone",
    "agency_unreachable",
    "without a phone of the agency, visitors cannot reach anybody about listings that show the "
    'agency; send its number with PUT /agency {"phone": "+373 22 123 456"}',
)


def put_agency(working: WorkingSet, caller: Caller, put: PutAgency, now_ms: int) -> AgencyOutcome:
    """Decide what `put` makes of the caller's agency.

    Raises:
        Problem: 400 a logo that is no picture of the agency; 412.
    """
    agency = working.agency(caller.agency_id)
    assert agency is not None  # noqa: S101 - its key was just accepted, and agencies stay
    check_precondition(put.if_match, agency, "agency")
    values, fields, fates = _merge(working, agency, put)
    warnings = (*put.notes, *_normalised(put, fates))
    if put.patch.phone is None:
        warnings += (_UNREACHABLE,)
    if not fields:
        return AgencyOutcome(verb="unchanged", agency=agency, warnings=warnings, fates=fates)
    seq = working.next_seq(caller.agency_id)
    return AgencyOutcome(
        verb="updated",
        agency=replace(agency, **values, version=seq),
        warnings=warnings,
        fates=fates,
        change=record(caller, agency, fields, seq, now_ms),
    )


def _merge(
    working: WorkingSet, agency: Agency, put: PutAgency
) -> tuple[dict[str, Any], Fields, Fates]:
    values: dict[str, Any] = {}
    fields: Fields = {}
    fates = Fates(forms=put.forms, unknown=put.ignored)
    patch = put.patch

    def offer(field: str, before: object, after: object) -> bool:
        if before == after:
            fates.unchanged.append(field)
            return False
        fates.taken.append(field)
        fields[field] = (before, after)
        return True

    for name in _PLAIN:
        after = getattr(patch, name)
        field = _SPELLED.get(name, name)
        if after is not UNSET and offer(field, getattr(agency, name), after):
            values[name] = after
    if patch.descriptions is not UNSET:
        sent = patch.descriptions
        wanted = dict.fromkeys(agency.descriptions) if sent is None else sent
        texts: dict[str, str | None] = {**agency.descriptions}
        for locale, text in wanted.items():
            if offer(f"description.{locale}", texts.get(locale), text):
                texts[locale] = text
        values["descriptions"] = {locale: text for locale, text in texts.items() if text}
    if patch.logo is not UNSET:
        logo = _logo(working, agency, patch.logo)
        if offer("logo", agency.logo and agency.logo.id, logo and logo.id):
            values["logo"] = logo
    return values, fields, fates


def _logo(working: WorkingSet, agency: Agency, media_id: int | None) -> Avatar | None:
    if media_id is None:
        return None
    media = working.media.find(agency.id, media_id)
    if media and media.picture:
        return avatar_of(media.id, media.url, media.picture)
    if media is None:
        reason = f"there is none with id {media_id}; first POST /api/v1/media/upload-from-url"
    elif media.status == "failed":
        reason = f"the import of media {media_id} failed: {media.error}; send another one"
    else:
        reason = (
            f"media {media_id} is on its way; send it once "
            f"GET /api/v1/job/status?id={media_id} says completed"
        )
    message = f"logo.id must be the id of one of the agency's pictures; {reason}"
    raise invalid([Fault(Code.MEDIA_UNKNOWN, message, ("logo", "id"))])


def _normalised(put: PutAgency, fates: Fates) -> list[Note]:
    return [
        Note(field, "normalised", f"{field} is stored as {stored[:100]}")
        for field, (_, stored) in put.forms.items()
        if field in fates.taken
    ]
