"""Which user of the portal a new record is, when the agent registered there by themselves.

A user is linked to a record by the plan if the record names the portal's own id, or on strong
evidence: the same mobile number, which no other record and no other unlinked user has, and the same
name in any script and order. The same number under another name is a conflict for a person to
decide; a number of several is an office's, and says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from rentix.model import User
from rentix.rules.search import fold_words
from rentix.sync.plan.compare import Wanted

_PERSONAL = frozenset({"mobile", "either"})
Evidence = tuple[User, str]
"""A user without external id, and their etag."""


@dataclass(slots=True)
class Registered:
    """The portal's users without external id."""

    by_phone: dict[str, list[Evidence]] = field(default_factory=lambda: defaultdict(list))
    by_id: dict[int, Evidence] = field(default_factory=dict)

    def add(self, user: User, etag: str) -> None:
        """Remember a user whom a record may be."""
        if user.status == "active":
            self.by_phone[user.phone.e164].append((user, etag))
        self.by_id[user.id] = (user, etag)


def phone_of(wanted: Wanted) -> str | None:
    """The record's number in E.164, if it is one that belongs to a person."""
    phone = wanted.put.patch.phone if wanted.put else None
    return phone.e164 if phone and phone.kind in _PERSONAL else None


def find(
    wanted: Wanted, registered: Registered, sharing: Mapping[str, int]
) -> tuple[Evidence | None, bool]:
    """The user whom a record means by its number, and whether the name agrees.

    `sharing` counts the records that have a number.
    """
    phone = phone_of(wanted)
    users = registered.by_phone.get(phone, []) if phone else []
    if len(users) != 1 or sharing.get(phone or "", 0) != 1:
        return None, False
    return users[0], is_same_name(users[0][0].name, wanted.name)


def is_same_name(one: str, other: str | None) -> bool:
    """Whether two names are the same words, in any script and order."""
    return other is not None and sorted(fold_words(one)) == sorted(fold_words(other))
