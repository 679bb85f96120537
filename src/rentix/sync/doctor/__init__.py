"""What a sync needs, looked at piece by piece: what is well, what is not, and the way out."""

from rentix.sync.doctor.examination import Check, State, examine

__all__ = ["Check", "State", "examine"]
