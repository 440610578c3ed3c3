"""What a model marks, in the same form as what the rules find."""

from datetime import datetime

import pytest

from intents.entities.dates import CHINA
from intents.entities.raw import RawEntity, normalised

NOW = datetime(2026, 11, 23, 10, tzinfo=CHINA)


def marked(name: str, text: str, start: int = 0) -> RawEntity:
    return RawEntity(name=name, text=text, start=start, end=start + len(text))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("amount", "三百", "30000"),
        ("amount", "59", "5900"),
        ("quantity", "两箱", "2箱"),
        ("date", "上周五", "2026-11-20"),
        ("order_no", "e1001", "E1001"),
        ("phone", "138 0000 2468", "138****2468"),
        ("sku", "sku 1024", "SKU1024"),
        ("campaign_code", "a12", "A12"),
        ("reason", " 盖子裂了。", "盖子裂了"),
        ("address", "公司地址", "公司地址"),
    ],
)
def test_normalised(name: str, text: str, value: str) -> None:
    assert normalised([marked(name, text)], now=NOW) == {name: value}


@pytest.mark.parametrize(
    ("name", "text"), [("amount", "几十"), ("date", "前几天"), ("phone", "尾号1234"), ("reason", "。")]
)
def test_what_cannot_be_read_is_left_out(name: str, text: str) -> None:
    assert normalised([marked(name, text)], now=NOW) == {}


def test_rules_stand_and_the_model_adds() -> None:
    raw = [marked("order_no", "E1001"), marked("reason", "烂了", 9), marked("reason", "坏了", 20)]
    assert normalised(raw, now=NOW, found={"order_no": "HY20261101001"}) == {
        "order_no": "HY20261101001",
        "reason": "烂了",
    }
