"""Events, times, money and expected values in words."""

from __future__ import annotations

from console.customers.telling import Happened, details, duration, short_moment, told, whole_yuan
from console.customers.worth import worth_of
from customers.profile.profile import Expected

NOW_MS = 1_795_388_700_000
"""2026-11-23 07:05 in China."""
HOUR_MS = 3_600_000


def worth(ltv: int, low: int, high: int, alive: float = 0.8) -> tuple[str, str, str]:
    said = worth_of(Expected(ltv_fen=ltv * 100, low_fen=low * 100, high_fen=high * 100, alive=alive))
    return said.average, said.range, said.staying


def test_times_as_one_says_them() -> None:
    ago = {0: "今天 07:05", 7: "今天 00:05", 8: "昨天 23:05", 48: "11月21日", 24 * 400: "2025-10-19"}
    assert {hours: short_moment(NOW_MS - hours * HOUR_MS, NOW_MS) for hours in ago} == ago


def test_money_and_durations() -> None:
    assert [whole_yuan(fen) for fen in (0, 49, 123_450, 123_456_789)] == ["¥0", "¥0", "¥1,234", "¥1,234,568"]
    assert [duration(seconds) for seconds in (0.4, 59.6, 75, 5_000)] == [
        "0 秒",
        "1 分 0 秒",
        "1 分 15 秒",
        "1 小时 23 分",
    ]


def test_an_event_tells_what_it_holds_and_hides_what_names_somebody() -> None:
    data = {
        "item": "保温杯",
        "amount_fen": 19_800,
        "order_no": "HY20261103001",
        "text": "打我电话 13800138000",
        "acquisition": ["social", "老友推荐"],
        "role": "group_owner",
        "prompted": True,
        "extra": {"颜色": "白"},
    }
    assert details(data) == [
        "保温杯",
        "¥198",
        "“打我电话 138••••8000”",
        "订单 HY••••01",
        "为了奖励",
        "来自朋友介绍 · 老友推荐",
        "团长",
        "颜色：白",
    ]
    line = told(Happened(source="xiaoer", kind="message", at_ms=5, data="{}"))
    assert (line.title, line.details, line.source) == ("发来消息", (), "店小二")
    assert told(Happened(source="mall", kind="later", at_ms=5, data="{}")).title == "later"


def test_expected_values_promise_nothing() -> None:
    assert worth(4_000, 1_700, 6_600) == (
        "约 ¥4,000",
        "这是平均数：十位这样的顾客，八位会花 ¥1,700 到 ¥6,600。",
        "还没流失的可能：约 80%。",
    )
    assert "至少一位一分不花，九位不超过 ¥341" in worth(114, 0, 341)[1]
    assert "九位花不到 ¥90；平均数是被少数买得多的人拉高的" in worth(114, 0, 90)[1]
    assert "九位不会再买" in worth(14, 0, 0)[1]


def test_a_model_that_is_certain_is_not_believed() -> None:
    said = {alive: worth(100, 0, 200, alive)[2] for alive in (1.0, 0.998, 0.5, 0.001)}
    assert said == {
        1.0: "只在一天里买过，还看不出会不会再来。",
        0.998: "还没流失的可能：99% 以上。",
        0.5: "还没流失的可能：约 50%。",
        0.001: "还没流失的可能：不到 1%。",
    }
