"""What a database file must hold, whoever wrote it and however that ended: read with bare SQL."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import apsw

from tests.faults.writers import Acknowledged, Client


class Ledger:
    """Checks a file again and again, each time only what came since, and at last all of it."""

    def __init__(self, directory: Path) -> None:
        self._path = str(directory / "rentix.db")
        self._last_seq: dict[int, int] = {}
        self._names: Counter[str] = Counter()
        self._changes: dict[tuple[int, int], tuple[int, str | None]] = {}
        self._users: dict[int, dict[str, Any]] = {}
        self._versions: dict[int, int] = {}

    def check(self, clients: Iterable[Client]) -> None:
        """Check the file's own order, then each client's account of it."""
        with closing(apsw.Connection(self._path)) as file:
            assert file.execute("PRAGMA integrity_check").get == "ok"
            assert not file.execute("PRAGMA foreign_key_check").fetchall()
            self._read_changes(file)
            self._check_sequences(file)
            self._check_users(file)
        for client in clients:
            assert not client.surprise
            self._check_account(client)

    def _read_changes(self, file: apsw.Connection) -> None:
        for agency_id in [row[0] for row in file.execute("SELECT id FROM agency")]:
            after = self._last_seq.get(agency_id, 0)
            for seq, user_id, fields in _changes(file, agency_id, after):
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

    def _check_sequences(self, file: apsw.Connection) -> None:
        for agency_id, last_seq in file.execute("SELECT id, last_seq FROM agency"):
            assert last_seq == self._last_seq.get(agency_id, 0)

    def _check_users(self, file: apsw.Connection) -> None:
        query = "SELECT id, version, external_id, name, phone FROM portal_user"
        rows: list[tuple[Any, ...]] = list(file.execute(query))
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
            self._check_entry(entry)
        client.acknowledged.clear()
        pending = client.pending.name if client.pending else None
        for name, size in client.attempts.items():
            expected = (0, size) if name == pending else (size,)
            assert self._names[name] in expected, f"{name} is there {self._names[name]} times"
        client.attempts = {pending: client.attempts[pending]} if pending else {}

    def _check_entry(self, entry: Acknowledged) -> None:
        stored = self._changes.get((entry.agency_id, entry.seq))
        assert stored == (entry.user_id, entry.name), "what was acknowledged is stored"

    @property
    def size(self) -> int:
        """How many changes there are."""
        return len(self._changes)


def _changes(file: apsw.Connection, agency_id: int, after: int) -> Iterator[tuple[Any, ...]]:
    query = "SELECT seq, subject_id, fields FROM change WHERE agency_id = ? AND seq > ?"
    return iter(file.execute(f"{query} ORDER BY seq", (agency_id, after)))
