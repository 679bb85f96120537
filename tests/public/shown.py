"""The sample in a real store, in whatever state a test asks for."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from rentix.decide.lookup import Lookup
from rentix.decide.working_set import Effects
from rentix.model import Agency, Media, User
from rentix.operations import Answer, Caller, FinishAvatar, Request
from rentix.store.agencies import create_agency, set_active
from rentix.views import AgentView, ListingView
from rentix.writer import commit
from tests.public.sample import AGENCY, ANA
from tests.service import Service, operated

HOLD_MS = 60_000


class Shown:
    """Puts views into a store as a batch would, states that no operation brings about included.

    The store is empty at first and nobody else's, so that the sample has its own ids there.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._versions = itertools.count(max(AGENCY.version, ANA.version) + 1)
        self._there: set[tuple[str, int]] = set()
        self._listings: dict[int, ListingView] = {}
        for _ in range(AGENCY.id):
            operated(service.store, create_agency, AGENCY, service.clock())

    def clear(self) -> None:
        """Show nothing."""
        drafts = [
            replace(view, listing=replace(view.listing, status="draft"), agent=None, agency=AGENCY)
            for view in self._listings.values()
        ]
        self.show(*drafts, AgentView(user=replace(ANA, status="inactive"), agency=AGENCY))

    def show(self, *views: ListingView | AgentView) -> None:
        """Put views in the place of what there was; each is a change with its number."""
        self._import(media for view in views for media in _media_of(view))
        effects = Effects()
        for view in views:
            self._agency(effects, view.agency)
            if isinstance(view, AgentView):
                self._user(effects, view.user)
                for listing in view.listings:
                    self._listing(effects, listing)
            else:
                self._listing(effects, view)
        self._save(effects)

    def _save(self, effects: Effects) -> None:
        now_ms = self._service.clock()
        with self._service.store.batch([AGENCY.id]) as batch:
            # What is not looked up before is taken for unchanged in its keys, its agent for one.
            batch.load(Lookup(listings={*effects.listings.saved}), now_ms)
            batch.save(effects, now_ms)

    def _agency(self, effects: Effects, agency: Agency) -> None:
        operated(self._service.store, set_active, agency.id, active=agency.active)
        effects.tenants[agency.id] = replace(agency, version=next(self._versions))

    def _user(self, effects: Effects, user: User) -> None:
        key = (user.agency_id, user.id)
        if self._is_new("user", user.id):
            effects.born.add(key)
        effects.users[key] = replace(user, version=next(self._versions))

    def _listing(self, effects: Effects, view: ListingView) -> None:
        if view.agent:
            self._user(effects, view.agent)
        listing = replace(
            view.listing,
            user_id=view.agent.id if view.agent else None,
            files=tuple(media.id for media in view.media),
            version=next(self._versions),
        )
        key = (listing.agency_id, listing.id)
        if self._is_new("listing", listing.id):
            effects.listings.born.add(key)
        effects.listings.saved[key] = listing
        photos = [(listing.agency_id, media_id, listing.id) for media_id in listing.files]
        effects.listings.photos |= dict.fromkeys(photos, True)
        self._listings[listing.id] = view

    def _import(self, wanted: Iterable[Media]) -> None:
        """Import pictures as a worker does."""
        pictures = {one.id: one.picture for one in wanted if self._is_new("media", one.id)}
        if not pictures:
            return
        effects, now_ms, store = Effects(), self._service.clock(), self._service.store
        for media_id in pictures:
            url = f"https://crm.example/{media_id}.jpg"
            media = Media(id=media_id, agency_id=AGENCY.id, url=url)
            effects.media.born[AGENCY.id, media_id] = media
        self._save(effects)
        for task in store.queue.take(len(pictures), now_ms, now_ms + HOLD_MS):
            end = FinishAvatar(media_id=task.id, token=task.token, picture=pictures[task.id])
            request = Request(caller=Caller(AGENCY.id), operations=(end,))
            [answer] = commit(store, [request], now_ms)
            assert isinstance(answer, Answer), answer

    def _is_new(self, kind: str, number: int) -> bool:
        is_new = (kind, number) not in self._there
        self._there.add((kind, number))
        return is_new


def _media_of(view: ListingView | AgentView) -> Iterator[Media]:
    if isinstance(view, ListingView):
        yield from view.media
    else:
        for listing in view.listings:
            yield from listing.media
