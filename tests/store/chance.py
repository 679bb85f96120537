"""Random operations; what is stored is named by its place in the order of creation."""

from __future__ import annotations

import random
from collections.abc import Callable
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
    """Of each thing that can be named, in the order of creation, the agency.

    `bindings` wait to be written down, `tasks` are imports that are held.
    """

    users: list[int] = []
    media: list[int] = []
    listings: list[int] = []
    bindings: list[int] = []
    tasks: list[int] = []


class Chance:
    """Random batches, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a trace, not a secret
        self._known: dict[str, list[int]] = {}
        self._agency = 1
        self.now_ms = 1_700_000_000_000

    def batch(self, known: Known) -> list[dict[str, Any]]:
        """Give a batch of requests."""
        self._known = {name: getattr(known, name) for name in known.__struct_fields__}
        self.now_ms += self._random.randint(0, 5_000_000)
        return [self._request() for _ in range(self._random.choice([1, 1, 2, 5, 30]))]

    def takes(self) -> bool:
        """Tell whether workers take imports now."""
        return self._random.random() < 0.3

    def _request(self) -> dict[str, Any]:
        pick = self._random
        repeated = pick.random() < 0.1
        self._agency = pick.randint(1, AGENCIES)
        if pick.random() < 0.2:
            return self._of_the_portal()
        return {
            "agency": self._agency,
            "operations": [self._operation() for _ in range(pick.choice([1, 1, 3, 20]))],
            "atomic": pick.random() < 0.2,
            "scope": str(pick.randint(1, 40)) if repeated else None,
            "content": pick.choice([b"x", b"x", b"y"]),
            "dry": pick.random() < 0.1,
        }

    def _of_the_portal(self) -> dict[str, Any]:
        """Give what the portal asks of itself: an import's end, or listings to be written down."""
        pick: Any = self._random
        operations: list[Asked] = []
        binding = self._place("bindings", 1)
        if binding is not None and pick.random() < 0.5:
            operations.append((BindListings, {"binding": binding}))
        places = (self._place("tasks", 1) for _ in range(pick.choice([1, 3, 9])))
        for task in sorted({place for place in places if place is not None}):
            ends = [{"picture": picture} for picture in PICTURES * 3] + [{"error": "no picture"}]
            operations.append((FinishAvatar, {"task": task, **pick.choice(ends)}))
        return {"agency": self._agency, "operations": operations, "atomic": False, "scope": None}

    def _operation(self) -> Asked:
        pick = self._random
        makers: list[Callable[[int | None, str], Asked]]
        makers = [self._of_users, self._of_leavers, self._of_listings, self._of_media, self._others]
        [make] = pick.choices(makers, [47, 8, 32, 10, 3])
        return make(self._place("users"), pick.choice(EXTERNAL_IDS))

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

    def _place(self, name: str, share: float = 0.9) -> int | None:
        """Choose what the agency has, or another one's, or nothing."""
        pick, known = self._random, self._known[name]
        own = [place for place, agency in enumerate(known) if agency == self._agency][-60:]
        if own and pick.random() < share:
            return pick.choice(own)
        return pick.randrange(len(known)) if known and share < 1 and pick.random() < 0.5 else None

    def _of_leavers(self, user: int | None, external: str) -> Asked:
        pick: Any = self._random
        if pick.random() < 0.4:
            return ReactivateUser, {"user": user}
        name = pick.choice([{"user": user}, {"external_id": external}])
        successor = pick.choice(
            [
                {},
                {"successor": self._place("users")},
                {"successor_external_id": pick.choice(EXTERNAL_IDS)},
            ]
        )
        return DeactivateUser, {**name, **successor, "undo_ms": pick.choice([0, 10**9])}

    def _of_listings(self, *_: object) -> Asked:
        pick: Any = self._random
        one = {"listing": self._place("listings")}
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
        named = {"user": self._place("users")}
        by_external = {"external_user_id": pick.choice(EXTERNAL_IDS)}
        nobody = {"user_id": None}
        agents = [{}, {}, named, by_external, by_external, by_external, nobody, named | by_external]
        chosen: dict[str, Any] = pick.choice(agents)
        return chosen

    def _photo(self) -> dict[str, Any]:
        pick: Any = self._random
        url = {"url": f"https://crm.example/{pick.randint(1, 6)}.jpg"}
        external = {"external_id": pick.choice(EXTERNAL_IDS)}
        medium = {"medium": self._place("media")}
        chosen: dict[str, Any] = pick.choice([url, url, url | external, external, medium, medium])
        return chosen

    def _of_media(self, _: int | None, external: str) -> Asked:
        pick: Any = self._random
        one = {"medium": self._place("media")}
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
            **({"shown": self._place("media")} if pick.random() < 0.1 else {}),
        }

    def _put_agency(self) -> dict[str, Any]:
        pick: Any = self._random
        patch = AgencyPatch(
            name=pick.choice(["Casa", "Casa Nouă", UNSET]),
            phone=pick.choice(["+37322123456", None, UNSET]),
            descriptions=pick.choice([{"ro": "bun"}, {"ru": "да", "ro": None}, UNSET]),
        )
        return {"patch": patch, "logo": self._place("media")}


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
