"""What is taken out of texts before XML or a database sees them."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.text import byte_length, clean_text


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("订单\x00A1", "订单A1"),
        ("a\x08\x0b\x1fb", "ab"),
        ("a\ud800b\udfffc", "abc"),
        ("a\x7f\x9fb\ufffeb", "abb"),
        ("一\t二\n三\r\n四", "一\t二\n三\r\n四"),
        ("👍🏽 ok", "👍🏽 ok"),
    ],
)
def test_illegal_characters_go_and_the_rest_stays(dirty: str, clean: str) -> None:
    assert clean_text(dirty) == clean


@given(st.text(st.characters(exclude_categories=())))
def test_a_clean_text_is_legal_xml_and_utf8(text: str) -> None:
    cleaned = clean_text(text)
    cleaned.encode()
    ElementTree.fromstring(f"<x>{cleaned.replace('&', '').replace('<', '').replace(']]>', '')}</x>")


def test_bytes_are_counted_even_for_lone_surrogates() -> None:
    assert byte_length("好a👍\ud800") == 3 + 1 + 4 + 3
