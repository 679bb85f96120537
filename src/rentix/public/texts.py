"""What the pages say by themselves, in the portal's languages."""

from __future__ import annotations

from typing import Final

from rentix.model import LOCALES

_ROWS: dict[str, tuple[str, str, str]] = {  # in the order of LOCALES
    "skip": ("Salt la conținut", "К содержанию", "Skip to the content"),
    "language": ("Limba paginii", "Язык страницы", "Language of the page"),
    "photos": ("Fotografii", "Фотографии", "Photos"),
    "more_photos": ("Mai multe fotografii", "Ещё фотографии", "More photos"),
    "more": ("încă {count}", "ещё {count}", "{count} more"),
    "photo_of": (
        "Fotografia {number} din {count}",
        "Фотография {number} из {count}",
        "Photo {number} of {count}",
    ),
    "no_photo": ("Fără fotografii", "Нет фотографий", "No photos"),
    "facts": ("Pe scurt", "Коротко", "At a glance"),
    "description": ("Descriere", "Описание", "Description"),
    "about": ("Despre mine", "Обо мне", "About me"),
    "about_agency": ("Despre agenție", "Об агентстве", "About the agency"),
    "contact": ("Contact", "Контакты", "Contact"),
    "agent": ("Agent imobiliar", "Агент по недвижимости", "Estate agent"),
    "agency": ("Agenție imobiliară", "Агентство недвижимости", "Estate agency"),
    "agency_answers": ("Răspunde agenția", "Отвечает агентство", "The agency answers"),
    "no_number": (
        "{agency} nu a indicat un număr de telefon.",
        "{agency}: номер телефона не указан.",
        "{agency} has given no telephone number.",
    ),
    "phone": ("Sună", "Позвонить", "Call"),
    "listings": ("Anunțuri", "Объявления", "Listings"),
    "listings_of": ("Toate anunțurile", "Все объявления", "All listings"),
    "pages": ("Pagini de anunțuri", "Страницы объявлений", "Pages of listings"),
    "before": ("Anunțuri mai noi", "Новые объявления", "Newer listings"),
    "after": ("Anunțuri mai vechi", "Более ранние объявления", "Older listings"),
    "no_listings": (
        "Acum nu este niciun anunț public.",
        "Сейчас нет открытых объявлений.",
        "There are no public listings at the moment.",
    ),
    "save": ("Salvează contactul", "Сохранить контакт", "Save the contact"),
    "socials": ("Rețele sociale", "Социальные сети", "Social networks"),
    "on_map": ("Vezi pe hartă", "Показать на карте", "Show on a map"),
    "number": ("Anunțul nr. {id}", "Объявление № {id}", "Listing no. {id}"),
    "updated": ("actualizat la {date}", "обновлено {date}", "updated on {date}"),
    "completed": ("Tranzacție încheiată", "Сделка завершена", "Deal completed"),
    "completed_why": (
        "Proprietatea nu mai este disponibilă; anunțul rămâne aici ca reper.",
        "Объект больше не доступен; объявление остаётся здесь для справки.",
        "The property is no longer available; the listing stays here for reference.",
    ),
    "text_in_ro": ("Text în română", "Текст на румынском", "Text in Romanian"),
    "text_in_ru": ("Text în rusă", "Текст на русском", "Text in Russian"),
    "text_in_en": ("Text în engleză", "Текст на английском", "Text in English"),
    "missing": ("Pagina nu a fost găsită", "Страница не найдена", "Page not found"),
    "missing_why": (
        "Anunțul sau agentul căutat nu există ori nu mai este public. Verificați adresa.",
        "Такого объявления или агента нет, или они больше не открыты. Проверьте адрес.",
        "There is no such listing or agent, or it is public no longer. Check the address.",
    ),
    "failed": ("Ceva nu a mers", "Что-то пошло не так", "Something went wrong"),
    "failed_why": (
        "Pagina nu a putut fi afișată. Încercați din nou puțin mai târziu.",
        "Страницу не удалось показать. Попробуйте ещё раз чуть позже.",
        "The page could not be shown. Try again a little later.",
    ),
    "busy": ("Revenim imediat", "Скоро вернёмся", "Back in a moment"),
    "busy_why": (
        "Portalul este ocupat acum. Reîncărcați pagina peste câteva secunde.",
        "Портал сейчас занят. Обновите страницу через несколько секунд.",
        "The portal is busy right now. Load the page again in a few seconds.",
    ),
    "hasty": ("Prea multe pagini deodată", "Слишком много страниц сразу", "Too many pages at once"),
    "hasty_why": (
        "De la adresa dumneavoastră s-au cerut foarte multe pagini. Reîncărcați peste un minut.",
        "С вашего адреса запрошено очень много страниц. Обновите страницу через минуту.",
        "Very many pages were asked for from your address. Load the page again in a minute.",
    ),
    "unasked": ("Aici doar se citește", "Здесь можно только читать", "This is only for reading"),
    "unasked_why": (
        "La această adresă nu se poate trimite nimic. Deschideți pagina din nou.",
        "По этому адресу ничего нельзя отправить. Откройте страницу заново.",
        "Nothing can be sent to this address. Open the page again.",
    ),
    # ---- a listing
    "rent": ("de închiriat", "в аренду", "for rent"),
    "sale": ("de vânzare", "на продажу", "for sale"),
    "day": ("pe zi", "в день", "per day"),
    "week": ("pe săptămână", "в неделю", "per week"),
    "month": ("pe lună", "в месяц", "per month"),
    "year": ("pe an", "в год", "per year"),
    "area": ("Suprafață", "Площадь", "Area"),
    "per_area": ("Preț pe m²", "Цена за м²", "Price per m²"),
    "floor": ("Etaj", "Этаж", "Floor"),
    "floors": ("Etaje", "Этажей", "Floors"),
    "floor_of": ("{floor} din {floors}", "{floor} из {floors}", "{floor} of {floors}"),
    "ground": ("parter", "цоколь", "ground"),
    "layout": ("Compartimentare", "Планировка", "Layout"),
    "market": ("Fond locativ", "Рынок жилья", "Market"),
    "state": ("Stare", "Состояние", "Condition"),
    "property": ("Proprietate", "Недвижимость", "Property"),
    # ---- kinds of property, by type and subtype
    "residential": ("Locuință", "Жильё", "Home"),
    "residential.apartment": ("Apartament", "Квартира", "Apartment"),
    "residential.house": ("Casă", "Дом", "House"),
    "residential.room": ("Cameră", "Комната", "Room"),
    "residential.residential-land": (
        "Teren pentru construcție",
        "Участок под застройку",
        "Building plot",
    ),
    "commercial": ("Spațiu comercial", "Коммерческая недвижимость", "Commercial property"),
    "commercial.office": ("Oficiu", "Офис", "Office"),
    "commercial.trade": ("Spațiu comercial", "Торговое помещение", "Retail space"),
    "commercial.warehouse": ("Depozit", "Склад", "Warehouse"),
    "commercial.production": (
        "Spațiu de producție",
        "Производственное помещение",
        "Production space",
    ),
    "commercial.business": ("Afacere", "Готовый бизнес", "Business"),
    "commercial.commercial-land": (
        "Teren comercial",
        "Участок коммерческого назначения",
        "Commercial land",
    ),
    "parking": ("Loc de parcare", "Парковочное место", "Parking space"),
    "parking.underground-parking": (
        "Parcare subterană",
        "Подземная парковка",
        "Underground parking",
    ),
    "parking.open-parking": ("Parcare deschisă", "Открытая парковка", "Open parking"),
    "parking.garage": ("Garaj", "Гараж", "Garage"),
    "parking.covered-parking": ("Parcare acoperită", "Крытая парковка", "Covered parking"),
}

_WORDS: dict[str, tuple[str, str, str]] = {
    "rooms": ("Camere", "Комнаты", "Rooms"),
    "bedrooms": ("Dormitoare", "Спальни", "Bedrooms"),
    "places": ("Locuri", "Места", "Spaces"),
    "studio": ("Studio", "Студия", "Studio"),
    "new": ("Bloc nou", "Новостройка", "New building"),
    "primary": ("Bloc nou", "Новостройка", "New building"),
    "secondary": ("Piață secundară", "Вторичный рынок", "Resale"),
    "resale": ("Piață secundară", "Вторичный рынок", "Resale"),
    "euro": ("Euroreparație", "Евроремонт", "High-end finish"),
    "renovated": ("Renovat", "После ремонта", "Renovated"),
    "good": ("Stare bună", "Хорошее", "Good"),
    "needs-repair": ("Necesită reparație", "Требует ремонта", "Needs renovation"),
    "white": ("Variantă albă", "Белый вариант", "White frame"),
    "grey": ("Variantă sură", "Серый вариант", "Grey frame"),
}


def _by_locale(rows: dict[str, tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    return {
        locale: {key: row[place] for key, row in rows.items()}
        for place, locale in enumerate(LOCALES)
    }


TEXTS: Final = _by_locale(_ROWS)
"""By locale and key. Those with braces are formats."""

WORDS: Final = _by_locale(_WORDS)
"""What CRMs send as layout, market and condition, as far as it is known here."""

LANGUAGES: Final = {"ro": "Română", "ru": "Русский", "en": "English"}
"""What each language calls itself."""
