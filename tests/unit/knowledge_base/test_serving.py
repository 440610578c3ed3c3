"""Which entries are served, and with which answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from conversations.address import Channel
from knowledge_base.audience import AudienceUnreadable, parse_audience
from knowledge_base.entry import in_order
from knowledge_base.serving import Unserved, answer_for, day_in_china, is_served, why_unserved
from tests.unit.knowledge_base.shop import SHOP

TODAY = date(2026, 11, 11)
ENTRY = replace(
    SHOP[0],
    answer="默认",
    variants=in_order({"kefu": "客服", "*/vip": "贵宾", "kefu/vip": "客服贵宾", "*/new": "新客"}),
)


@pytest.mark.parametrize(
    ("channel", "segments", "answer"),
    [
        (Channel.OFFICIAL, (), "默认"),
        (None, (), "默认"),
        (Channel.KEFU, (), "客服"),
        (Channel.KEFU, ("vip",), "客服贵宾"),
        (Channel.OFFICIAL, ("vip",), "贵宾"),
        (Channel.KEFU, ("new",), "新客"),
        (Channel.KEFU, ("new", "vip"), "新客"),
        (Channel.KEFU, ("other", "vip"), "客服贵宾"),
        (Channel.KEFU, ("VIP",), "客服"),
    ],
)
def test_the_answer_that_fits_best(channel: Channel | None, segments: tuple[str, ...], answer: str) -> None:
    assert answer_for(ENTRY, channel, segments, TODAY) == answer


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (None, None, None),
        (TODAY, TODAY, None),
        (date(2026, 11, 12), None, Unserved.NOT_YET),
        (None, date(2026, 11, 10), Unserved.OVER),
    ],
)
def test_first_and_last_day_are_days_of_service(
    first: date | None, last: date | None, why: Unserved | None
) -> None:
    entry = replace(ENTRY, valid_from=first, valid_until=last)
    assert why_unserved(entry, TODAY) is why
    assert (answer_for(entry, None, (), TODAY) is None) is (why is not None)


def test_a_disabled_entry_is_not_served() -> None:
    assert why_unserved(replace(ENTRY, disabled=True), TODAY) is Unserved.DISABLED
    assert is_served(ENTRY, TODAY)


def test_the_day_is_the_shops() -> None:
    assert day_in_china(datetime(2026, 11, 11, 15, 59, tzinfo=UTC)) == date(2026, 11, 11)
    assert day_in_china(datetime(2026, 11, 11, 16, 0, tzinfo=UTC)) == date(2026, 11, 12)


@pytest.mark.parametrize("text", ["kefu", "kefu/vip", "*/vip", "official/新客"])
def test_audiences_are_read_as_they_are_written(text: str) -> None:
    assert parse_audience(text).key == text


def test_channels_by_their_chinese_names() -> None:
    assert parse_audience(" 微信客服 / vip ").key == "kefu/vip"


@pytest.mark.parametrize("text", ["", "*", "sms", "kefu/", "kefu/a b", "/vip", "*/a/b"])
def test_what_is_no_audience(text: str) -> None:
    with pytest.raises(AudienceUnreadable, match="kefu"):
        parse_audience(text)
