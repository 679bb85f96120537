"""A profile is answered as if nothing were kept, whatever has happened before."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from rentix.model import Picture, Variant
from rentix.operations import Caller, FinishAvatar, Request
from rentix.wire import profiles
from rentix.wire.answers import encode
from rentix.writer import commit
from tests.service import Tenant

STEPS, SEED = 120, 20_261_128
PICTURE = Picture("image/png", 9, (Variant("drawn.webp", "512", 9, 512, 400),))
NAMES = ("ana", "ion")
WAYS = [("", (), False), ("?locale=ru", ("ru",), False), ("?stored=true", (), True)]


def finish(tenant: Tenant, user_id: int, **end: object) -> None:
    """End the import of the user's avatar, if one is on its way."""
    service = tenant.service
    [user] = service.store.find_users([(tenant.agency_id, user_id)])
    assert user
    if user.avatar_import is None:
        return
    ended = FinishAvatar(media_id=user.avatar_import.id, token=0, **end)  # type: ignore[arg-type]
    commit(
        service.store,
        [Request(caller=Caller(tenant.agency_id), operations=(ended,))],
        service.clock(),
    )


def step(tenant: Tenant, ids: list[int], pick: random.Random) -> None:
    """Do something to somebody."""
    one, number, http = pick.choice(ids), pick.randrange(1000, 9999), tenant.http
    steps: list[Callable[[], object]] = [
        lambda: tenant.put(id=one, name=f"Ana {number}"),
        lambda: tenant.put(id=one, description={"ro": f"a {number}", "ru": f"б {number}"}),
        lambda: tenant.put(id=one, avatar={"url": f"https://casa.example/{number % 3}.png"}),
        lambda: tenant.put(id=one, sourceUpdatedAt=f"20{number % 50 + 40}-01-01T00:00:00Z"),
        lambda: tenant.put(id=one, settings={"contact_viber": number % 2 == 0}),
        lambda: http.delete(f"/users/{one}/link"),
        lambda: http.post(f"/users/{one}/link", json={"externalId": pick.choice(NAMES)}),
        lambda: http.post(f"/users/{one}/deactivate", json={}),
        lambda: http.post(f"/users/{one}/reactivate", json={}),
        lambda: tenant.service.store.queue.take(2, number, number + 1),
        lambda: finish(tenant, one, picture=PICTURE),
        lambda: finish(tenant, one, error="no picture"),
    ]
    pick.choice(steps)()


@pytest.mark.slow
def test_whatever_happens(tenant: Tenant) -> None:
    pick = random.Random(SEED)  # noqa: S311 - a trace, not a secret
    ids, seen = [tenant.create(name) for name in NAMES], set[bytes]()
    files_url = tenant.service.app.portal.files_url
    for _ in range(STEPS):
        step(tenant, ids, pick)
        users = tenant.service.store.find_users([(tenant.agency_id, one) for one in ids])
        for user, (query, locales, stored) in ((user, way) for user in users for way in WAYS):
            assert user
            expected = encode(profiles.profile(user, locales, files_url, stored=stored))
            paths = [f"/users/{user.id}"]
            paths += [f"/users/external/{user.external_id}"] if user.external_id else []
            for path in paths:
                assert tenant.get(path + query).content == expected
            seen.add(expected)
    assert len(seen) > STEPS
