"""How far a sync is: a bar on a terminal, a line now and then anywhere else."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from rentix.client import Wait

STEPS: Final = 10
WORTH_SAYING_S: Final = 1.0


class Screen(Protocol):
    """What shows a sync's progress while it is open."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def start(self, title: str, total: int | None) -> None:
        """Begin something of so many parts; None if nobody knows how many."""

    def advance(self, done: int, note: str = "") -> None:
        """Show how many parts are dealt with, and what is to be said of them."""

    def wait(self, pause: Wait) -> None:
        """Show what is waited for, and for how long."""


class Bar:
    """A progress bar."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}", style="yellow", markup=False),
            console=console,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def start(self, title: str, total: int | None) -> None:
        """Begin something of so many parts; None if nobody knows how many."""
        self._task = self._progress.add_task(title, total=total, note="")

    def advance(self, done: int, note: str = "") -> None:
        """Show how many parts are dealt with, and what is to be said of them."""
        self._progress.update(self._task, completed=done, note=note)

    def wait(self, pause: Wait) -> None:
        """Show what is waited for, and for how long."""
        self._progress.update(self._task, note=describe(pause))


class Lines:
    """A line each time a tenth is done, and for each wait worth the name."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._total = self._step = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def start(self, title: str, total: int | None) -> None:
        """Begin something of so many parts; None if nobody knows how many."""
        self._total, self._step = max(total or 0, 1), 0
        self._say(title)

    def advance(self, done: int, note: str = "") -> None:
        """Show how many parts are dealt with, and what is to be said of them."""
        step = min(done, self._total) * STEPS // self._total
        if step > self._step:
            self._step = step
            said = f"{done:,} of {self._total:,}" if self._total > 1 else f"{done:,}"
            self._say(f"{said}, {note}" if note else said)

    def wait(self, pause: Wait) -> None:
        """Show what is waited for, and for how long."""
        if pause.seconds >= WORTH_SAYING_S:
            self._say(describe(pause))

    def _say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True, markup=False, highlight=False)


def choose_screen(console: Console) -> Screen:
    """Return a bar for a terminal, lines for a log."""
    return Bar(console) if console.is_terminal else Lines(console)


def describe(pause: Wait) -> str:
    """Return a wait in words."""
    return f"{pause.reason}: waiting {pause.seconds:.0f} s"
