"""The limits: what the databases do when there is nothing around them."""

from __future__ import annotations

import random
import re
import statistics
import subprocess
import time
from pathlib import Path

import apsw
import psycopg

from benchmarks.contenders import Books, Names
from benchmarks.profiles import STRIDE, encode, profile
from benchmarks.proofs import check_rows
from benchmarks.seeds import AGENCIES, AGENTS, settle_postgres, settle_sqlite
from benchmarks.wrk import CONNECTIONS, Figures, Run, Void
from rentix.store.cluster import Cluster

_TEXT, _ROW = str(profile(1, 1)["description"]), encode(profile(1, 1)).decode()
_COLUMNS = """id, agency_id, external_id, name, phone, phone_international, phone_kind,
phone_origin, descriptions, instagram, youtube, tiktok, contact_phone, contact_whatsapp,
contact_viber, contact_telegram, avatar, avatar_import, status, version, created_ms, updated_ms,
synced_ms, source_us, search_key"""
_VALUES = """{id}, {agency}, 'agent-' || lpad({agent}::text, 6, '0'),
'Ana M. ' || {any}::text, '+37369' || lpad({phone}::text, 6, '0'),
'+373 69' || lpad({phone}::text, 6, '0'), 'mobile', 'crm', {text}, NULL, NULL, NULL,
true, true, false, true, NULL, NULL, 'active', {any}, 0, {any}, {any}, NULL,
' ana m ' || {any}::text"""
_KEPT = ("id", "agency_id", "phone_origin", "created_ms")  # a row's own: an update leaves them
_SCRIPT = f"""
\\set agency random(1, {AGENCIES})
\\set agent random(1, {AGENTS})
\\set id :agency * {AGENTS} + :agent
\\set any random(100000, 999999)
\\set phone case when random(1, 20) = 1 then random(0, 999999) else :id * {STRIDE} % 1000000 end
"""


def pgbench(cluster: Cluster, admin_url: str, folder: Path) -> Run:
    """Our upsert alone, prepared, a row a transaction: the columns, indexes and texts of ours.

    Names always change, a phone in one of ten: as the load does it. No foreign key, no policy.
    """
    _make_bare_table(admin_url)
    script = folder / "upsert.sql"
    values = {name: f":{name}" for name in ("id", "agency", "agent", "any", "phone", "text")}
    columns = _COLUMNS.replace("\n", " ").split(", ")
    changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in _KEPT)
    upsert = f"""INSERT INTO bare ({_COLUMNS}) VALUES ({_VALUES.format_map(values)})
ON CONFLICT (agency_id, id) DO UPDATE SET {changed} WHERE bare.agency_id = excluded.agency_id;"""  # noqa: S608
    script.write_text(_SCRIPT + upsert.replace("\n", " ") + "\n")
    command = [
        *(str(cluster.bin / "pgbench"), "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2"),
        *("-D", f'text={{"ro":"{_TEXT}"}}', "-f", str(script)),  # a parameter: it travels each time
    ]

    books = Books.of_postgres(admin_url, ours=False)

    def run(seconds: int) -> Figures:
        before = _read_bare(books, "agency_id, external_id, name")
        timed = [*command, "-T", str(seconds), admin_url]
        done = subprocess.run(timed, capture_output=True, text=True, check=False)  # noqa: S603
        found = re.search(r"processed: (\d+)(?s:.*)tps = ([\d.]+)", done.stdout)
        if not found or done.returncode:
            raise Void(f"pgbench: {done.stderr}")
        after = _read_bare(books, "agency_id, external_id, name")
        check_rows("pgbench", int(found[1]), AGENCIES * AGENTS, before, after)
        return {"per_s": float(found[2])}

    return run


def _make_bare_table(admin_url: str) -> None:
    values = {"id": f"a * {AGENTS} + b", "agency": "a", "agent": "b", "any": "100000"}
    phone = f"(a * {AGENTS} + b) * {STRIDE} % 1000000"
    row = _VALUES.format_map({**values, "phone": f"({phone})", "text": "%(text)s"})
    rows = f"generate_series(1, {AGENCIES}) a, generate_series(1, {AGENTS}) b"
    with psycopg.connect(admin_url) as connection:
        connection.execute("CREATE TABLE bare (LIKE portal_user INCLUDING ALL)")
        [(options,)] = connection.execute(
            "SELECT reloptions FROM pg_class WHERE oid = 'portal_user'::regclass"
        )
        if options:  # LIKE leaves them out
            connection.execute(f"ALTER TABLE bare SET ({', '.join(options)})".encode())
        insert = f"INSERT INTO bare ({_COLUMNS}) SELECT {row} FROM {rows}"  # noqa: S608
        escaped = insert.replace(" % ", " %% ")
        connection.execute(escaped.encode(), {"text": f'{{"ro":"{_TEXT}"}}'})
    settle_postgres(admin_url)


def commit_loop(path: Path) -> Run:
    """One durable transaction of a row after another on SQLite: how long each takes."""
    file = apsw.Connection(str(path))
    file.execute("PRAGMA journal_mode = wal; PRAGMA synchronous = full;")
    file.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT)")
    upsert = "INSERT INTO bare VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text"
    with file:
        file.executemany(upsert, ((n, _ROW) for n in range(AGENCIES * AGENTS)))
    settle_sqlite(path)
    books = Books.of_sqlite(path, ours=False)

    def run(seconds: int) -> Figures:
        before = _read_bare(books, "1, id, text")
        times_ms: list[float] = []
        end = time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            number = random.randrange(AGENCIES * AGENTS)  # noqa: S311 - a row, no secret
            file.execute(upsert, (number, f"{_ROW}{began}"))
            times_ms.append((time.perf_counter() - began) * 1000)
        after = _read_bare(books, "1, id, text")
        check_rows("commit", len(times_ms), AGENCIES * AGENTS, before, after)
        return {
            "per_s": len(times_ms) / seconds,
            "p99_ms": statistics.quantiles(times_ms, n=100)[98],
        }

    return run


def _read_bare(books: Books, columns: str) -> Names:
    asked = f"SELECT {columns} FROM bare"  # noqa: S608
    return {(first, second): text for first, second, text in books.ask(asked)}


def server_version(cluster: Cluster) -> str:
    """Which PostgreSQL it is."""
    with psycopg.connect(cluster.admin_url) as connection:
        return str(connection.info.parameter_status("server_version"))
