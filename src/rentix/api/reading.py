"""GET /users and its kin: single profiles, lists, search; jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from rentix.api.call import Call, Headers, Reply, json_reply
from rentix.api.lists import list_reply
from rentix.api.locales import wished_locales
from rentix.api.names import read_external_id, read_id
from rentix.api.showing import show
from rentix.decide.refusals import unknown_user
from rentix.errors import Code, Fault, Problem, invalid
from rentix.model import User
from rentix.public.kept import Page
from rentix.rules.phones import read_phones
from rentix.rules.search import fold_words
from rentix.store import UserFilter
from rentix.wire import profiles
from rentix.wire.answers import encode
from rentix.wire.shapes import ProfileShape

_PRIVATE: Headers = [
    (b"cache-control", b"private, no-cache"),
    (b"vary", b"accept, accept-language, authorization, x-api-key"),
]


async def get_user(call: Call) -> Reply:
    """One profile by internal id."""
    return await _read(call, read_id(call, unknown_user))


async def get_user_by_external_id(call: Call) -> Reply:
    """One profile by external id."""
    return await _read(call, read_external_id(call))


async def _read(call: Call, key: int | str) -> Reply:
    """What was answered last, if nothing was committed since or the user is as it was."""
    (caller, _), portal, locales = call.tenant, call.portal, wished_locales(call)
    kept = ("user", caller.agency_id, key, locales, call.query.get("stored"), portal.public_url)
    version = portal.store.version()
    answer = portal.kept.find(kept, version)
    if answer is None:
        user = await portal.users.ask((caller.agency_id, key))
        if user is None:
            raise unknown_user(key, None) if isinstance(key, int) else unknown_user(None, key)
        state = (user.id, user.etag)
        answer = portal.kept.confirm(kept, version, state)
        if answer is None:
            answer = _make_answer(user, _printer(call, locales))
            portal.kept.keep(kept, version, state, answer)
    return show(answer, call)


def _make_answer(user: User, shape: Callable[[User], ProfileShape]) -> Page:
    headers = [(b"etag", b'"%s"' % user.etag.encode()), *_PRIVATE]
    return Page(encode(shape(user)), user.etag, b"application/json", headers)


async def list_users(call: Call) -> Reply:
    """All agents of the agency, or a page of them.

    In order of id. Without `limit` and `cursor` all of them are streamed; with either the answer
    has `nextCursor`. `search` folds case, diacritics and Cyrillic: `andrei` finds Андрей.
    """
    caller, _ = call.tenant
    wanted, shape = _filter(call), _printer(call, wished_locales(call))

    def read(after: int, most: int) -> list[tuple[int, bytes]]:
        # In a thread: hundreds of profiles on the event loop would keep everybody else waiting.
        users = call.portal.store.users(caller.agency_id, wanted, after, most)
        return [(user.id, encode(shape(user))) for user in users]

    return await list_reply(call, "u", read, [*_PRIVATE])


def _filter(call: Call) -> UserFilter:
    query = call.query
    return UserFilter(
        words=_words(query["search"]) if "search" in query else (),
        phone=_phone(call, query["phone"]) if "phone" in query else None,
        linked=query.get("linked"),
        status=query.get("status"),
        updated_since_ms=query.get("updatedSince"),
    )


def _words(text: str) -> tuple[str, ...]:
    words = fold_words(text)
    if not words:
        message = "search must contain a letter or a digit"
        raise invalid([Fault(Code.VALIDATION_FAILED, message, parameter="search")])
    return words


def _phone(call: Call, text: str) -> str:
    _, agency = call.tenant
    phone = read_phones(text, agency.region).phone
    if phone is None:
        message = "phone must be a valid phone number, such as +373 22 123 456"
        raise invalid([Fault(Code.PHONE_INVALID, message, parameter="phone")])
    return phone.e164


def _printer(call: Call, locales: Sequence[str]) -> Callable[[User], ProfileShape]:
    files_url, stored = call.portal.files_url, call.query.get("stored", False)
    return lambda user: profiles.profile(user, locales, files_url, stored=stored)


async def job_status(call: Call) -> Reply:
    """How a background job stands."""
    (caller, _), job_id = call.tenant, call.query["id"]
    job, now_ms = call.portal.store.job, call.portal.clock()
    found = await asyncio.to_thread(job, caller.agency_id, job_id, now_ms)
    if found is None:
        raise Problem(Code.JOB_UNKNOWN, f"Job with id {job_id} not found")
    return json_reply(profiles.job(found, call.portal.files_url))
