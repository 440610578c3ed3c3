"""When Rasa is started again after it ended: later and later, and at last not any more. Pure."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_PAUSE_SECONDS = 60.0
STARTS = 5
"""So many starts in a row that come to nothing are enough: somebody has to look."""

SETTLED_SECONDS = 300.0
"""Who ran for this long is started again as if for the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarts:
    """``ended``: how often in a row it ended; ``in_vain``: how often of late it did not even get ready."""

    ended: int = 0
    in_vain: int = 0

    def after(self, ready_seconds: float | None) -> Restarts:
        """``ready_seconds``: for how long it was ready before it ended; None when it never was."""
        if ready_seconds is None:
            return Restarts(ended=self.ended + 1, in_vain=self.in_vain + 1)
        return Restarts(ended=1 if ready_seconds >= SETTLED_SECONDS else self.ended + 1)

    @property
    def is_hopeless(self) -> bool:
        return self.in_vain >= STARTS

    @property
    def pause_seconds(self) -> float:
        """1, 2, 4 … 60 seconds; none before the first start."""
        if self.ended == 0:
            return 0.0
        return float(min(LONGEST_PAUSE_SECONDS, 2.0 ** min(self.ended - 1, 10)))
