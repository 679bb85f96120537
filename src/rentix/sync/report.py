"""The account of a sync, for people and for programs."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.text import Text

from rentix.client import ApiError, RentixError
from rentix.sync.records import Rejection
from rentix.sync.tally import Tally

MAX_SHOWN: Final = 20
STYLES: Final = {
    "created": "green",
    "updated": "cyan",
    "unchanged": "",
    "rejected": "red",
    "skipped": "",
}


def count(tally: Tally) -> dict[str, int]:
    """Return the four sums; with what the map skips they are all rows, if it reached the end."""
    return {
        "created": tally.created,
        "updated": tally.updated,
        "unchanged": tally.unchanged,
        "rejected": len(tally.rejected),
    }


def to_json(tally: Tally) -> bytes:
    """Return the account as one JSON object; `error` is there only if the sync was stopped."""
    said: dict[str, object] = {
        "summary": count(tally),
        "rejected": tally.rejected,
        "skipped": dict(tally.skipped.most_common()),
        "warnings": dict(tally.warnings.most_common()),
    }
    if tally.stopped is not None:
        said["error"] = {
            "code": _code_of(tally.stopped),
            "message": describe_stop(tally.stopped),
            "unconfirmed": tally.unconfirmed,
            "notSent": tally.not_sent,
        }
    return msgspec.json.encode(said)


def _code_of(stop: BaseException) -> str:
    if isinstance(stop, ApiError):
        return stop.code or f"http_{stop.status}"
    return "connection_failed" if isinstance(stop, RentixError) else "interrupted"


def describe_stop(stop: BaseException) -> str:
    """Return in words what ended a sync early, with the id under which the portal logged it."""
    if isinstance(stop, ApiError) and stop.request_id:
        return f"the service refused: {stop} (request {stop.request_id})"
    if isinstance(stop, ApiError):
        return f"the service refused: {stop}"
    return str(stop) or "interrupted"


def write_rejected(path: Path, rejected: list[Rejection]) -> None:
    """Write every rejection as CSV. The mark at the beginning is for Excel's sake."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("line", "externalId", "code", "reason"))
        writer.writerows((r.line, r.external_id or "", r.code, r.reason) for r in rejected)


def print_report(console: Console, tally: Tally, rejected_file: Path | None = None) -> None:
    """Print the sums, what was rejected and why, and what deserves a look."""
    for word, number in count(tally).items():
        _say(console, f"{word:>10}  {number:,}", STYLES[word] if number else "dim")
    if tally.skipped:
        _say(console, f"{'skipped':>10}  {tally.skipped.total():,}")
    for reason, number in tally.skipped.most_common(MAX_SHOWN):
        _say(console, f"{number:>12,}: {reason}", "dim")
    _print_rejected(console, tally.rejected, rejected_file)
    if tally.warnings:
        _say(console, "\nWarnings", "bold yellow")
    for code, number in tally.warnings.most_common():
        _say(console, f"{number:>10,}  {code}: e.g. {tally.examples[code]}")
    if tally.unused_columns:
        names = ", ".join(tally.unused_columns)
        _say(console, f"\nColumns that the map does not use: {names}", "dim")
    if tally.stopped is not None:
        _print_stop(console, tally, tally.stopped)


def _print_rejected(console: Console, rejected: list[Rejection], file: Path | None) -> None:
    if rejected:
        _say(console, "\nRejected", "bold red")
    for row in rejected[:MAX_SHOWN]:
        _say(console, f"  line {row.line:<6} {row.external_id or '-'}: {row.reason}")
    hidden = len(rejected) - MAX_SHOWN
    if hidden > 0 and file is None:
        _say(console, f"  … and {hidden:,} more; --rejected FILE.csv lists them all")
    if file is not None:
        _say(console, f"  all {len(rejected):,} are in {file}")


def _print_stop(console: Console, tally: Tally, stop: BaseException) -> None:
    _say(console, f"\nStopped: {describe_stop(stop)}", "bold red")
    if tally.unconfirmed:
        rows = f"{tally.unconfirmed:,} rows were sent without an answer"
        _say(console, f"  {rows}: they may be stored or not")
    _say(console, f"  {tally.not_sent:,} rows were not sent")
    if tally.unconfirmed or tally.counted:
        _say(console, "  Running the same command again is safe: it picks up what is missing.")


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(printable(line), style), soft_wrap=True)


def printable(line: str) -> str:
    """Return a line that cannot move a terminal's cursor, whatever a roster has in it."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in line)
