"""A plan carried out: exactly it, each item once, however often it is begun again."""

from rentix.sync.apply.applying import Account, Application, utc_now
from rentix.sync.apply.journal import Ending, Journal
from rentix.sync.apply.lock import Held, hold

__all__ = ["Account", "Application", "Ending", "Held", "Journal", "hold", "utc_now"]
