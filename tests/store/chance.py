"""Random operations; what is stored is named by its place in the order of creation."""

from __future__ import annotations

import random
from typing import Any

import msgspec
from msgspec import UNSET

from rentix.model import Picture, Variant
from rentix.operations import (
    AgencyPatch,
    AwaitMedia,
    BindListings,
    DeactivateUser,
    DeleteListing,
    DeleteMedia,
    FileRef,
    FinishAvatar,
    ImportMedia,
    LinkListing,
    LinkMedia,
    LinkUser,
    ListingPatch,
    Operation,
    Patch,
    PutAgency,
    PutListing,
    PutUser,
    ReactivateUser,
    ReceiveMedia,
    RegisterUser,
    UnlinkListing,
    UnlinkMedia,
    UnlinkUser,
)
from rentix.rules.phones import read_phones

AGENCIES = 3
NO_SUCH_ID = 999
EXTERNAL_IDS = [f"crm-{n}" for n in range(60)] + ["Ана", "a b", "'; --", "ß"]
LISTING_IDS = EXTERNAL_IDS[:40]
PHONES = [p for t in ("+37369123456", "+37322123456") if (p := read_phones(t, "MD").phone)]
FORM = {
    "announcementType": "sale",
    "propertyType": "residential",
    "propertySecondaryType": "apartment",
    "announcementValue": 1,
    "announcementCurrency": "EUR",
    "propertyAddress": "Chișinău",
}
PICTURES = [Picture("image/webp", 9, (Variant(f"{n}.webp", "128", 9),), "hash") for n in range(2)]
Asked = tuple[type[Operation], dict[str, Any]]


class Known(msgspec.Struct):
    """How much there is to name."""

    users: int = 0
    media: int = 0
    listings: int = 0
    bindings: list[int] = []
    tasks: list[int] = []
    """Of each binding that waits to be written down, and import that is held, the agency."""


class Chance:
    """Random batches, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a trace, not a secret
        self._known = Known()
        self.now_ms = 1_700_000_000_000

    def batch(self, known: Known) -> list[dict[str, Any]]:
        """Give a batch of requests."""
        self._known = known
        self.now_ms += self._random.randint(0, 5_000_000)
        return [self._request() for _ in range(self._random.choice([1, 1, 2, 5, 30]))]

    def takes(self) -> bool:
        """Tell whether workers take imports now."""
        return self._random.random() < 0.3

    def _request(self) -> dict[str, Any]:
        pick = self._random
        repeated = pick.random() < 0.1
        if pick.random() < 0.1:
            return self._of_the_portal()
        return {
            "agency": pick.randint(1, AGENCIES),
            "operations": [self._operation() for _ in range(pick.choice([1, 1, 3, 20]))],
            "atomic": pick.random() < 0.2,
            "scope": str(pick.randint(1, 40)) if repeated else None,
            "content": pick.choice([b"x", b"x", b"y"]),
            "dry": pick.random() < 0.1,
        }

    def _of_the_portal(self) -> dict[str, Any]:
        """Give what the portal asks of itself: an import's end, or listings to be written down."""
        pick: Any = self._random
        agency, operations = 1, list[Asked]()
        if self._known.bindings and pick.random() < 0.5:
            place = pick.randrange(len(self._known.bindings))
            agency = self._known.bindings[place]
            operations.append((BindListings, {"binding": place}))
        elif self._known.tasks:
            place = pick.randrange(len(self._known.tasks))
            agency = self._known.tasks[place]
            end = pick.choice([{"picture": p} for p in PICTURES] + [{"error": "it is no picture"}])
            operations.append((FinishAvatar, {"task": place, **end}))
        return {"agency": agency, "operations": operations, "atomic": False, "scope": None}

    def _operation(self) -> Asked:
        pick = self._random
        makers = [self._of_users, self._of_leavers, self._of_listings, self._of_media, self._others]
        [make] = pick.choices(makers, [47, 8, 32, 10, 3])
        return make(self._place(self._known.users), pick.choice(EXTERNAL_IDS))

    def _of_users(self, user: int | None, external: str) -> Asked:
        pick = self._random
        matched = (str(pick.randint(1, 30)),) if pick.random() < 0.05 else None
        kind = pick.random()
        if kind < 0.65:
            name = {"user": user} if pick.random() < 0.3 else {"external_id": external}
            return PutUser, {**name, **self._put(), "if_match": matched}
        if kind < 0.85:
            return LinkUser, {"user": user, "external_id": external, "if_match": matched}
        name = {"user": user} if pick.random() < 0.5 else {"external_id": external}
        return UnlinkUser, name

    def _others(self, *_: object) -> Asked:
        if self._random.random() < 0.3:
            return PutAgency, self._put_agency()
        return RegisterUser, {"name": "Elena", "phone": self._random.choice(PHONES)}

    def _place(self, count: int) -> int | None:
        pick = self._random
        return pick.randrange(count) if count and pick.random() < 0.9 else None

    def _of_leavers(self, user: int | None, external: str) -> Asked:
        pick: Any = self._random
        if pick.random() < 0.4:
            return ReactivateUser, {"user": user}
        name = pick.choice([{"user": user}, {"external_id": external}])
        successor = pick.choice(
            [
                {},
                {"successor": self._place(self._known.users)},
                {"successor_external_id": pick.choice(EXTERNAL_IDS)},
            ]
        )
        return DeactivateUser, {**name, **successor, "undo_ms": pick.choice([0, 10**9])}

    def _of_listings(self, *_: object) -> Asked:
        pick: Any = self._random
        one = {"listing": self._place(self._known.listings)}
        external = {"external_id": pick.choice(LISTING_IDS)}
        kind = pick.random()
        if kind < 0.8:
            return PutListing, {**pick.choice([one, external, external]), **self._put_listing()}
        if kind < 0.87:
            return LinkListing, {**one, **external}
        if kind < 0.94:
            return UnlinkListing, pick.choice([one, external])
        return DeleteListing, pick.choice([one, external])

    def _put_listing(self) -> dict[str, Any]:
        pick: Any = self._random
        form = pick.choice([FORM, FORM, {}, {"announcementValue": pick.randint(1, 3)}])
        statuses = ["draft", "active", "active", "hidden", "completed", "blocked"]
        patch = ListingPatch(status=pick.choice([UNSET, UNSET, *statuses]), form=form)
        put: dict[str, Any] = {
            "patch": patch,
            "mode": pick.choice(["upsert", "upsert", "upsert", "create", "update", "fill"]),
            "agent": self._agent(),
        }
        if pick.random() < 0.05:
            return {**put, "mode": "update", "validate_only": True}
        if pick.random() < 0.5:
            put["photos"] = [self._photo() for _ in range(pick.choice([0, 1, 3, 3, 4]))]
        return put

    def _agent(self) -> dict[str, Any]:
        pick: Any = self._random
        named = {"user": self._place(self._known.users)}
        by_external = {"external_user_id": pick.choice(EXTERNAL_IDS)}
        nobody = {"user_id": None}
        agents = [{}, {}, named, by_external, by_external, by_external, nobody, named | by_external]
        chosen: dict[str, Any] = pick.choice(agents)
        return chosen

    def _photo(self) -> dict[str, Any]:
        pick: Any = self._random
        url = {"url": f"https://crm.example/{pick.randint(1, 6)}.jpg"}
        external = {"external_id": pick.choice(EXTERNAL_IDS)}
        medium = {"medium": self._place(self._known.media)}
        chosen: dict[str, Any] = pick.choice([url, url, url | external, external, medium, medium])
        return chosen

    def _of_media(self, _: int | None, external: str) -> Asked:
        pick: Any = self._random
        one = {"medium": self._place(self._known.media)}
        chosen: Asked = pick.choice(
            [
                (ImportMedia, {"url": "https://crm.example/1.jpg", "external_id": external}),
                (ImportMedia, {"url": "https://crm.example/2.jpg"}),
                (AwaitMedia, {"until_ms": self.now_ms, "external_id": external}),
                (ReceiveMedia, {**one, "source": "f.upload"}),
                (LinkMedia, {**one, "external_id": external}),
                (UnlinkMedia, one),
                (DeleteMedia, one),
                (DeleteMedia, {"external_id": external}),
            ]
        )
        return chosen

    def _put(self) -> dict[str, Any]:
        pick: Any = self._random
        patch = Patch(
            name=pick.choice(["Ana", "Андрей", "Ștefan", UNSET]),
            phone=pick.choice([*PHONES, UNSET]),
            descriptions=pick.choice([{"ro": "bun"}, {"ru": "да", "ro": None}, UNSET]),
            instagram=pick.choice(["https://instagram.com/x", None, UNSET]),
            avatar=pick.choice([f"https://crm.example/{pick.randint(1, 9)}.jpg", None, UNSET]),
        )
        if pick.random() < 0.05:  # nothing new: of ids that are not stored SQLite gives out again
            kept = msgspec.structs.replace(patch, avatar=UNSET)
            return {"patch": kept, "mode": "update", "validate_only": True}
        return {
            "patch": patch,
            "mode": pick.choice(["upsert", "upsert", "upsert", "create", "update", "fill"]),
            "source_us": pick.choice([None, None, pick.randint(1, 1000)]),
            "reactivate": pick.random() < 0.1,
            **({"shown": self._place(self._known.media)} if pick.random() < 0.1 else {}),
        }

    def _put_agency(self) -> dict[str, Any]:
        pick: Any = self._random
        patch = AgencyPatch(
            name=pick.choice(["Casa", "Casa Nouă", UNSET]),
            phone=pick.choice(["+37322123456", None, UNSET]),
            descriptions=pick.choice([{"ro": "bun"}, {"ru": "да", "ro": None}, UNSET]),
        )
        return {"patch": patch, "logo": self._place(self._known.media)}


def build(asked: Asked, ids: dict[str, list[Any]]) -> Operation:
    """Make an operation, with the `ids` that the places stand for."""
    kind, values = asked[0], dict(asked[1])

    def named(word: str, place: int | None) -> int:
        found: int = NO_SUCH_ID if place is None else ids[word][place]
        return found

    for word in ("user", "medium", "listing"):
        if word in values:
            values["id"] = named(word, values.pop(word))
    if "successor" in values:
        values["successor_id"] = named("user", values.pop("successor"))
    for word, field in (("shown", "avatar"), ("logo", "logo")):
        if word in values:
            chosen = {field: named("medium", values.pop(word))}
            values["patch"] = msgspec.structs.replace(values["patch"], **chosen)
    if "binding" in values:
        binding = ids["binding"][values.pop("binding")]
        values |= {name: getattr(binding, name) for name in ("external_id", "user_id", "version")}
    if "task" in values:
        task = ids["task"][values.pop("task")]
        values |= {"media_id": task.id, "token": task.token}
    if kind is PutListing:
        values["patch"] = _fill(values["patch"], values, named)
    return kind(**values)


def _fill(patch: ListingPatch, values: dict[str, Any], named: Any) -> ListingPatch:
    agent = dict(values.pop("agent"))
    if "user" in agent:
        agent["user_id"] = named("user", agent.pop("user"))
    if "photos" in values:
        agent["files"] = tuple(_file(photo, named) for photo in values.pop("photos"))
    return msgspec.structs.replace(patch, **agent)


def _file(photo: dict[str, Any], named: Any) -> FileRef:
    if "medium" in photo:
        return FileRef(id=named("medium", photo["medium"]))
    return FileRef(**photo)
