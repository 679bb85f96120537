"""A configuration carried through: the source opened, the plan made, the plan applied."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from rentix.client import Rentix, SetupError
from rentix.client.calls.others import get_agency
from rentix.rules.steering import Terms
from rentix.sync.apply import Account, Application, Journal, utc_now
from rentix.sync.apply.lock import state_folder
from rentix.sync.config import Config
from rentix.sync.mapping import FieldMap, lay_over
from rentix.sync.plan import Plan, Planner, read_actual
from rentix.sync.plan.making import Entry
from rentix.sync.progress import Screen
from rentix.sync.records import Rejection
from rentix.sync.sources import Source
from rentix.sync.sources.configured import open_configured
from rentix.wire.shapes import AgencyShape

MEMORY: Final = timedelta(days=7)
"""How long the portal knows what it has answered under a key (contract 5)."""


def make_plan(config: Config, portal: Rentix, screen: Screen) -> Plan:
    """Read the source and the portal, and say what would change. Nothing is written anywhere.

    Raises:
        HalfRead: the source ends midway, or holds no agents.
        SetupError: the source or its map cannot be used.
        RentixError: the portal cannot be read.
    """
    agency = agency_of(portal)
    planner = Planner(terms_of(agency), config.sync, config.caps, on_progress=screen.advance)
    planner.read_source(_entries(config, portal, agency, screen))
    screen.start(f"{agency.name} on the portal", None)
    planner.compare(read_actual(portal))
    return planner.plan(portal.base_url, agency, config.source.shown)


def agency_of(portal: Rentix) -> AgencyShape:
    """The agency that the key opens."""
    return portal.send(get_agency())


def terms_of(agency: AgencyShape) -> Terms:
    """How an agency reads numbers and texts."""
    return Terms(agency.region, agency.default_locale)


def _entries(config: Config, portal: Rentix, agency: AgencyShape, screen: Screen) -> list[Entry]:
    source, field_map = open_mapped(config, portal, agency, screen)
    return [row if isinstance(row, Rejection) else field_map.read(row) for row in source.rows()]


def open_mapped(
    config: Config, portal: Rentix, agency: AgencyShape, screen: Screen
) -> tuple[Source, FieldMap]:
    """Open the source and lay its map over it.

    Raises:
        HalfRead: the source ends midway.
        SetupError: the source or its map cannot be used.
    """
    given = config.source
    cache = state_folder(portal.base_url, agency.id)
    source = open_configured(given, cache, screen.wait)
    field_map = lay_over(config.mapping, source, config.sync.empty)
    screen.start(f"{given.shown} ({source.form})", source.lines)
    return source, field_map


def apply_plan(
    plan: Plan,
    portal: Rentix,
    journal_path: Path,
    screen: Screen,
    *,
    clock: Callable[[], datetime] = utc_now,
) -> Account:
    """Carry out a plan, or go on with it.

    Raises:
        SetupError: it is too old, or another portal's or agency's plan, or the journal cannot be
            used.
    """
    check_fits(plan, portal, clock)
    screen.start(f"plan {plan.digest[:12]}", len(plan.writes))
    with Journal(journal_path, plan.id) as journal:

        def show(account: Account) -> None:
            counts = account.summary
            notes = [f"{counts[word]:,} {word}" for word in ("skipped", "failed") if counts[word]]
            screen.advance(len(account.endings), ", ".join(notes))

        return Application(plan, portal, journal, on_progress=show, clock=clock).run()


def check_fits(plan: Plan, portal: Rentix, clock: Callable[[], datetime] = utc_now) -> None:
    """Refuse a plan that is too old, or was made for another portal or agency."""
    _check_age(plan, clock())
    agency = agency_of(portal)
    if plan.portal != portal.base_url or plan.agency_id != agency.id:
        raise SetupError(
            f"the plan is for {plan.agency} at {plan.portal}; the key opens {agency.name} at "
            f"{portal.base_url}. Use that agency's rentix.toml, or make a new plan"
        )


def _check_age(plan: Plan, now: datetime) -> None:
    """Refuse a plan of which the portal may have forgotten what it did.

    It would do no harm, for each item has its `ifMatch`; but what was applied long ago would be
    reported as changed by somebody else.
    """
    age = age_of(plan, now)
    if age > MEMORY:
        raise SetupError(
            f"the plan was made on {plan.made_at}, {age.days} days ago; the portal remembers for "
            f"{MEMORY.days} what it has done of a plan. Make a new one: rentix plan -o FILE"
        )


def age_of(plan: Plan, now: datetime) -> timedelta:
    """How long ago a plan was made; raise SetupError if it does not say."""
    try:
        return now - datetime.fromisoformat(plan.made_at)
    except (ValueError, TypeError):
        raise SetupError("the plan does not say when it was made; make a new plan") from None
