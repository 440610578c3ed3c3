"""What a customer is asked when a person has served them: how it was, or now and then whether they would recommend the
shop (the question of the Net Promoter Score: F. Reichheld, The One Number You Need to Grow, HBR 12/2003). Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

PROMOTER, PASSIVE = 9, 7
"""From here on somebody recommends the shop; from here on they at least do not advise against it."""


class Question(StrEnum):
    RATING = "rating"
    RECOMMEND = "recommend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """``rating``: whether customers are asked at all. ``recommend_share``: of how many the other question is asked
    instead, 0 to 1; nobody twice within ``recommend_every``.
    """

    rating: bool = False
    recommend_share: float = 0.0
    recommend_every: timedelta = timedelta(days=90)

    def question(self, key: str, now: datetime, last_recommend: datetime | None) -> Question | None:
        """What is asked after the service ``key``: always the same for the same service.

        ``last_recommend``: when this customer was asked the other question last.
        """
        if not self.rating:
            return None
        lately = last_recommend is not None and now - last_recommend < self.recommend_every
        if not lately and _place(key) < self.recommend_share:
            return Question.RECOMMEND
        return Question.RATING


NO_SURVEY = Survey()


def net_promoter_score(scores: Iterable[int]) -> int | None:
    """Promoters (9, 10) less detractors (0 to 6), of a hundred who answered: -100 to 100; None of nobody."""
    given = list(scores)
    if not given:
        return None
    promoters = sum(score >= PROMOTER for score in given)
    detractors = sum(score < PASSIVE for score in given)
    return round(100 * (promoters - detractors) / len(given))


def _place(key: str) -> float:
    """Where a key falls between 0 and 1, evenly over many keys."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) / 2**64
