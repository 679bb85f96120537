"""An invented agency with agents and listings, as the store would show them."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from rentix.media.blobs import Blobs
from rentix.model import Agency, Avatar, Listing, Media, Phone, Picture, Settings, User
from rentix.views import AgentView, ListingView
from tests.public.drawing import draw, keep_drawing

MAY_2026_MS = 1_779_000_000_000

AGENCY = Agency(id=3, name="Casa Nouă", phone="+37322000101", version=4)
ANA = User(
    id=7,
    agency_id=3,
    name="Ana Munteanu",
    phone=Phone("+37360000107", "+373 600 00 107", "mobile"),
    descriptions={
        "ro": "Lucrez cu locuințe din Chișinău de doisprezece ani și locuiesc la Râșcani de când "
        "mă știu.\n\nVă spun din prima ce nu se vede în fotografii: vecinii, zgomotul, iarna. "
        "Vizitele le fac și seara.",
        "ru": "Двенадцать лет занимаюсь жильём в Кишинёве.",
    },
    instagram="https://www.instagram.com/ana.munteanu.exemplu",
    tiktok="https://www.tiktok.com/@ana.munteanu.exemplu",
    version=11,
    created_ms=MAY_2026_MS,
    updated_ms=MAY_2026_MS,
)
FORM: dict[str, Any] = {
    "announcementType": "sale",
    "propertyType": "residential",
    "propertySecondaryType": "apartment",
    "announcementValue": 94500,
    "announcementCurrency": "EUR",
    "announcementDescription": "Apartament luminos, cu ferestre spre parc și spre curte. Blocul "
    "este din cărămidă, casa scării a fost reparată anul trecut, iar vecinii se salută.\n\n"
    "Bucătăria rămâne cu mobilă și electrocasnice. Încălzirea este autonomă; iarna trecută "
    "factura cea mai mare a fost de 1.400 de lei.\n\nPână la troleibuz sunt două minute pe jos, "
    "până la grădiniță – cinci.",
    "propertyArea": 67.5,
    "propertyFloorNumber": 4,
    "propertyFloorsTotal": 5,
    "propertyQuantitySize": "rooms",
    "propertyQuantitySizeValue": 3,
    "propertyHousingMarket": "secondary",
    "propertyVisualState": "renovated",
    "propertyAddress": "str. Salcâmilor 14, Râșcani, Chișinău",
    "propertyCoordinates": {"lat": 47.0412, "lng": 28.8601},
}
LISTING = Listing(
    id=42,
    agency_id=3,
    status="active",
    form=FORM,
    files=tuple(range(1, 8)),
    user_id=7,
    version=12,
    created_ms=MAY_2026_MS,
    updated_ms=MAY_2026_MS,
)
OTHERS: tuple[dict[str, Any], ...] = (
    {
        "announcementType": "rent", "announcementPayPeriod": "month", "announcementValue": 420,
        "propertyArea": 41, "propertyQuantitySizeValue": 1, "propertyFloorNumber": 9,
        "propertyFloorsTotal": 12, "propertyAddress": "bd. Stejarilor 3, Botanica, Chișinău",
    },
    {
        "propertySecondaryType": "house", "announcementValue": 186000, "propertyArea": 148,
        "propertyQuantitySizeValue": 5, "propertyFloorNumber": None, "propertyFloorsTotal": 2,
        "propertyAddress": "str. Livezii 22, Durlești",
    },
    {
        "propertyType": "commercial", "propertySecondaryType": "office", "announcementType": "rent",
        "announcementPayPeriod": "month", "announcementValue": 14500, "announcementCurrency": "MDL",
        "propertyArea": 58, "propertyQuantitySizeValue": 2, "propertyFloorNumber": 1,
        "propertyFloorsTotal": 3, "propertyAddress": "str. Morii 7, Centru, Chișinău",
    },
)  # fmt: skip
SILENT = Settings(
    contact_phone=False, contact_whatsapp=False, contact_viber=False, contact_telegram=False
)


def listing_view(**changed: Any) -> ListingView:
    """Make a view of the listing, with some of its members changed and without photos."""
    parts: dict[str, Any] = {"listing": LISTING, "agency": AGENCY, "agent": ANA, **changed}
    return ListingView(**parts)


def agent_view(**changed: Any) -> AgentView:
    """Make a view of the agent, with some of its members changed and without listings."""
    parts: dict[str, Any] = {"user": ANA, "agency": AGENCY, **changed}
    return AgentView(**parts)


def _media(picture: Picture, media_id: int) -> Media:
    return Media(id=media_id, agency_id=3, status="success", picture=picture)


def drawn_sample(blobs: Blobs) -> tuple[ListingView, AgentView]:
    """Draw the listing and its agent, with all pictures."""
    day = {"sky": "#7fb2d6", "haze": "#f6e3c8", "wall": "#d9b48f"}
    scenes = (
        draw("block", **day),
        draw("room", wall="#e9ddc8", floor="#a97c50", sofa="#3f6c66", view="#a9d0e6"),
        draw("kitchen", front="#4f7a6d"),
        draw("room", wall="#d9e2e6", floor="#b08a63", sofa="#b5654a", view="#f5d9a6"),
        draw("room", wall="#efe3df", floor="#8f6b4a", sofa="#7d6a92", view="#a9d0e6"),
        draw("plan"),
        draw("block", sky="#33476b", haze="#d99a7c", wall="#cfd3d6"),
    )
    photos = [_media(keep_drawing(blobs, scene), n) for n, scene in enumerate(scenes, start=1)]
    smile = draw("face", skin="#f0c3a0", hair="#5a3424", coat="#27504a", ground="#e9c9a8")
    kept = keep_drawing(blobs, smile)
    ana = replace(
        ANA, avatar=Avatar(90, None, "image/png", kept.variants, "success", kept.blurhash)
    )
    view = listing_view(agent=ana, media=tuple(photos))
    others = [
        ListingView(
            listing=replace(LISTING, id=43 + n, form={**FORM, **form}),
            agency=AGENCY,
            agent=ana,
            media=tuple(photos[at:] + photos[:at]),
        )
        for n, (form, at) in enumerate(zip(OTHERS, (4, 6, 3), strict=True))
    ]
    over = replace(others[-1].listing, status="completed")
    shown = (view, *others[:-1], replace(others[-1], listing=over))
    return view, AgentView(user=ana, agency=AGENCY, listings=shown)
