"""What a database must hold, whoever wrote it and however that ended: read with bare SQL."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw

from tests.faults.writers import Acknowledged, Client

Ask = Callable[[str], list[tuple[Any, ...]]]
"""Takes a query and gives its rows."""


class Ledger:
    """Checks a database again and again, each time only what came since, and at last all of it."""

    def __init__(self) -> None:
        self._last_seq: dict[int, int] = {}
        self._names: Counter[str] = Counter()
        self._changes: dict[tuple[int, int], tuple[int, str | None]] = {}
        self._users: dict[int, dict[str, Any]] = {}
        self._versions: dict[int, int] = {}

    def check_file(self, directory: Path, clients: Iterable[Client]) -> None:
        """Check an SQLite file and its own order, then each client's account of it."""
        with closing(apsw.Connection(str(directory / "rentix.db"))) as file:
            assert file.execute("PRAGMA integrity_check").get == "ok"
            assert not file.execute("PRAGMA foreign_key_check").fetchall()
            self.check_order(lambda query: file.execute(query).fetchall())
        for client in clients:
            assert not client.surprise
            self._check_account(client)

    def check_order(self, ask: Ask) -> None:
        """Check that numbers have no gaps and that every user is what its changes made of it."""
        self._read_changes(ask)
        self._check_users(ask)

    def _read_changes(self, ask: Ask) -> None:
        for (agency_id,) in ask("SELECT id FROM agency"):
            after = self._last_seq.get(agency_id, 0)
            since = f"WHERE agency_id = {agency_id} AND seq > {after} ORDER BY seq"
            query = f"SELECT seq, subject_id, fields FROM change {since}"  # noqa: S608 - numbers
            for seq, user_id, fields in ask(query):
                assert seq == self._last_seq.get(agency_id, 0) + 1, "numbers have no gaps"
                self._last_seq[agency_id] = seq
                self._apply(agency_id, seq, user_id, json.loads(fields))

    def _apply(self, agency_id: int, seq: int, user_id: int, fields: dict[str, Any]) -> None:
        user = self._users.setdefault(user_id, {})
        for field, (before, after) in fields.items():
            assert user.get(field) == before, "each change begins where the last one ended"
            user[field] = after
        self._versions[user_id] = seq
        self._changes[agency_id, seq] = (user_id, user["name"])
        if "name" in fields:
            self._names[user["name"]] += 1

    def _check_users(self, ask: Ask) -> None:
        rows = ask("SELECT id, version, external_id, name, phone FROM portal_user")
        assert len(rows) == len(self._users), "every user has a creation, every creation a user"
        for user_id, version, external_id, name, phone in rows:
            logged = self._users[user_id]
            assert version == self._versions[user_id]
            assert (external_id, name, phone) == (
                logged["externalId"],
                logged["name"],
                logged["phone"],
            )

    def _check_account(self, client: Client) -> None:
        for entry in client.acknowledged:
            self.check_entry(entry)
        client.acknowledged.clear()
        pending = client.pending.name if client.pending else None
        for name, size in client.attempts.items():
            expected = (0, size) if name == pending else (size,)
            assert self._names[name] in expected, f"{name} is there {self._names[name]} times"
        client.attempts = {pending: client.attempts[pending]} if pending else {}

    def check_entry(self, entry: Acknowledged) -> None:
        """Check that an acknowledged operation is stored as it was acknowledged."""
        stored = self._changes.get((entry.agency_id, entry.seq))
        assert stored == (entry.user_id, entry.name), "what was acknowledged is stored"

    @property
    def size(self) -> int:
        """How many changes there are."""
        return len(self._changes)

    def last_seq(self, agency_id: int) -> int:
        """Give the number of an agency's last change."""
        return self._last_seq.get(agency_id, 0)

    @property
    def names(self) -> set[str]:
        """Every name that a change has set."""
        return set(self._names)

    @property
    def users(self) -> dict[int, dict[str, Any]]:
        """Each user's fields, by its id, as the changes made them."""
        return self._users
