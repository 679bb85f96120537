"""The methods of `AsyncRentix`: those of `Rentix`, to be awaited or iterated by `async for`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from rentix.client import paging, waiting
from rentix.client.bulk import bulk_listings, bulk_media, bulk_users
from rentix.client.calls import listings, media, others, users
from rentix.client.calls.call import Call
from rentix.client.errors import RentixError
from rentix.client.methods import dress
from rentix.client.results import BulkResult
from rentix.client.steps import Steps

T = TypeVar("T")
Item = TypeVar("Item")
Given = ParamSpec("Given")


class Client(Protocol):
    """What a namespace needs of `AsyncRentix`."""

    async def send(self, call: Call[T]) -> T:
        """Send a call, return its result."""

    def each(self, steps: Steps[Item, Any]) -> AsyncIterator[Item]:
        """Yield what some work gives."""

    async def run(self, steps: Steps[Any, T]) -> T:
        """Do some work, return its result."""


class Namespace:
    """The methods of one resource."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._client!r}>"


def sends(build: Callable[Given, Call[T]]) -> Callable[Concatenate[Namespace, Given], Awaitable[T]]:
    """Make a method that sends one call."""

    def method(self: Namespace, /, *given: Given.args, **named: Given.kwargs) -> Awaitable[T]:
        return self._client.send(build(*given, **named))

    return dress(method, build, "Awaitable[{}]")


def yields(
    build: Callable[Given, Steps[Item, None]],
) -> Callable[Concatenate[Namespace, Given], AsyncIterator[Item]]:
    """Make a method that iterates over what some work gives."""

    def method(
        self: Namespace, /, *given: Given.args, **named: Given.kwargs
    ) -> AsyncIterator[Item]:
        return self._client.each(build(*given, **named))

    return dress(method, build, "AsyncIterator[{}]")


def gathers(
    build: Callable[Given, Steps[BulkResult, None]],
) -> Callable[Concatenate[Namespace, Given], Awaitable[list[BulkResult]]]:
    """Make a method that returns all that some work gives. An error has what came before it."""

    async def method(
        self: Namespace, /, *given: Given.args, **named: Given.kwargs
    ) -> list[BulkResult]:
        results: list[BulkResult] = []
        try:
            async for result in self._client.each(build(*given, **named)):
                results.append(result)  # noqa: PERF401 - those that came are kept
        except RentixError as stop:
            stop.results = tuple(results)
            raise
        return results

    return dress(method, build, "Awaitable[list[{}]]")


def works(
    build: Callable[Given, Steps[Any, T]],
) -> Callable[Concatenate[Namespace, Given], Awaitable[T]]:
    """Make a method that returns what comes of some work."""

    def method(self: Namespace, /, *given: Given.args, **named: Given.kwargs) -> Awaitable[T]:
        return self._client.run(build(*given, **named))

    return dress(method, build, "Awaitable[{}]")


class Users(Namespace):
    """Agents."""

    put = sends(users.put)
    get = sends(users.get_user)
    get_if_changed = sends(users.get_if_changed)
    list = yields(paging.list_users)
    bulk = gathers(bulk_users)
    bulk_each = yields(bulk_users)
    match = sends(users.match)
    link = sends(users.link)
    unlink = sends(users.unlink)
    deactivate = sends(users.deactivate)
    reactivate = sends(users.reactivate)


class Listings(Namespace):
    """Listings."""

    put = sends(listings.put)
    get = sends(listings.get_listing)
    get_if_changed = sends(listings.get_if_changed)
    list = yields(paging.list_listings)
    bulk = gathers(bulk_listings)
    bulk_each = yields(bulk_listings)
    delete = sends(listings.delete)
    link = sends(listings.link)
    unlink = sends(listings.unlink)


class Media(Namespace):
    """Pictures."""

    import_from_url = sends(media.import_from_url)
    bulk = gathers(bulk_media)
    bulk_each = yields(bulk_media)
    begin_upload = sends(media.begin_upload)
    send_bytes = sends(media.send_bytes)
    upload = works(waiting.upload)
    get = sends(media.get_media)
    delete = sends(media.delete)
    link = sends(media.link)
    unlink = sends(media.unlink)


class Jobs(Namespace):
    """Imports in the background."""

    get = sends(others.get_job)
    wait = works(waiting.wait_for_job)


class Agency(Namespace):
    """The agency that the key belongs to."""

    get = sends(others.get_agency)
    get_if_changed = sends(others.get_agency_if_changed)
    put = sends(others.put_agency)


class Reference(Namespace):
    """What listings are checked by."""

    base_schema = sends(others.get_base_schema)
    currencies = sends(others.get_currencies)
