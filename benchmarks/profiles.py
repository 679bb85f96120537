"""The agents of the load: invented people with profiles of some 600 bytes, each with a number.

What the databases begin with, what wrk sends and what checks ask for is made here alone; wrk gets
it as a file of words (`write_words`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

AGENTS_MAX = 100_000  # of an agency: as many numbers are kept for each
PREFIXES = ("60", "61", "62", "67", "68", "69", "76", "77", "78", "79")
STRIDE = 7919  # a prime: neighbours get numbers far from each other
_PROFILES = 997  # a prime: the same agent differs from agency to agency

_LATIN = (
    """
    Ana Ion Maria Andrei Elena Vasile Cristina Mihai Doina Sergiu Tatiana Victor Natalia Igor
    Ludmila Petru Olga Nicolae Irina Gheorghe Veronica Alexandru Diana Constantin Aliona Eugen
    Silvia Radu Angela Ștefan Corina Tudor Valentina Dumitru Lilia Marin Rodica Pavel Inga
    Vlad Daniela Oleg Mariana Adrian Galina Iurie Stela Anatolie Otilia Grigore Svetlana Ilie
    Ecaterina Ruslan Zinaida Denis Aurelia Ghenadie Parascovia Vitalie
    """,
    """
    Munteanu Rusu Ceban Ciobanu Țurcan Cebotari Sârbu Lungu Popa Cojocaru Rotaru Ursu Balan
    Bostan Guțu Roșca Botnaru Moraru Cazacu Vrabie Plămădeală Croitoru Olaru Bejan Chirilă
    Donțu Eșanu Frunză Grosu Harea Iovu Jitaru Lupașcu Mocanu Negru Onofrei Pascaru Railean
    Stratan Tăbârță Ungureanu Vartic Zgardan Arnăut Bivol Codreanu Dragomir Erhan Florea
    Golban Istrati Leahu Manole Nistor Oprea Prodan Reabcinschi Spînu Timofti Untilă Vîlcu
    Bălănuță Caraman Dabija
    """,
)
_CYRILLIC = (
    """
    Андрей Елена Сергей Наталья Дмитрий Ольга Виктор Ирина Михаил Татьяна Александр Людмила
    Игорь Светлана Николай Юлия Павел Анна Олег Марина Владимир Галина Роман Оксана Денис Вера
    Максим Лариса Артём Надежда
    """,
    """
    Чебан Руссу Мунтяну Коваленко Шевчук Бондаренко Ткач Гуцул Мельник Кравчук Лысенко Гончар
    Савчук Марченко Дьяченко Цуркан Попеску Чобану Кожокару Ротарь Балан Урсу Петренко Романюк
    Захарчук Мороз Панасюк Юрченко Крамар Ярмолюк
    """,
)
_SENTENCES = (
    "Cunoaște bine cartierele de la Botanica până la Ciocana.",
    "Lucrează cu apartamente noi și cu case la sol din suburbii.",
    "Peste doisprezece ani de experiență pe piața imobiliară din Chișinău.",
    "Ajută familiile tinere să aleagă prima locuință și să obțină un credit.",
    "Verifică actele la cadastru înainte de fiecare vizionare.",
    "Răspunde la telefon și seara; la mesaje, în cel mult o oră.",
    "Specializare: spații comerciale, oficii și terenuri pentru construcții.",
    "Însoțește cumpărătorul până la semnarea contractului la notar.",
    "Evaluează gratuit locuința și pregătește fotografii profesionale.",
)
_LANGUAGES = ("Română, rusă.", "Română, rusă, engleză.", "Română, ucraineană.", "Rusă, găgăuză.")
_DESCRIPTION_MIN = 380


def profile(agency_id: int, agent: int) -> dict[str, object]:
    """What an agent's CRM sends; both count from 1."""
    name, description = _PEOPLE[((agency_id - 1) * 100 + (agent - 1) % 100) % _PROFILES]
    return {
        "externalId": external_id(agent),
        "name": name,
        "phone": phone(agency_id, agent),
        "description": description,
        "settings": {"contact_telegram": True, "contact_viber": False},
    }


def external_id(agent: int) -> str:
    """The CRM's id of an agent."""
    return f"agent-{agent:06}"


def phone(agency_id: int, agent: int) -> str:
    """The number of an agent, as a person writes it; no other agent has it."""
    number = (agency_id - 1) * AGENTS_MAX + agent - 1
    rest = number // 10 * STRIDE % 1_000_000
    return f"+373 {PREFIXES[number % 10]} {rest // 1000:03} {rest % 1000:03}"


def write_words(path: Path, more: Sequence[str] = ()) -> None:
    """What load.lua makes profiles of: one word a line, after its kind and a tab; and `more`."""
    lines = [f"prefix\t{prefix}" for prefix in PREFIXES]
    for alphabet, words in (("latin", _LATIN), ("cyrillic", _CYRILLIC)):
        for kind, listed in zip(("first", "last"), words, strict=True):
            lines += [f"{alphabet}-{kind}\t{word}" for word in listed.split()]
    lines += [f"profile\t{name}\t{description}" for name, description in _PEOPLE]
    path.write_text("\n".join([*lines, *more]) + "\n", "utf-8")


def encode(members: dict[str, object]) -> bytes:
    """The body of a PUT."""
    return json.dumps(members, ensure_ascii=False).encode()


def _invent_people() -> list[tuple[str, str]]:
    people = []
    latin = zip(cycle(_LATIN[0].split()), cycle(_LATIN[1].split()), strict=False)
    cyrillic = zip(cycle(_CYRILLIC[0].split()), cycle(_CYRILLIC[1].split()), strict=False)
    for number in range(_PROFILES):
        first, last = next(cyrillic if number % 4 == 0 else latin)
        people.append((f"{first} {last}", _describe(number)))
    return people


def _describe(number: int) -> str:
    """A few sentences, others for each number."""
    text = f"Agent din {1995 + number % 30}."
    step = 1 + number % (len(_SENTENCES) - 1)
    while len(text.encode()) < _DESCRIPTION_MIN:
        text += " " + _SENTENCES[number % len(_SENTENCES)]
        number += step
    return f"{text} {_LANGUAGES[number % len(_LANGUAGES)]}"


_PEOPLE = _invent_people()
