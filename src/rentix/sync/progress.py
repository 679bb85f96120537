"""How far a sync is: a bar on a terminal, a line now and then anywhere else."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from rentix.client import Wait
from rentix.sync.tally import Tally

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

    def start(self, title: str, lines: int) -> None:
        """Begin a file of so many lines."""

    def advance(self, line: int, tally: Tally) -> None:
        """Show that a file is dealt with up to a line."""

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

    def start(self, title: str, lines: int) -> None:
        """Begin a file of so many lines."""
        self._task = self._progress.add_task(title, total=lines, note="")

    def advance(self, line: int, tally: Tally) -> None:
        """Show that a file is dealt with up to a line."""
        rejected = len(tally.rejected)
        note = f"{rejected:,} rejected" if rejected else ""
        self._progress.update(self._task, completed=line, note=note)

    def wait(self, pause: Wait) -> None:
        """Show what is waited for, and for how long."""
        self._progress.update(self._task, note=describe(pause))


class Lines:
    """A line each time a tenth of the file is done, and for each wait worth the name."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lines = self._step = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def start(self, title: str, lines: int) -> None:
        """Begin a file of so many lines."""
        self._lines, self._step = max(lines, 1), 0
        self._say(title)

    def advance(self, line: int, tally: Tally) -> None:
        """Show that a file is dealt with up to a line."""
        step = min(line, self._lines) * STEPS // self._lines
        if step > self._step:
            self._step = step
            self._say(f"{line:,} of {self._lines:,} lines, {len(tally.rejected):,} rejected")

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
