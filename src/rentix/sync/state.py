"""What the last run for an agency came to: a file in its state folder, for `rentix status`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from rentix.client import RentixError, SetupError
from rentix.sync.apply import Account
from rentix.sync.plan import Plan
from rentix.sync.report import describe_stop
from rentix.sync.whole_file import writing_whole

End = Literal["applied", "unchanged", "partly", "limited", "failed", "interrupted"]

_FILE: Final = "last-run.json"


class LastRun(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A run: `end` is None from its first write to the portal until its end.

    `planned` are the plan's sums and `applied` those of what became of its `writes`. `plan_file` is
    where the plan is, and beside it its journal.
    """

    command: Literal["apply", "sync"]
    began_at: str
    ended_at: str | None = None
    end: End | None = None
    source: str | None = None
    digest: str | None = None
    planned: dict[str, int] = {}
    writes: int = 0
    applied: dict[str, int] = {}
    plan_file: str | None = None
    message: str = ""


def now() -> str:
    """The time, as state says it."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def begun(command: Literal["apply", "sync"], plan: Plan, plan_file: Path) -> LastRun:
    """A run that is about to write what a plan says."""
    return LastRun(
        command=command,
        began_at=now(),
        source=plan.source,
        digest=plan.digest,
        planned=plan.summary,
        writes=len(plan.writes),
        plan_file=str(plan_file.absolute()),
    )


def ended(run: LastRun, account: Account) -> LastRun:
    """The run with what came of it."""
    stop = account.stopped
    return replace(
        run,
        ended_at=now(),
        end=end_of(account),
        applied=account.summary,
        message="" if stop is None else describe_stop(stop),
    )


def end_of(account: Account) -> End:
    """How the application of a plan ended, in a word."""
    if isinstance(account.stopped, KeyboardInterrupt):
        return "interrupted"
    if account.stopped is not None:
        return "failed"
    counts = account.summary
    return "partly" if counts["skipped"] or counts["failed"] else "applied"


def write_last_run(folder: Path, run: LastRun) -> None:
    """Keep it, instead of the one before."""
    with writing_whole(folder / _FILE) as file:
        file.write(msgspec.json.encode(run) + b"\n")


def read_last_run(folder: Path) -> LastRun | None:
    """The last run, or None if there was none.

    Raises:
        SetupError: what is there cannot be read.
    """
    path = folder / _FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=LastRun)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, ValueError) as fault:
        raise SetupError(f"{path} cannot be read ({fault}); the next run writes it anew") from fault


def failed(fault: RentixError, began_at: str, source: str) -> LastRun:
    """A run that ended before it had a plan."""
    return LastRun(
        command="sync",
        began_at=began_at,
        ended_at=now(),
        end="failed",
        source=source,
        message=describe_stop(fault),
    )
