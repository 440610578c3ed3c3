"""Days, told on Monday 23 November 2026 in China."""

from datetime import UTC, date, datetime

import pytest

from intents.entities.dates import CHINA, days
from intents.entities.festivals import NAMES, festival

NOW = datetime(2026, 11, 23, 10, tzinfo=CHINA)


def told(text: str, now: datetime = NOW) -> list[str]:
    return [one.day.isoformat() for one in days(text, now=now)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今天", "2026-11-23"),
        ("昨天", "2026-11-22"),
        ("昨晚", "2026-11-22"),
        ("前天晚上", "2026-11-21"),
        ("大前天", "2026-11-20"),
        ("明早九点", "2026-11-24"),
        ("后天", "2026-11-25"),
        ("大后天", "2026-11-26"),
        ("三天前", "2026-11-20"),
        ("10天后", "2026-12-03"),
        ("一周前", "2026-11-16"),
        ("两个星期以前", "2026-11-09"),
        ("半个月前", "2026-11-08"),
        ("上周五", "2026-11-20"),
        ("上上周五", "2026-11-13"),
        ("这周三", "2026-11-25"),
        ("下周一", "2026-11-30"),
        ("上个礼拜天", "2026-11-22"),
        ("周五买的", "2026-11-20"),
        ("周五能送到吗", "2026-11-27"),
        ("礼拜三收到的", "2026-11-18"),
        ("星期6去取", "2026-11-28"),
        ("周末", "2026-11-28"),
        ("11月3号", "2026-11-03"),
        ("11月3日", "2026-11-03"),
        ("十一月三号", "2026-11-03"),
        ("十月二十", "2026-10-20"),
        ("2026年11月3日", "2026-11-03"),
        ("二零二六年十一月三日", "2026-11-03"),
        ("去年12月5号", "2025-12-05"),
        ("12月1日", "2026-12-01"),
        ("12月1日买的", "2025-12-01"),
        ("1月5号", "2027-01-05"),
        ("2026-11-03", "2026-11-03"),
        ("2026/11/3", "2026-11-03"),
        ("11/3", "2026-11-03"),
        ("11.3号", "2026-11-03"),
        ("11.3买的", "2026-11-03"),
        ("3号", "2026-12-03"),
        ("3号买的", "2026-11-03"),
        ("25号签收的", "2026-10-25"),
        ("25号能到吗", "2026-11-25"),
        ("二十号下的单", "2026-11-20"),
        ("上个月5号", "2026-10-05"),
        ("国庆那天", "2026-10-01"),
        ("国庆节买的", "2026-10-01"),
        ("双十一买的", "2026-11-11"),
        ("双11那天", "2026-11-11"),
        ("去年双十一", "2025-11-11"),
        ("618那天", "2026-06-18"),
        ("中秋前一天买的", "2026-09-24"),
        ("端午节前一天", "2026-06-18"),
        ("除夕", "2027-02-05"),
    ],
)
def test_one_day(text: str, day: str) -> None:
    assert told(text) == [day]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "前几天",
        "上个月",
        "年底",
        "3号楼",
        "文三路3号",
        "2号店",
        "36码",
        "32号",
        "13月1号",
        "2月30号",
        "11.3",
        "周边",
        "第3号",
        "五一路8号",
        "十一个",
        "一周年",
        "11-3",
        "0号",
        "a3号",
        "十天",
        "双十一路",
    ],
)
def test_no_day(text: str) -> None:
    assert told(text) == []


@pytest.mark.parametrize(
    ("text", "ordered"),
    [
        ("昨天下的单", True),
        ("11月3号拍的那两箱", True),
        ("上周五晚上买的", True),
        ("下单时间是11月3号", True),
        ("昨天收到的", False),
        ("明天送到", False),
        ("昨天", False),
    ],
)
def test_the_day_of_an_order(text: str, ordered: bool) -> None:
    assert [one.ordered for one in days(text, now=NOW)] == [ordered]


def test_two_days() -> None:
    assert told("昨天买的，明天能到吗") == ["2026-11-22", "2026-11-24"]


def test_the_day_is_chinas() -> None:
    assert told("今天", datetime(2026, 11, 23, 20, tzinfo=UTC)) == ["2026-11-24"]


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        days("今天", now=datetime(2026, 11, 23))  # noqa: DTZ001


def test_every_festival_has_its_day() -> None:
    assert [name for name in NAMES if festival(name, 2026) is None] == []
    assert festival("端午节", 2026) == date(2026, 6, 19)
    assert festival("春节", 2023) is None
    assert festival("春节", 2036) is None
