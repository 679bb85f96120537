"""The limits: what the databases do when there is nothing around them."""

from __future__ import annotations

import random
import re
import statistics
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import apsw
import psycopg

from benchmarks.contenders import AGENCIES, AGENTS, CONNECTIONS, Figures
from rentix.store.cluster import Cluster, drop_database

_TEXT = "Cunoaște bine cartierele de la Botanica până la Ciocana. " * 6
_COLUMNS = """(id, agency_id, external_id, name, phone, phone_international, phone_kind,
    phone_origin, descriptions, contact_phone, contact_whatsapp, contact_viber, contact_telegram,
    status, version, created_ms, updated_ms, search_key)"""
_CHANGED = """ON CONFLICT (id) DO UPDATE SET name = excluded.name,
    descriptions = excluded.descriptions, version = excluded.version,
    updated_ms = excluded.updated_ms, search_key = excluded.search_key"""
_VALUES = f"""'agent-' || {{agent}}::text, 'Ana ' || {{any}}::text,
    '+37369123456', '+373 691 23 456',
    'mobile', 'crm', '{{{{"ro": "{_TEXT}"}}}}', true, true, true, true, 'active', {{any}}, 0, 0,
    ' ana munteanu'"""


def pgbench(cluster: Cluster, admin_url: str, folder: Path, seconds: int) -> Callable[[], Figures]:
    """Our upsert alone, prepared, from as many connections: rows a second."""
    values = _VALUES.format(agent=":agent", any=":any")
    script = folder / "upsert.sql"
    script.write_text(
        f"\\set agency random(1, {AGENCIES})\n\\set agent random(1, {AGENTS})\n"
        "\\set any random(1, 999999)\n"
        f"INSERT INTO bare {_COLUMNS} VALUES (:agency * {AGENTS} + :agent, :agency, {values})\n"
        f"{_CHANGED};\n".replace("\n    ", " ")
    )
    with psycopg.connect(admin_url) as connection:
        connection.execute("CREATE TABLE bare (LIKE portal_user INCLUDING ALL)")
        row = _VALUES.format(agent="b", any="1")
        connection.execute(
            f"INSERT INTO bare {_COLUMNS} SELECT a * {AGENTS} + b, a, {row}"  # noqa: S608
            f" FROM generate_series(1, {AGENCIES}) a, generate_series(1, {AGENTS}) b".encode()
        )
    command = [
        *(str(cluster.bin / "pgbench"), "-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "2"),
        *("-T", str(seconds), "-f", str(script), admin_url),
    ]

    def run() -> Figures:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        found = re.search(r"tps = ([\d.]+)", done.stdout)
        assert found, done.stderr
        return {"per_s": float(found[1])}

    return run


def commit_loop(path: Path, seconds: int) -> Callable[[], Figures]:
    """One durable transaction after another on SQLite: how long each takes."""
    file = apsw.Connection(str(path))
    file.execute("PRAGMA journal_mode = wal; PRAGMA synchronous = full;")
    file.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, text TEXT)")
    upsert = "INSERT INTO bare VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text"

    def run() -> Figures:
        times_ms: list[float] = []
        end = time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            number = random.randrange(AGENCIES * AGENTS)  # noqa: S311 - a row, no secret
            file.execute(upsert, (number, f"{_TEXT}{began}"))
            times_ms.append((time.perf_counter() - began) * 1000)
        return {
            "per_s": len(times_ms) / seconds,
            "p99_ms": statistics.quantiles(times_ms, n=100)[98],
        }

    return run


def server_version(cluster: Cluster) -> str:
    """Which PostgreSQL it is."""
    with psycopg.connect(cluster.admin_url) as connection:
        return str(connection.info.parameter_status("server_version"))


def drop(cluster: Cluster, name: str) -> None:
    """Forget a contender's database."""
    drop_database(cluster.admin_url, name)
