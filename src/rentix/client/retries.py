"""When a call is sent again, and after how long. Decides; never sleeps.

Own and not stamina's: its jitter is added to a back-off instead of drawn from the whole of it, and
it sleeps by itself, where a progress bar has to say beforehand what is waited for, and a test has
to wait for nothing. What is left after that is this file.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final

from rentix.client.answers import Answer, retry_after_s

RETRIED_STATUSES = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and for how long one call is tried, waiting included."""

    attempts: int = 6
    wait_budget_s: float = 180.0
    first_wait_s: float = 0.5
    longest_wait_s: float = 15.0


PATIENT: Final = Patience()


class Retries:
    """The attempts of one call."""

    def __init__(self, patience: Patience, *, repeatable: bool) -> None:
        self._patience = patience
        self._attempts_left = patience.attempts - 1 if repeatable else 0
        self._budget_s = patience.wait_budget_s
        self._ceiling_s = patience.first_wait_s

    def wait_after(self, answer: Answer | None) -> float | None:
        """Seconds to wait before the next attempt; None to take this outcome as final.

        `answer` is None when none came. A wait that the portal asks for is never cut short:
        if it is longer than what is left of the budget, the call is over.
        """
        if answer is not None and answer.status not in RETRIED_STATUSES:
            return None
        asked_s = 0.0 if answer is None else retry_after_s(answer)
        # Full jitter, so that clients which failed together don't come back together.
        wait_s = asked_s + random.uniform(0, self._ceiling_s)  # noqa: S311 - not a secret
        if self._attempts_left <= 0 or wait_s > self._budget_s:
            return None
        self._attempts_left -= 1
        self._budget_s -= wait_s
        self._ceiling_s = min(self._ceiling_s * 2, self._patience.longest_wait_s)
        return wait_s
