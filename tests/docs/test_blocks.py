"""What the documentation shows is run as it stands, page by page, from top to bottom."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.docs.pages import READ, ROOT, RUN, Block, blocks, name, pages

pytestmark = pytest.mark.slow  # each test starts processes, or waits for limits to pass

TIMEOUT_S = 30
SANDBOX = ".venv/bin/rentix sandbox --data ./sandbox-data --port 8000 --metrics-port 9464"
WISH = re.compile(r"|file: [\w.-]+|output|background|exit: \d+|not run: .{10,}")
# Whatever a block exports is there for the next one, as in a reader's terminal. A refusal by the
# service is a failure, unless the page says so.
KEEP = (
    "[ -f .exported ] && . ./.exported\nset -euo pipefail\n"
    "trap 'export -p >.exported' EXIT\n"
    'curl() { command curl --fail-with-body "$@"; }\n'
)

RUNNABLE = [page for page in pages() if any(b.language in RUN for b in blocks(page))]


class Terminal:
    """A reader's terminal in an empty folder; ports of the text stand for free ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {"8000": free_port(), "9464": free_port()}
        self.printed = ""
        (folder / ".venv").mkdir()
        (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
        (folder / "examples").symlink_to(ROOT / "examples")
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("RENTIX_")}
        self.environment |= {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
        self.environment["XDG_STATE_HOME"] = str(folder / "state")

    def localise(self, text: str) -> str:
        for shown, port in self.ports.items():
            text = re.sub(rf"\b{shown}\b", port, text)
        return text

    def run(self, block: Block) -> None:
        script = KEEP + block.code
        if block.language == "python":
            script = KEEP + f"{sys.executable} - <<'PYTHON'\n{block.code}\nPYTHON"
        done = subprocess.run(
            ["/bin/bash", "-c", self.localise(script)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        assert done.returncode == block.exit_code, f"{done.stdout}\n{done.stderr}"
        self.printed = done.stdout

    @contextmanager
    def background(self, command: str) -> Iterator[None]:
        with (self.folder / "log").open("w") as log:
            process = subprocess.Popen(
                ["/bin/bash", "-c", f"{KEEP.splitlines()[0]}\nexec {self.localise(command)}"],
                cwd=self.folder,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert process.stdout is not None
        try:
            said = iter(process.stdout.readline, "")
            if not any("Rentix serves http" in line for line in said):
                pytest.fail((self.folder / "log").read_text())
            yield
        finally:
            process.terminate()
            process.communicate(timeout=TIMEOUT_S)
        assert process.returncode == 0, "a service that is told to stop ends well"

    def check_output(self, block: Block) -> None:
        expected, printed = self.localise(block.code), self.printed
        if block.language == "json":  # in documents it is spread over lines, to be read
            expected, printed = re.sub(r"\s", "", expected), re.sub(r"\s", "", printed)
        pattern = ".*?".join(re.escape(part.strip(" ")) for part in expected.split("…"))
        lines = r"\s*\n\s*".join(pattern.split("\\\n"))
        assert re.fullmatch(rf"\s*{lines}\s*", printed, re.DOTALL), f"printed:\n{self.printed}"


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@pytest.mark.parametrize("page", RUNNABLE, ids=name)
def test_a_page_does_what_it_says(
    page: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    terminal = Terminal(tmp_path)
    for variable in ("RENTIX_ADMIN_URL", "RENTIX_NEW_ADMIN_URL"):
        if f"${variable}" in page.read_text("utf-8"):  # an empty database, as the page asks for
            terminal.environment[variable] = request.getfixturevalue("new_admin_url")()
    found = list(blocks(page))
    own = any(block.wish == "background" for block in found)
    asks = any(block.runs and ":8000" in block.code for block in found)
    with ExitStack() as stack:
        if asks and not own:
            stack.enter_context(terminal.background(SANDBOX))
        for block in found:
            try:
                follow(terminal, block, stack)
            except (AssertionError, subprocess.TimeoutExpired) as fault:
                raise AssertionError(f"{name(page)}:{block.line}: {fault}") from fault


def follow(terminal: Terminal, block: Block, stack: ExitStack) -> None:
    if block.file:
        text = terminal.localise(block.code)
        (terminal.folder / block.file).write_text(text + "\n", encoding="utf-8")
    elif block.wish == "output":
        terminal.check_output(block)
    elif block.wish == "background":
        stack.enter_context(terminal.background(block.code))
    elif block.runs:
        terminal.run(block)


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_block_is_run_or_says_why_not(page: Path) -> None:
    for block in blocks(page):
        where = f"{name(page)}:{block.line}"
        assert WISH.fullmatch(block.wish), f"{where}: unknown wish {block.wish!r}"
        handled = block.language in (*RUN, *READ) or block.wish
        assert handled, f"{where}: {block.language or 'a block without language'} is not run"
        if "…" in block.code:
            continue
        if block.language == "json":
            json.loads(block.code)
        if block.language == "toml":
            tomllib.loads(block.code)
