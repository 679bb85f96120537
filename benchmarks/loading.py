"""Runs of a load that are held against the books of the contender."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from benchmarks.contenders import Books, Contender, Names, Subject
from benchmarks.proofs import check_guarded, check_log, check_rows, check_sample
from benchmarks.seeds import AGENCIES, AGENTS
from benchmarks.wrk import EFFECTS, WARM_UP_S, Figures, Load, Run, run_wrk

REST_S = 0.3  # a service that stores nothing for so long has come to rest


def loading(contender: Contender, load: Load) -> Run:
    """Runs of a load, after one that warms the contender up and proof that it asks for a key."""
    if contender.books:
        check_guarded(contender, load.subject)
    run_wrk(contender, load, WARM_UP_S)
    return lambda seconds: checked_run(contender, load, lambda: run_wrk(contender, load, seconds))


def paced(contender: Contender, load: Load, per_s: float) -> Run:
    """Runs of a load that is slowed down to so many requests a second."""
    delay_ms = 1000 * load.connections / per_s
    for _ in range(2):  # the time of an answer is part of a connection's round
        found = run_wrk(contender, replace(load, delay_ms=delay_ms), WARM_UP_S)["per_s"]
        delay_ms += 1000 * load.connections * (1 / per_s - 1 / found)
        delay_ms = max(delay_ms, 1)
    return loading(contender, replace(load, delay_ms=delay_ms))


def checked_run(
    contender: Contender, load: Load, run: Callable[[], Figures], rest_s: float = REST_S
) -> Figures:
    """One run, compared with the books.

    Raises:
        Void: they do not agree.
    """
    if contender.books is None or load.kind not in EFFECTS:
        return run()
    counted = load.last <= AGENTS  # millions of names are not read, only the sum of the log
    subject = load.subject if counted else None
    names, changes = _wait_for_rest(contender.books, rest_s, subject)
    found = run()
    sent = int(found["requests"]) * load.effects
    check_sample(contender, load)
    names_after, changes_after = _wait_for_rest(contender.books, rest_s, subject)
    if contender.books.ours:
        check_log(contender, load, sent, changes_after - changes)
    if counted:
        aimed_at = AGENCIES * (load.last - load.first + 1)
        check_rows(f"{contender.name}, {load.kind}", sent, aimed_at, names, names_after)
    return found


def _wait_for_rest(books: Books, rest_s: float, subject: Subject | None) -> tuple[Names, int]:
    """All names, and the sum of the log, once what wrk left unanswered is stored as well."""

    def look() -> tuple[Names, int]:
        return books.names(subject) if subject else {}, books.changes() if books.ours else 0

    found, earlier = look(), None
    while found != earlier:
        time.sleep(rest_s)  # its rest is what is measured: two looks that far apart
        found, earlier = look(), found
    return found
