"""Where the processor time of a PUT goes, on its way through one process.

    .venv/bin/python -m benchmarks.stages

Batches of 32 PUTs, each of another agent, go through the real parts: stage by stage, 32 times the
same in a row, and then through all of them together, behind a connection that is no socket, in the
three steps that each batch takes. The steps have what no stage has (route, key, budget, handing
over between request, writer and event loop), and caches that other stages have used meanwhile. The
time of a PostgreSQL server is not in it, and neither is the kernel's for clients' sockets.
"""

from __future__ import annotations

import asyncio
import gc
import shutil
import statistics
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.profiles import encode as encode_body
from benchmarks.profiles import profile
from benchmarks.seeds import AGENCIES, AGENTS, TERMS, seed
from rentix import logs
from rentix.api.app import App
from rentix.api.call import Reply
from rentix.api.outbox import Outbox
from rentix.api.portal import Portal
from rentix.api.protocol import HttpProtocol
from rentix.api.proxies import Proxies
from rentix.api.reader import RequestReader
from rentix.api.sending import print_reply
from rentix.decide.batch import decide
from rentix.decide.lookup import lookup
from rentix.operations import Caller, Outcome, Request
from rentix.rules.puts import read_put_bytes
from rentix.settings import Place
from rentix.store import Store
from rentix.store.cluster import create_database, running_cluster
from rentix.store.migrate_postgres import migrate_postgres
from rentix.wire.answers import encode, put_answer
from rentix.wiring import now_ms, open_store

SIZE, ROUNDS, WARM = 32, 60, 10
Sent = list[tuple[int, bytes, bytes]]  # agency, request, its body
Taken = dict[str, list[float]]  # processor seconds of each round, by stage
Microseconds = dict[str, float]


class NoSocket:
    """A transport that takes answers in and counts them."""

    def __init__(self) -> None:
        self.wanted = 0
        self.began_s = 0.0
        self.done = asyncio.Event()

    def write(self, data: bytes) -> None:
        """Take an answer in."""
        assert data.startswith(b"HTTP/1.1 200"), data
        self.began_s = self.began_s or time.process_time()
        self.wanted -= 1
        if self.wanted == 0:
            self.done.set()

    def get_extra_info(self, _: str) -> tuple[str, int]:
        """The client's address."""
        return ("127.0.0.1", 1)

    def is_closing(self) -> bool:
        """Never."""
        return False

    def pause_reading(self) -> None:
        """There is nothing to read."""

    def resume_reading(self) -> None:
        """There is nothing to read."""

    def get_write_buffer_size(self) -> int:
        """Nothing waits."""
        return 0


def invent(keys: list[str], number: int) -> Sent:
    """A round's PUTs, each of another agency: names that no round had."""
    sent = []
    for place in range(SIZE):
        agency_id = place * (AGENCIES // SIZE) + 1
        body = encode_body(
            profile(agency_id, (number * 7 + place) % AGENTS + 1)
            | {"name": f"Ana Munteanu {number} {place}"}
        )
        head = (
            f"PUT /api/v1/users HTTP/1.1\r\nHost: portal\r\nX-API-Key: {keys[agency_id - 1]}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        sent.append((agency_id, head.encode() + body, body))
    return sent


async def run_whole(store: Store, rounds: list[Sent], taken: Taken) -> None:
    """All rounds through everything; adds the processor seconds of each round's steps."""
    portal = Portal(store, now_ms)
    app = App(portal)
    portal.start()
    transport = NoSocket()
    outbox = Outbox()
    lines = [HttpProtocol(app, Proxies(()), set(), outbox) for _ in range(SIZE)]
    for line in lines:
        line.connection_made(transport)
    for sent in rounds:
        transport.wanted, transport.began_s, transport.done = SIZE, 0.0, asyncio.Event()
        began = time.process_time()
        for line, (_, request, _) in zip(lines, sent, strict=True):
            line.data_received(request)
        waiting = time.process_time()
        await transport.done.wait()
        ended = time.process_time()
        taken["together: taken in, until it waits to be written"].append(waiting - began)
        taken["together: written"].append(transport.began_s - waiting)
        taken["together: answered"].append(ended - transport.began_s)
        taken["together: all"].append(ended - began)
    for line in lines:
        line.connection_lost(None)
    await asyncio.to_thread(portal.writer.close)


def run_stages(store: Store, sent: Sent, taken: Taken) -> None:
    """One round stage by stage; adds the processor seconds of each."""
    began = time.process_time()

    def pass_stage(name: str) -> None:
        nonlocal began
        now = time.process_time()
        taken[name].append(now - began)
        began = time.process_time()

    line: Any = None
    for _, request, _ in sent:
        RequestReader(line).feed(request)
    pass_stage("read HTTP")
    puts = [read_put_bytes(body, TERMS) for _, _, body in sent]
    pass_stage("read the body: JSON, text, phone")
    requests = [
        Request(caller=Caller(agency_id, agency_id), operations=(put,))
        for (agency_id, _, _), put in zip(sent, puts, strict=True)
    ]
    agencies = {agency_id for agency_id, _, _ in sent}
    with store.batch(agencies, wait=False) as batch:
        working = batch.load(lookup(requests), now_ms())
        pass_stage("load: claim, users, last numbers")
        answers = [decide(working, request, now_ms()) for request in requests]
        pass_stage("decide")
        batch.save(working.effects, now_ms())
    pass_stage("save: rows, statements, commit")
    for answer in answers:
        outcome = answer.results[0]
        assert isinstance(outcome, Outcome)
        print_reply(Reply(body=encode(put_answer(outcome))), b"", close=False)
    pass_stage("answer")
    stamp = datetime.now(UTC)
    for agency_id, _, _ in sent:
        line_of_log = logs.Answered("PUT /users", 200, 1.0, "f" * 24, agency_id, 1, stamp)
        logs.log_answered(line_of_log)
    pass_stage("log")


def measure(place: Place, keys_file: Path) -> Microseconds:
    """Microseconds of a PUT by stage, medians of the rounds."""
    seed(place, keys_file)
    keys = [line.split()[1] for line in keys_file.read_text().splitlines()]
    taken: Taken = defaultdict(list)
    with open_store(place) as store, Path("/dev/null").open("w") as nowhere:
        logs._lines = logs.Lines(nowhere)  # noqa: SLF001 - written, and looked at by nobody
        gc.collect()
        gc.freeze()
        for number in range(ROUNDS):
            run_stages(store, invent(keys, number), taken)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            rounds = [invent(keys, ROUNDS + number) for number in range(ROUNDS)]
            runner.run(run_whole(store, rounds, taken))
    return {name: _median_us(seconds) for name, seconds in taken.items()}


def _median_us(seconds: list[float]) -> float:
    return statistics.median(seconds[WARM:]) / SIZE * 1e6


def main() -> None:
    """Print a table."""
    with tempfile.TemporaryDirectory() as name, running_cluster(Path(name) / "pg") as cluster:
        folder = Path(name)
        sqlite = measure(folder / "data", folder / "keys-sqlite")
        url = migrate_postgres(create_database(cluster.admin_url, "stages"))
        postgres = measure(url, folder / "keys-postgres")
        shutil.rmtree(cluster.directory)
    print("| stage | SQLite, µs | PostgreSQL, µs |\n| --- | --- | --- |")
    for stage, microseconds in sqlite.items():
        print(f"| {stage} | {microseconds:.0f} | {postgres[stage]:.0f} |")


if __name__ == "__main__":
    main()
