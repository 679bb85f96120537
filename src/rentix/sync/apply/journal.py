"""What an application of a plan has sent and been answered: a file of lines, each safe on disk.

A line is written before its request is sent, and one when the answer has come. Whoever goes on
after a crash sends the very same request under the very same key, and the portal answers it from
memory. Without the journal that is so as well: the key is made of the plan and the request's
content. What is lost with it is the knowledge of what need not be asked again.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from rentix.client import SetupError


class Ending(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one item: `item` is its number in the plan.

    `etag` is the user's after it. `code` and `message` are the portal's, of an item that was not
    applied.
    """

    item: int
    state: str
    etag: str | None = None
    user_id: int | None = None
    code: str = ""
    message: str = ""


class _Line(msgspec.Struct, omit_defaults=True):
    plan: str = ""
    sent: str = ""
    at: str = ""
    answered: str = ""
    endings: tuple[Ending, ...] = ()


class Journal:
    """The journal of one plan, at `path`. Opening it reads what is there.

    Another plan's journal is begun anew: that plan's file, which stood beside it, is gone.

    Raises:
        SetupError: it cannot be written.
    """

    def __init__(self, path: Path, plan: str) -> None:
        self._path = path
        self._answers: dict[str, tuple[Ending, ...]] = {}
        self.sent: set[str] = set()
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as fault:
            raise SetupError(f"cannot write the journal {path}: {fault.strerror}") from fault
        whole = self._read(plan)
        # What a crash cut off is no line; the next one begins where it did.
        os.ftruncate(self._file, whole)
        if whole == 0:
            self._append(_Line(plan=plan))

    def _read(self, plan: str) -> int:
        whole = 0
        with self._path.open("rb") as file:
            for number, text in enumerate(file):
                line = _decode(text)
                if line is None:
                    break
                if number == 0 and line.plan != plan:
                    break
                whole += len(text)
                self._take(line)
        return whole

    def _take(self, line: _Line) -> None:
        if line.sent:
            self.sent.add(line.sent)
        if line.answered:
            self._answers[line.answered] = line.endings

    def answered(self, key: str) -> tuple[Ending, ...] | None:
        """What came of a request, if its answer is known."""
        return self._answers.get(key)

    def note_sent(self, key: str, at: str) -> None:
        """Write down that a request is about to be sent."""
        if key not in self.sent:
            self._append(_Line(sent=key, at=at))

    def note_answered(self, key: str, endings: tuple[Ending, ...]) -> None:
        """Write down what came of it."""
        self._append(_Line(answered=key, endings=endings))

    def _append(self, line: _Line) -> None:
        text = msgspec.json.encode(line) + b"\n"
        try:
            while text:
                text = text[os.write(self._file, text) :]
            os.fsync(self._file)
        except OSError as fault:
            raise SetupError(f"cannot write the journal {self._path}: {fault.strerror}") from fault
        self._take(line)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _decode(text: bytes) -> _Line | None:
    if not text.endswith(b"\n"):
        return None
    try:
        return msgspec.json.decode(text, type=_Line)
    except (msgspec.MsgspecError, ValueError):
        return None


def read_endings(path: Path) -> dict[str, Any]:
    """What a journal tells of, without opening it for writing: how many requests and endings."""
    sent, ended = 0, 0
    with path.open("rb") as file:
        for text in file:
            line = _decode(text)
            if line is not None:
                sent += bool(line.sent)
                ended += len(line.endings)
    return {"requests": sent, "items": ended}
