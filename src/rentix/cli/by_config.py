"""`rentix sync` without a file: once, or again and again, as rentix.toml says."""

from __future__ import annotations

import random
import re
import signal
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Final, Self

from rich.console import Console

from rentix.cli.output import Stop, fail, print_json, say_error
from rentix.cli.project import (
    BUSY,
    DONE,
    FAILED,
    INTERRUPTED,
    LIMITED,
    PARTLY,
    STUBBORN,
    opened,
)
from rentix.cli.signals import Asked, asked_by_signal
from rentix.cli.sync import read_key
from rentix.client import ApiError, Clock, Rentix, RentixError, Wait
from rentix.sync.apply import Held
from rentix.sync.config import Config, read_config
from rentix.sync.progress import describe
from rentix.sync.report import describe_stop
from rentix.sync.round_account import as_round_object, line_of, print_round
from rentix.sync.rounds import Round, run_round
from rentix.sync.state import End, now

_CODES: Final[dict[End, int]] = {
    "applied": DONE,
    "unchanged": DONE,
    "partly": PARTLY,
    "limited": LIMITED,
    "failed": FAILED,
    "interrupted": INTERRUPTED,
}
_PERIOD: Final = re.compile(r"([0-9]{1,6})\s*([smh]?)")
_UNITS: Final = {"": 1, "s": 1, "m": 60, "h": 3600}
_JITTER: Final = 0.1
_WORTH_SAYING_S: Final = 10.0


def sync_once(config: Path, allow: str | None, *, as_json: bool) -> int:
    """Sync once, and return the exit code."""
    try:
        with opened(config, STUBBORN) as (settings, portal, screen):
            made = run_round(settings, portal, screen, allow)
    except Held as held:
        fail(str(held), as_json=as_json)
        return BUSY
    except RentixError as fault:
        fail(describe_stop(fault), as_json=as_json)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    print_round(Console(stderr=as_json), made)
    if as_json:
        print_json(as_round_object(made))
    return exit_code(made)


def exit_code(made: Round) -> int:
    """What a round says to the shell."""
    code = _CODES[made.end]
    if code == DONE and made.finished is not None:
        counts = made.finished[1].summary
        return PARTLY if counts["skipped"] or counts["failed"] else DONE
    return code


def read_period(text: str) -> int:
    """The seconds of `60s`, `5m`, `1h` or `60`.

    Raises:
        Stop: it is none of these, or nothing.
    """
    found = _PERIOD.fullmatch(text.strip().lower())
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if not seconds:
        raise Stop(f"--watch {text}: how long to wait is written 60s, 5m or 1h")
    return seconds


def watch(config: Path, allow: str | None, period: str, *, as_json: bool) -> int:
    """Sync, wait, and sync again until a signal asks for the end; return the exit code."""
    period_s = read_period(period)
    try:
        settings = read_config(config)
        with asked_by_signal() as asked:
            quiet = _Quiet(asked)
            with Rentix(
                read_key(settings.portal.key_env),
                settings.portal.url,
                patience=STUBBORN,
                clock=Clock(sleep=asked.sleep),
                on_wait=quiet.wait,
            ) as portal:
                return _Watch(settings, portal, quiet, as_json=as_json).run(asked, allow, period_s)
    except RentixError as fault:
        say_error(describe_stop(fault))
        return FAILED
    except KeyboardInterrupt:  # asked twice
        return INTERRUPTED


class _Watch:
    """Rounds, and what is told of them: a quiet one is one that says what was said before."""

    def __init__(self, config: Config, portal: Rentix, quiet: _Quiet, *, as_json: bool) -> None:
        self._config = config
        self._portal = portal
        self._quiet = quiet
        self._as_json = as_json
        self._told = ""

    def run(self, asked: Asked, allow: str | None, period_s: int) -> int:
        while True:
            self._round(allow)
            # Not all who were started by the same power cut come back in the same second.
            wait_s = period_s * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - no secret
            if asked.pause(wait_s):
                return DONE if asked.by == signal.SIGTERM else INTERRUPTED

    def _round(self, allow: str | None) -> None:
        try:
            made = run_round(self._config, self._portal, self._quiet, allow)
        except KeyboardInterrupt:
            if self._quiet.asked.by is None:
                raise
            return
        except RentixError as fault:
            if _is_refused(fault):
                raise
            self._tell(Round("failed", stop=fault))
            return
        if made.stop is not None and _is_refused(made.stop):
            raise made.stop
        self._tell(made)

    def _tell(self, made: Round) -> None:
        line = line_of(made)
        if made.end == "unchanged" and made.finished is None and line == self._told:
            return
        self._told = line
        if self._as_json:
            print_json({"at": now()} | as_round_object(made))
        else:
            print(f"{now()} {line}")  # noqa: T201 - a log for people
        sys.stdout.flush()


def _is_refused(fault: BaseException) -> bool:
    """Whether the key opens nothing, which no later round will mend."""
    return isinstance(fault, ApiError) and fault.status == HTTPStatus.UNAUTHORIZED


class _Quiet:
    """A screen that says nothing but long waits, and where a round ends early if it is asked to."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def start(self, title: str, total: int | None) -> None:  # noqa: ARG002 - a Screen's
        """Begin something."""
        self.asked.check()

    def advance(self, done: int, note: str = "") -> None:  # noqa: ARG002 - a Screen's
        """Go on with it."""
        self.asked.check()

    def wait(self, pause: Wait) -> None:
        """Say what is waited for."""
        if pause.seconds >= _WORTH_SAYING_S:
            Console(stderr=True, soft_wrap=True).print(f"{now()} {describe(pause)}", markup=False)
