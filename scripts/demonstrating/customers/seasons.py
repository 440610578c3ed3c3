"""When the demo's customers do things: two years that end now, with sales and quiet weeks, by the shop's clock."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from customers.events.csv_cells import BEIJING

DAYS = 730
BUSIEST = 3.0
_HOURS = (1, 0, 0, 0, 0, 1, 2, 4, 6, 8, 9, 9, 11, 9, 7, 7, 7, 7, 8, 11, 15, 16, 12, 5)
"""How many buy in each hour of a day, against each other."""
_LIVE_DAYS = frozenset({2, 4, 6})
"""Wednesday, Friday and Sunday: the shop's live streams, 19:30 to 22:00."""


class Calendar:
    """``now``: aware; nothing happens later."""

    def __init__(self, now: datetime) -> None:
        self.now = now.astimezone(BEIJING)

    def day(self, days_ago: float) -> date:
        return (self.now - timedelta(days=days_ago)).date()

    def at(self, days_ago: float, chance: random.Random) -> datetime:
        """Some moment of that day at which people are awake; today's are before now."""
        hour = chance.choices(range(24), _HOURS)[0]
        return self._before_now(datetime.combine(self.day(days_ago), _clock(hour, chance), BEIJING))

    def in_a_live_stream(self, days_ago: float, chance: random.Random) -> datetime:
        """During the last stream that was over by then."""
        day = self.day(days_ago + 1)
        while day.weekday() not in _LIVE_DAYS:
            day -= timedelta(days=1)
        began = datetime.combine(day, time(19, 30), BEIJING)
        return began + timedelta(minutes=chance.uniform(0, 140))

    def busyness(self, days_ago: float) -> float:
        """How much is bought on that day, 1 on an ordinary one, at most ``BUSIEST``."""
        day = self.day(days_ago)
        return next((much for first, last, much in _SALES if first <= (day.month, day.day) <= last), 1.0)

    def _before_now(self, moment: datetime) -> datetime:
        if moment < self.now:
            return moment
        midnight = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + (self.now - midnight) * 0.8


_SALES = (
    ((1, 8), (2, 5), 1.6),  # 年货
    ((2, 6), (3, 1), 0.5),
    ((5, 25), (6, 20), 2.4),  # 618
    ((9, 5), (9, 28), 1.4),  # 中秋
    ((10, 25), (11, 11), BUSIEST),  # 双 11
    ((12, 10), (12, 14), 1.8),  # 双 12
)


def _clock(hour: int, chance: random.Random) -> time:
    return time(hour, chance.randrange(60), chance.randrange(60))
