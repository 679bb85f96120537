"""A busy agency, as a process of its own: bulks without a pause, until its input ends.

`python -m tests.faults.flood`, told by a line of JSON on standard input:
`{"urls": […], "key": "…", "connections": 16}`. It prints how often each status was answered.
"""

from __future__ import annotations

import http.client
import itertools
import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

OPERATIONS, AGENTS, BODIES = 100, 1000, 30
BULK = "/api/v1/users/bulk"


class Connection(threading.Thread):
    """Sends one bulk after another, whatever is answered."""

    def __init__(self, url: str, key: str, number: int, ending: threading.Event) -> None:
        super().__init__()
        self._http = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._headers = {"X-API-Key": key, "Content-Type": "application/json"}
        self._bodies = [make_body(number, turn) for turn in range(BODIES)]
        self._ending = ending
        self.answers: Counter[int] = Counter()

    def run(self) -> None:
        for body in itertools.cycle(self._bodies):
            if self._ending.is_set():
                break
            self._http.request("POST", BULK, body, self._headers)
            answer = self._http.getresponse()
            answer.read()
            self.answers[answer.status] += 1
        self._http.close()


def make_body(number: int, turn: int) -> bytes:
    """A bulk of upserts, each of which changes an agent."""
    first = (number * BODIES + turn) * OPERATIONS
    operations = [
        {
            "op": "upsert",
            "externalId": f"agent-{index % AGENTS}",
            "name": f"Ana Munteanu {index}",
            "phone": "+37369123456",
        }
        for index in range(first, first + OPERATIONS)
    ]
    return json.dumps({"operations": operations}).encode()


@contextmanager
def flooding(urls: list[str], key: str, connections: int) -> Iterator[Counter[str]]:
    """Flood the servers while the block runs; afterwards the counter holds what was answered."""
    answers: Counter[str] = Counter()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.flood"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        told = {"urls": urls, "key": key, "connections": connections}
        process.stdin.write(json.dumps(told) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "flooding\n"
        try:
            yield answers
        finally:
            process.stdin.close()
            answers.update(json.loads(process.stdout.read() or "{}"))


def main() -> None:
    """Flood until standard input ends."""
    told = json.loads(sys.stdin.readline())
    ending = threading.Event()
    urls = itertools.cycle(told["urls"])
    connections = [
        Connection(next(urls), told["key"], number, ending) for number in range(told["connections"])
    ]
    for connection in connections:
        connection.start()
    sys.stdout.write("flooding\n")
    sys.stdout.flush()
    sys.stdin.read()
    ending.set()
    for connection in connections:
        connection.join()
    answers = sum((connection.answers for connection in connections), Counter[int]())
    sys.stdout.write(json.dumps(answers))


if __name__ == "__main__":
    main()
