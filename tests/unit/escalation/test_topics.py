"""What comments are about."""

from __future__ import annotations

import pytest

from escalation.topics import OTHER, topics_of


@pytest.mark.parametrize(
    ("comment", "topics"),
    [
        ("等了半天才回", ("回复速度",)),
        ("客服挺有耐心，就是快递太慢", ("服务态度", "物流")),
        ("箱子压坏了还不给退款", ("质量", "包装", "售后退款")),
        ("就是一般", (OTHER,)),
    ],
)
def test_a_comment_has_all_the_topics_that_it_names(comment: str, topics: tuple[str, ...]) -> None:
    assert topics_of(comment) == topics
