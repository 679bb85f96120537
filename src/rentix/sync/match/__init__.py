"""The first link: users who are on the portal already, paired with the CRM's agents."""

from rentix.sync.match.finding import Matches, Row, find_matches

__all__ = ["Matches", "Row", "find_matches"]
