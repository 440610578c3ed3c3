"""Short answers to "which of these?"."""

import pytest

from handlers.choice import chosen_index

OFFERED = ("a", "b", "c")


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("1", 0),
        ("１", 0),
        (" 2。", 1),
        ("3.", 2),
        ("①", 0),
        ("2️⃣", 1),
        ("一", 0),
        ("二", 1),
        ("第二个", 1),
        ("第3个", 2),
        ("第一个吧", 0),
        ("选3", 2),
        ("选择2", 1),
        ("我要第二个", 1),
        ("我选1", 0),
        ("就第三个吧", 2),
        ("2号", 1),
        ("第2条", 1),
        ("看第一个问题", 0),
        ("最后一个", 2),
        ("我选最后那个吧", 2),
        ("0", -1),
        ("4", 3),
        ("十", 9),
        ("99", 98),
    ],
)
def test_names_a_choice(text: str, index: int) -> None:
    assert chosen_index(text, None, OFFERED) == index


@pytest.mark.parametrize(
    "text",
    [
        "",
        "都不是",
        "退货",
        "第一个和第二个",
        "123",
        "2斤多少钱",
        "1个月能退吗",
        "HY20261101001",
        "一样的吗",
        "？",
        "👍",
    ],
)
def test_is_no_choice(text: str) -> None:
    assert chosen_index(text, None, OFFERED) is None


def test_a_tap_names_the_entry_whatever_the_label_says() -> None:
    assert chosen_index("怎么退货？", "b", OFFERED) == 1


def test_a_tap_on_an_old_menu_is_read_by_its_label() -> None:
    assert chosen_index("怎么退货？", "gone", OFFERED) is None


def test_nothing_offered_nothing_chosen() -> None:
    assert chosen_index("1", None, ()) is None
    assert chosen_index("x", "a", ()) is None
