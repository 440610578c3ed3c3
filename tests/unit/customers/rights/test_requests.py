"""Until when a customer's data have to be deleted."""

from __future__ import annotations

from datetime import date

from customers.rights.requests import last_day


def test_fifteen_working_days() -> None:
    asked = {
        "a Monday": date(2026, 11, 23),
        "a Friday": date(2026, 11, 27),
        "a Saturday": date(2026, 11, 28),
        "a Sunday": date(2026, 11, 29),
    }
    assert {name: last_day(day) for name, day in asked.items()} == {
        "a Monday": date(2026, 12, 14),
        "a Friday": date(2026, 12, 18),
        "a Saturday": date(2026, 12, 18),
        "a Sunday": date(2026, 12, 18),
    }
