"""What CRMs call the fields, in Romanian, Russian, Ukrainian and English.

Lists are in order of preference: of two columns that fit, the one whose name stands first wins.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

EXTERNAL_ID: Final = """
external id, externalid, id extern, внешний id, внешний код, зовнішній id, crm id, id crm,
agent id, id agent, cod agent, codul agentului, id agentului, код агента, id агента, ид агента,
номер агента, employee id, employee number, staff id, id angajat, cod angajat, marca, nr marca,
id сотрудника, код сотрудника, табельный номер, табельный №,
таб номер, таб №, id працівника, код працівника,
табельний номер, broker id, id broker, user id, id user, id utilizator, id пользователя,
id користувача, uuid, guid, uid, id, ид, ід, cod, code, код, numar autorizatie, nr autorizatie,
license number, license, licenta, номер лицензии, номер ліцензії, идентификатор, ідентифікатор,
identificator, nr, nr crt, номер, number
"""
USER_ID: Final = """
rentix id, id rentix, portal id, id portal, id pe portal, id на портале, id портала,
id на порталі, id порталу
"""
FULL_NAME: Final = """
full name, name full, nume complet, numele complet, nume si prenume, nume prenume,
numele si prenumele, numele prenumele, prenume si nume, prenume nume, фио, ф и о,
фамилия имя отчество, фамилия имя, фамилия и имя, имя и фамилия, имя фамилия, полное имя, піб,
п і б, прізвище імя по батькові, прізвище імя, прізвище та імя, імя та прізвище, імя прізвище,
повне імя, display name, agent name, name agent, numele agentului, nume agent, имя агента,
фио агента, піб агента, employee name, nume angajat, фио сотрудника, official full
"""
LONE_NAME: Final = """
name, nume, numele, имя, імя, agent, агент, broker, брокер, employee, angajat, сотрудник,
працівник, сотрудники
"""
LAST_NAME: Final = """
last name, lastname, surname, family name, nume de familie, numele de familie, фамилия, прізвище,
last, nume, numele
"""
FIRST_NAME: Final = """
first name, firstname, given name, prenume, prenumele, имя, імя, first, name
"""
PATRONYMIC: Final = (
    "patronymic, patronimic, отчество, по батькові, second name, middle name, middle"
)
PHONE: Final = """
mobile, mobile phone, phone mobile, mobile number, cell, cell phone, cellphone, mobil,
telefon mobil, tel mobil, nr mobil, gsm, мобильный, мобильный телефон, телефон мобильный, моб,
моб телефон, моб тел, сотовый, сотовый телефон, сот, мобільний, мобільний телефон,
телефон мобільний, personal mobile, mobile phone c, phone, telefon, telefonul, tel, telefoane,
nr telefon, nr de telefon, nr tel, numar telefon, numar de telefon, numarul de telefon, телефон,
телефоны, тел, номер телефона, номер телефону, контактный телефон, контактний телефон,
phone number, telephone, telephone number, contact phone, phone c, personal phone, office phone,
phone office, work phone, phone work, business phone, telefon serviciu, telefon birou,
tel serviciu, telefon fix, рабочий телефон, телефон рабочий, служебный телефон, городской телефон,
робочий телефон, телефон робочий, міський телефон
"""
DESCRIPTION: Final = {
    "ro": "descriere, descrierea, despre, despre mine, despre agent, biografie, prezentare",
    "ru": "описание, о себе, обо мне, об агенте, биография, о сотруднике",
    "uk": "опис, про себе, про мене, про агента, біографія",
    "en": "description, about, about me, bio, biography, summary, profile text",
}
LANGUAGE: Final = {
    "ro": "ro, rom, ron, rou, md, romana, romanian, romaneste, рум, румынский, румунською",
    "ru": "ru, rus, rusa, russian, ruseste, рус, русский, русском, ру, рос, російською",
    "en": "en, eng, engleza, english, англ, английский, английском, англійською, анг",
}
AVATAR: Final = """
avatar, avatar url, photo url, url photo, photo link, picture url, image url, photo, picture, image,
headshot, portrait, foto, foto url, url foto, link foto, fotografie, fotografia, poza, imagine,
portret, фото, фото url, url фото, ссылка на фото, фотография, аватар, аватарка, портрет, картинка,
посилання на фото, фотографія, світлина, personal photo, picture c
"""
SOCIALS: Final = {
    "instagram": "instagram, insta, ig, инстаграм, инстаграмм, інстаграм",
    "youtube": "youtube, you tube, yt, ютуб, ютьюб",
    "tiktok": "tiktok, tik tok, тикток, тик ток, тікток",
}
CHANNELS: Final = {
    "settings.contact_whatsapp": "whatsapp, whats app, wa, ватсап, вотсап, вацап, вотсапп",
    "settings.contact_viber": "viber, вайбер, вибер",
    "settings.contact_telegram": "telegram, телеграм, телеграмм, тг",
}
AGENTS: Final = """
agents, agent, users, employees, staff, people, persons, team, brokers, realtors, members, contacts,
agenti, agentii, utilizatori, angajati, persoane, echipa, brokeri, агенты, сотрудники, пользователи,
люди, команда, брокеры, риелторы, риэлторы, агенти, працівники, користувачі, брокери, рієлтори
"""
"""What an array of agents is called."""

STATUS: Final = """
status, statut, stare, starea, статус, состояние, стан, active, activ, is active, активен,
активный, активний, employment status, работает, dismissed, concediat, уволен, звільнений
"""
LEFT: Final = """
concediat, concediata, eliberat, demis, plecat, inactiv, inactiva, nu, fired, dismissed, inactive,
left, terminated, former, resigned, archived, blocked, disabled, false, no, n, 0, уволен, уволена,
неактивен, неактивный, неактивна, не работает, ушел, архив, нет, звільнений, звільнена, звільнено,
неактивний, не працює, ні
"""
"""What a status says of somebody who is no agent any more."""

_CAMEL: Final = re.compile(r"(?<=[a-zа-я])(?=[A-ZА-Я])")
_NOISE: Final = frozenset({"value", "link", "url", "cont", "profil", "profile", "channel", "are",
                           "has", "in", "pe", "на", "ссылка", "канал", "есть", "c"})  # fmt: skip


def words(header: str) -> tuple[str, ...]:
    """Return a header's words without case, marks and diacritics: `Prénume-ID` has two."""
    text = unicodedata.normalize("NFKD", _CAMEL.sub(" ", header))
    kept = "".join(
        letter if letter.isalnum() else "" if letter in "'’ʼ`" or unicodedata.combining(letter)
        else " "
        for letter in text
    )  # fmt: skip
    return tuple(word for word in kept.casefold().split() if word)


def read_list(listed: str) -> dict[tuple[str, ...], int]:
    """Return a list of names as words, each with its place."""
    found: dict[tuple[str, ...], int] = {}
    for place, name in enumerate(listed.replace("\n", " ").split(",")):
        found.setdefault(words(name), place)
    return found


def without_noise(header: tuple[str, ...]) -> tuple[str, ...]:
    """Return a header's words without numbers and those that say nothing of the field."""
    return tuple(word for word in header if word not in _NOISE and not word.isdigit())
