"""What customers who wait are told: true, and said as people say it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from escalation.routing import Expectation
from escalation.wording import NO_HOURS, about, day_and_time, in_line, off_duty

NOW = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)  # Monday, 21:30 in Beijing


def test_the_place_in_the_queue() -> None:
    said = {
        (place, minutes): in_line(
            Expectation(position=place, wait=None if minutes is None else timedelta(minutes=minutes))
        )
        for place, minutes in [(1, 0), (1, None), (1, 6), (3, 7), (3, None)]
    }
    assert said == {
        (1, 0): "您是下一位，很快就好～",
        (1, None): "您是下一位，很快就好～",
        (1, 6): "您是下一位，大约 6 分钟～",
        (3, 7): "前面还有 2 位，大约 7 分钟～",
        (3, None): "前面还有 2 位，请稍等～",
    }


def test_a_wait_is_rounded_up() -> None:
    seconds = [1, 61, 600, 601, 3600, 3601, 7300]
    assert [about(timedelta(seconds=each)).strip() for each in seconds] == [
        "1 分钟",
        "2 分钟",
        "10 分钟",
        "15 分钟",
        "60 分钟",
        "2 小时",
        "3 小时",
    ]


def test_when_somebody_is_there() -> None:
    said = {hours: day_and_time(NOW + timedelta(hours=hours), NOW) for hours in (1, 11.5, 35.5, 24 * 9)}
    assert said == {1: "今天 22:30", 11.5: "明天 9:00", 35.5: "周三 9:00", 216: " 12 月 2 日 21:30"}


def test_a_promise_beyond_the_window_of_48_hours_asks_the_customer_to_write_again() -> None:
    soon, far = off_duty(NOW + timedelta(hours=47), NOW), off_duty(NOW + timedelta(hours=48), NOW)
    assert "第一时间在这里回复您" in soon
    assert "麻烦到时再发条消息" in far
    assert off_duty(None, NOW) == NO_HOURS
