"""Where a value can be put into a submission, and a flood of such submissions through bulk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from tests.service import Tenant

Path = tuple[str, ...]

PROFILE: tuple[Path, ...] = (
    ("name",),
    ("phone",),
    ("description",),
    ("description", "ro"),
    ("avatar", "url"),
    ("instagram",),
    ("youtube",),
    ("tiktok",),
)
"""Fields that a reader sees again."""

CONTROL: tuple[Path, ...] = (
    ("externalId",),
    ("sourceUpdatedAt",),
    ("ifMatch",),
    ("mode",),
    ("reactivate",),
    ("id",),
    ("avatar",),
    ("settings",),
    ("settings", "contact_phone"),
    ("settings", "contact_viber"),
    ("settings", "posting_type"),
    ("settings", "contact_fax"),
    ("telegram",),
)
"""Members that steer a write, objects as a whole, and members that nobody knows."""

_EXPECTED = {"ifMatch": (400, 412), "id": (400, 404)}
"""Statuses of a refusal. The others can only be of bad form."""


class Trial(msgspec.Struct):
    """One value in one place, and what became of it."""

    place: Path
    value: Any
    operation: dict[str, Any]
    result: dict[str, Any] = {}

    @property
    def field(self) -> str:
        """The place as receipts call it."""
        return "avatar" if self.place == ("avatar", "url") else ".".join(self.place)

    @property
    def reported(self) -> Any:
        """The value in the form in which the answer says that it is stored."""
        form = self.result["fields"]["normalised"].get(self.field)
        return form["to"] if form else self.value


def trials(places: Iterable[Path], values: Sequence[Any]) -> list[Trial]:
    """Every value in every place, as an upsert that is sound but for it."""
    return [
        Trial(place, value, _operation(place, value, f"{'.'.join(place)} {number}"))
        for place in places
        for number, value in enumerate(values)
    ]


def _operation(place: Path, value: Any, external_id: str) -> dict[str, Any]:
    sound = {"externalId": external_id, "name": "Ana Rusu", "phone": "+37369123456"}
    if place == ("id",):
        del sound["externalId"]
    for step in reversed(place[1:]):
        value = {step: value}
    return {"op": "upsert", **sound, place[0]: value}


def flood(tenant: Tenant, trials: Sequence[Trial]) -> None:
    """Send trials in bulks, a sound neighbour before each, and note their results.

    Every operation must have exactly one result, in its place, and every neighbour be stored.
    """
    for number, chunk in enumerate(_chunks(trials)):
        operations = list(_with_neighbours(chunk, number))
        body = msgspec.json.encode({"operations": operations})
        headers = {"Content-Type": "application/json"}
        answer = tenant.http.post("/users/bulk?receipt=true", content=body, headers=headers)
        assert answer.status_code == 200, answer.text[:500]
        results = answer.json()["results"]
        assert [result["index"] for result in results] == list(range(len(operations)))
        assert all(result["success"] for result in results[::2])
        for trial, result in zip(chunk, results[1::2], strict=True):
            trial.result = result


def _chunks(trials: Sequence[Trial]) -> Iterator[tuple[Trial, ...]]:
    return (tuple(trials[at : at + 50]) for at in range(0, len(trials), 50))


def _with_neighbours(chunk: Iterable[Trial], number: int) -> Iterator[dict[str, Any]]:
    for index, trial in enumerate(chunk):
        neighbour = f"neighbour {number} {index}"
        yield {"op": "upsert", "externalId": neighbour, "name": neighbour, "phone": "+37369123457"}
        yield trial.operation


def check_refusal(trial: Trial) -> None:
    """A refusal must have a known status and name the field, in words and as a pointer."""
    error = trial.result["error"]
    assert error["statusCode"] in _EXPECTED.get(trial.place[0], (400,)), (trial, error)
    assert error["code"], error
    if error["statusCode"] == 400:
        assert trial.place[0] in error["message"], (trial, error)
        pointers = [detail["pointer"] for detail in error["details"]]
        assert any(p.startswith(f"/{trial.place[0]}") for p in pointers), (trial, error)
