"""Numbers in words and digits."""

from decimal import Decimal

import pytest

from intents.entities.numerals import number, spelled


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("零", 0),
        ("五", 5),
        ("两", 2),
        ("俩", 2),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("二十五", 25),
        ("一百", 100),
        ("一百零五", 105),
        ("一百一十", 110),
        ("两百五", 250),
        ("三百五十", 350),
        ("一千二", 1200),
        ("一千零二", 1002),
        ("一千零二十", 1020),
        ("三万五", 35_000),
        ("一万", 10_000),
        ("十二万三千", 123_000),
        ("一万零五", 10_005),
        ("三五", None),
        ("二零二六", None),
        ("百", None),
        ("十百", None),
        ("万", None),
        ("两百百", None),
        ("一万一万", None),
    ],
)
def test_spelled(words: str, value: int | None) -> None:
    assert spelled(words) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("59.9", "59.9"),
        ("1,299", "1299"),
        ("1.5万", "15000"),
        ("2千", "2000"),
        ("半", "0.5"),
        ("三百", "300"),
    ],
)
def test_number(text: str, value: str) -> None:
    assert number(text) == Decimal(value)
