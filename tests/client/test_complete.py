"""Nothing of the API is missing from the client, and its two kinds have the same methods."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, get_type_hints

import httpx2
import msgspec
import pytest

import rentix.client
from rentix.api.routes import ROUTES
from rentix.client import ApiError, AsyncRentix, Rentix, RentixError, ServerError, errors, fields
from rentix.client.async_namespaces import Namespace as AsyncNamespace
from rentix.client.namespaces import Namespace
from rentix.client.refusals import BY_CODE, all_errors, error_class
from rentix.errors import Code
from rentix.wire import agency_bodies, bodies, listing_bodies
from rentix.wire.errors import status_of
from tests.client.fake_portal import KEY

KEYLESS = {"GET /openapi.json", "GET /docs"}
STEERING = {"dry_run", "receipt", "idempotency_key", "run_id", "extra", "locale"}


def methods(of: Any) -> dict[str, Any]:
    """Return all methods of a client by their names: `users.put`, …"""
    return {
        f"{name}.{method}": getattr(space, method)
        for name, space in vars(of).items()
        if isinstance(space, Namespace | AsyncNamespace)
        for method in vars(type(space))
        if not method.startswith("_")
    }


def arguments(method: Any) -> Iterator[dict[str, Any]]:
    """Yield arguments with which a method calls: by each of the ids it takes."""
    values = {"url": "https://a", "upload_url": "https://a", "data": b"a", "items": [{"id": 1}]}
    taken = inspect.signature(method).parameters
    needed = {
        name for name, it in taken.items() if it.default is it.empty and it.kind != it.VAR_KEYWORD
    }
    given = {name: values.get(name, "1") for name in needed}
    if {"id", "external_id"} <= taken.keys() - needed:
        yield {**given, "id": 1}
        yield {**given, "external_id": "1"}
    else:
        yield given


def test_every_endpoint_has_a_method() -> None:
    asked: set[str] = set()

    def note(request: httpx2.Request) -> httpx2.Response:
        asked.add(f"{request.method} {request.url.path.removeprefix('/api/v1')}")
        return httpx2.Response(404)

    with Rentix(KEY, "http://h", transport=httpx2.MockTransport(note)) as client:
        for method in methods(client).values():
            for given in arguments(method):
                with pytest.raises(ApiError):
                    list(method(**given))
    routes = {route.name for route in ROUTES} - KEYLESS
    patterns = {
        name: re.sub(r"\{\w+(:path)?\}", r"[\\w%]+", name).replace("external/[", "external/[")
        for name in routes
    }
    missing = {
        name
        for name, pattern in patterns.items()
        if not any(re.fullmatch(pattern, one) for one in asked)
    }
    assert missing == set()


def test_both_kinds_have_the_same_methods() -> None:
    blocking, concurrent = (
        methods(Rentix(KEY, "http://h")),
        methods(AsyncRentix(KEY, "http://h")),
    )
    assert blocking.keys() == concurrent.keys()
    for name, method in blocking.items():
        one, other = inspect.signature(method), inspect.signature(concurrent[name])
        assert one.parameters == other.parameters
        of = str(one.return_annotation)
        answers = {f"Awaitable[{of}]", f"Async{of}"}
        assert other.return_annotation in answers, name
        assert method.__doc__ == concurrent[name].__doc__


def test_everything_public_says_what_it_is() -> None:
    for name in rentix.client.__all__:
        assert inspect.getdoc(getattr(rentix.client, name)), name
    for client in (Rentix(KEY, "http://h"), AsyncRentix(KEY, "http://h")):
        for name, method in methods(client).items():
            assert inspect.getdoc(method), name


@pytest.mark.parametrize("code", Code)
def test_every_code_has_its_error(code: Code) -> None:
    found = error_class(status_of(code), code)
    assert issubclass(found, ApiError)
    assert found.http_status == status_of(code) or issubclass(found, ServerError)
    assert found is not ApiError, f"{code} has an error, of its own or its status's"


def test_no_two_codes_share_a_leaf() -> None:
    assert len(set(BY_CODE.values())) == len(BY_CODE)
    leaves = {found for found in all_errors() if "http_status" not in vars(found)} - {ApiError}
    assert leaves - {ServerError} == set(BY_CODE.values())


def test_errors_are_one_tree_and_all_exported() -> None:
    tree = [found for found in vars(errors).values() if inspect.isclass(found)]
    tree = [found for found in tree if found.__module__ == errors.__name__]
    assert all(issubclass(found, RentixError) for found in tree)
    assert {found.__name__ for found in tree} <= set(rentix.client.__all__)


def test_what_is_not_known_has_a_wider_error() -> None:
    assert error_class(409, "new_word") is errors.Conflict
    assert error_class(507, None) is ServerError
    assert error_class(418, None) is ApiError


@pytest.mark.parametrize(
    ("taken", "body"),
    [
        (fields.UserPut, bodies.PutUserBody),
        (fields.ListingPut, listing_bodies.PutListingBody),
        (fields.AgencyPut, agency_bodies.PutAgencyBody),
        (fields.LeavingOptions, bodies.DeactivateBody),
        (fields.UploadOptions, bodies.UploadBody),
        (fields.Picture, bodies.AvatarBody),
        (fields.Photo, listing_bodies.FileBody),
        (fields.Channels, bodies.SettingsBody),
    ],
)
def test_writes_take_what_bodies_have(taken: type, body: type[msgspec.Struct]) -> None:
    members = set(body.__struct_fields__) - {"posting_type"}
    assert set(get_type_hints(taken)) - STEERING == members
