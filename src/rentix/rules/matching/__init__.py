"""Which user of the portal is which agent of a CRM: one rule, for plans, `rentix match` and API."""

from rentix.rules.matching.judging import PAIRS_MAX, Matching
from rentix.rules.matching.people import PERSONAL, Agent, Candidate, Pair, Verdict
from rentix.rules.matching.reading import phones_in

__all__ = [
    "PAIRS_MAX",
    "PERSONAL",
    "Agent",
    "Candidate",
    "Matching",
    "Pair",
    "Verdict",
    "phones_in",
]
