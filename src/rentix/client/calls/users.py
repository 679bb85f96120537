"""The endpoints of agents (contract 5 and 6a)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Unpack
from uuid import uuid4

import msgspec

from rentix.client.answers import read
from rentix.client.calls.call import Call, get, path_of, shaped, split_options, write
from rentix.client.calls.call import get_if_changed as changed
from rentix.client.fields import LeavingOptions, Locale, Options, SentOnce, UserPut
from rentix.client.results import Seen
from rentix.wire.bodies import DeactivateBody, LinkBody, PutUserBody
from rentix.wire.leaver_shapes import DeactivateShape, ReactivateShape
from rentix.wire.match_shapes import MatchShape
from rentix.wire.shapes import LinkShape, ProfileShape, PutShape, UsersShape


def put(**fields: Unpack[UserPut]) -> Call[PutShape]:
    """Create or update an agent, by exactly one of `id` and `external_id`.

    What is left out is kept, None clears. The answer says what was `created`, `updated` or
    `unchanged`, and `warnings` name whatever was ignored or stored in another form.
    """
    options, body = split_options(fields)
    return write("PUT", "/users", PutShape, shaped(PutUserBody, body), options=options)


def get_user(
    id: int | None = None,  # noqa: A002 - as the contract calls it
    *,
    external_id: str | None = None,
    locale: Locale | None = None,
) -> Call[ProfileShape]:
    """Return an agent, by the portal's id or the CRM's."""
    return get(path_of("users", id, external_id), ProfileShape, {"locale": locale})


def get_if_changed(
    id: int | None = None,  # noqa: A002 - as the contract calls it
    *,
    external_id: str | None = None,
    etag: str | None = None,
    locale: Locale | None = None,
) -> Call[Seen[ProfileShape] | None]:
    """Return an agent with its etag, or None if `etag` is still the current one."""
    return changed(path_of("users", id, external_id), ProfileShape, etag, {"locale": locale})


def page(filters: Mapping[str, object], limit: int, cursor: str | None = None) -> Call[UsersShape]:
    """GET /users, one page; `filters` as the API spells them."""
    return get("/users", UsersShape, {**filters, "limit": limit, "cursor": cursor})


def match(agents: Sequence[Mapping[str, object]]) -> Call[MatchShape]:
    """Say which unlinked user each agent is, or may be; nothing is stored.

    Agents, 1 to 100, are objects as the API has them: `name`, and `externalId`, `phone`, `email`.
    They are told apart from each other as well, so send an office together.
    """
    body = msgspec.json.encode({"agents": agents})
    reader = partial(read, shape=MatchShape)
    # The portal asks for no key where it stores nothing; with one it is sent again if need be.
    key = uuid4().hex
    return Call("POST", "/users/match", reader, body=body, idempotency_key=key, budget="bulk")


def link(
    id: int,  # noqa: A002 - as the contract calls it
    external_id: str,
    *,
    if_match: str | None = None,
    **options: Unpack[Options],
) -> Call[LinkShape]:
    """Attach an external id to an agent."""
    body = LinkBody(external_id=external_id)
    return write("POST", f"/users/{id}/link", LinkShape, body, options=options, if_match=if_match)


def unlink(
    id: int,  # noqa: A002 - as the contract calls it
    *,
    if_match: str | None = None,
    **options: Unpack[SentOnce],
) -> Call[LinkShape]:
    """Detach an agent's external id; the answer names the former one."""
    return write("DELETE", f"/users/{id}/link", LinkShape, options=options, if_match=if_match)


def deactivate(
    id: int,  # noqa: A002 - as the contract calls it
    **given: Unpack[LeavingOptions],
) -> Call[DeactivateShape]:
    """Let an agent leave: listings go to the successor, or to the agency, in the same instant."""
    options, body = split_options(given)
    path = f"/users/{id}/deactivate"
    return write("POST", path, DeactivateShape, shaped(DeactivateBody, body), options=options)


def reactivate(
    id: int,  # noqa: A002 - as the contract calls it
    *,
    if_match: str | None = None,
    **options: Unpack[Options],
) -> Call[ReactivateShape]:
    """Bring back an agent who has left, with the listings that nobody has touched since."""
    path = f"/users/{id}/reactivate"
    return write("POST", path, ReactivateShape, options=options, if_match=if_match)
