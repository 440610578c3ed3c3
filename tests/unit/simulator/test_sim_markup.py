"""The little XML: what is written can be read, what is dangerous is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.markup import MarkupDefect, cdata, parse


@given(
    text=st.text(
        alphabet=st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
        max_size=60,
    )
)
def test_any_text_survives_a_cdata_section(text: str) -> None:
    assert parse(f"<xml><Content>{cdata(text)}</Content></xml>".encode()).children[0].text == text


def test_the_end_of_a_section_inside_a_text() -> None:
    hostile = "x]]></Content><FuncFlag>1</FuncFlag><Content><![CDATA[y"
    root = parse(f"<xml><Content>{cdata(hostile)}</Content></xml>".encode())
    assert root.names() == ["Content"]
    assert root.children[0].text == hostile


def test_control_characters_are_left_out() -> None:
    assert cdata("a\x00b\x0bc\td\ufffe") == "<![CDATA[abc\td]]>"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "not well-formed"),
        (b"success?", "not well-formed"),
        (b"<xml><a></xml>", "not well-formed"),
        (b"<xml></xml><xml></xml>", "not well-formed"),
        (b"<xml>\xff</xml>", "not well-formed"),
        (b'<!DOCTYPE x [<!ENTITY e "v">]><xml>&e;</xml>', "refused"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>', "refused"),
        (b'<?xml-stylesheet href="x"?><xml/>', "refused"),
        (b'<xml a="1"/>', "attributes"),
        (b"<a>" * 40 + b"</a>" * 40, "deeply"),
        (b"<xml>" + b" " * (1 << 20) + b"</xml>", "larger"),
    ],
)
def test_what_is_refused(document: bytes, reason: str) -> None:
    with pytest.raises(MarkupDefect, match=reason):
        parse(document)
