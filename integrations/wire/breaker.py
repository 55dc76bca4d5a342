"""The breaker: a feed that gets mostly rubbish stops, before it fills the dead letters."""

from collections import deque
from collections.abc import Sequence
from typing import Final

from integrations.wire.outcomes import Outcome

WINDOW: Final = 1_000
MOST_INVALID: Final = 50
MOST_CONSECUTIVE: Final = 50


class Breaker:
    """Trips at more than 5 % invalid among the last 1,000 messages, or at 50 invalid ones in a row."""

    def __init__(self) -> None:
        self._window: deque[bool] = deque(maxlen=WINDOW)
        self._invalid = 0
        self._consecutive = 0

    def trips_at(self, outcomes: Sequence[Outcome]) -> int | None:
        """The index of the outcome that trips it, or None; remembers nothing."""
        if not any(outcome.is_invalid for outcome in outcomes):
            return None
        trial = Breaker()
        trial._window = self._window.copy()
        trial._invalid = self._invalid
        trial._consecutive = self._consecutive
        return next((index for index, outcome in enumerate(outcomes) if trial._take(outcome)), None)

    def remember(self, outcomes: Sequence[Outcome]) -> None:
        """Takes in what was committed."""
        if not self._invalid and not any(outcome.is_invalid for outcome in outcomes):
            self._window.extend([False] * min(len(outcomes), WINDOW))
            return
        for outcome in outcomes:
            self._take(outcome)

    def _take(self, outcome: Outcome) -> bool:
        is_invalid = outcome.is_invalid
        if len(self._window) == WINDOW:
            self._invalid -= self._window[0]
        self._window.append(is_invalid)
        self._invalid += is_invalid
        self._consecutive = self._consecutive + 1 if is_invalid else 0
        return self._invalid > MOST_INVALID or self._consecutive >= MOST_CONSECUTIVE
