"""What is taken out of a customer's words before members read them in a chat, and what stays."""

from __future__ import annotations

import pytest

from conversations.address import ConversationId
from handlers.privacy import HIDDEN, customer_tag, quoted, without_personal_data


@pytest.mark.parametrize(
    "personal",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 13812345678",
        "１３８１２３４５６７８",
        "0571-87654321",
        "330106199001011234",
        "33010619900101123X",
        "6222 0212 3456 7890 123",
        "wang.xm@example.com",
        "中山北路12号3栋502室",
    ],
)
def test_personal_data_is_hidden(personal: str) -> None:
    text = without_personal_data(f"请联系 {personal} 谢谢")
    assert HIDDEN in text
    assert not any(part in text for part in ("5678", "8765", "0101", "7890", "wang", "中山"))
    assert text.startswith("请联系")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("收货人：王小明", "收货人" + HIDDEN),
        ("加我微信wang8888", "加我微信" + HIDDEN),
        ("我叫王小明", "我叫" + HIDDEN),
    ],
)
def test_names_and_accounts_are_hidden_where_they_are_called_so(text: str, left: str) -> None:
    assert without_personal_data(text) == left


@pytest.mark.parametrize(
    "text", ["订单 HY20261101001 还没到", "买了3箱，退1箱", "2026年11月3日发货吗", "转人工"]
)
def test_what_people_need_stays(text: str) -> None:
    assert without_personal_data(text) == text


def test_a_quotation_can_be_no_link_and_no_mention() -> None:
    assert not set("<>[]`*_#|@") & set(quoted("<@all> [点](http://x) `a` **b** __c__ # d | e @f"))


def test_a_tag_tells_customers_apart() -> None:
    one, other = (customer_tag(ConversationId(f"kefu:wk:wm{n}")) for n in (1, 2))
    assert one != other
    assert one == customer_tag(ConversationId("kefu:wk:wm1"))
