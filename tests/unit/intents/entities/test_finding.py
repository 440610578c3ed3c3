"""Everything at once, the flat form, and that no text makes it fail."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.entities.dates import CHINA
from intents.entities.finding import find

NOW = datetime(2026, 11, 23, 10, tzinfo=CHINA)
GOODS = ("五常大米 10kg", "阿克苏苹果 5斤装")


@pytest.mark.parametrize(
    ("text", "flat"),
    [
        ("", {}),
        ("你好", {}),
        (
            "我１１月３号买的五常大米少了两袋，退我59块9",
            {
                "product": "五常大米 10kg",
                "quantity": "2袋",
                "date": "2026-11-03",
                "ordered_on": "2026-11-03",
                "amount": "5990",
            },
        ),
        (
            "HY20261101001 改成杭州市西湖区文三路3号A座，13800001234",
            {"order_no": "HY20261101001", "address": "杭州市西湖区文三路3号A座", "phone": "138****1234"},
        ),
        ("買了兩箱", {"quantity": "2箱"}),
        ("拼团A12，SKU1024两件", {"campaign_code": "A12", "sku": "SKU1024", "quantity": "2件"}),
        ("发票发到 Me@Example.com", {"email": "me@example.com"}),
        ("昨天收到，前天下的单", {"date": "2026-11-22", "ordered_on": "2026-11-21"}),
    ],
)
def test_flat(text: str, flat: dict[str, str]) -> None:
    assert dict(find(text, now=NOW, products_known=GOODS).flat()) == flat


def test_a_whole_phone_is_neither_in_the_flat_form_nor_printed() -> None:
    found = find("我电话13800001234", now=NOW)
    assert found.phone == "13800001234"
    assert "13800001234" not in repr(found)
    assert found.flat() == {"phone": "138****1234"}


_TYPED = st.text(
    st.one_of(
        st.sampled_from(
            "0123456789一二两三十百千万半块元毛角个箱斤打年月日号周前天昨上下路街区市县省村幢室团拼买,.-/@ ¥xask"
        ),
        st.characters(),
    ),
    max_size=80,
)


@given(text=_TYPED, names=st.lists(st.text(max_size=8), max_size=3))
def test_no_text_makes_it_fail(text: str, names: list[str]) -> None:
    flat = find(text, now=NOW, products_known=names).flat()
    assert all(flat.values())


@pytest.mark.parametrize(
    "text", ["区" * 5000, "一" * 5000, "市区" * 2000, "1-" * 2000, "a@a." * 1000, "文三路5号" * 500]
)
def test_absurd_texts(text: str) -> None:
    assert isinstance(dict(find(text, now=NOW, products_known=GOODS).flat()), dict)
