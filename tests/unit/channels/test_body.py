"""Bodies: XML and JSON read alike; hostile and broken ones are refused."""

import pytest

from channels.body import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, parse_body
from conversations.errors import CallbackRejected


def refusal(raw: bytes) -> tuple[str, int]:
    with pytest.raises(CallbackRejected) as caught:
        parse_body(raw)
    return caught.value.reason, caught.value.status


def nested(depth: int) -> bytes:
    return b"<xml>" + b"<a>" * (depth - 1) + b"x" + b"</a>" * (depth - 1) + b"</xml>"


def test_xml_and_json_read_alike() -> None:
    xml = "<xml><CreateTime>17</CreateTime><Content><![CDATA[ 好 ]]></Content><Empty/><Deep><A>1</A></Deep></xml>"
    json = '{"CreateTime": 17, "Content": " 好 ", "Empty": null, "Deep": {"A": 1}}'
    expected = {"CreateTime": "17", "Content": "好", "Empty": None, "Deep": {"A": "1"}}
    assert parse_body(xml.encode()) == parse_body(json.encode()) == expected


def test_a_repeated_element_is_a_list() -> None:
    assert parse_body(b"<xml><a>1</a><a>2</a></xml>") == {"a": ["1", "2"]}


@pytest.mark.parametrize(
    ("raw", "fields"),
    [
        (b"\xef\xbb\xbf<xml><a>1</a></xml>", {"a": "1"}),
        (b"<xml><a>x\x00\x08y</a></xml>", {"a": "xy"}),
        (b'{"a": "x\\u0000\\ud800y"}', {"a": "xy"}),
        (b'<xml a="1"><b c="2">3</b></xml>', {"b": "3"}),
        (b"<xml><a><![CDATA[<script>&amp;]]></a></xml>", {"a": "<script>&amp;"}),
        (b'{"n": 123456789012345678901234567890, "f": 1e999, "t": true}', {
            "n": "123456789012345678901234567890", "f": "1e999", "t": "true"}),
    ],
)  # fmt: skip
def test_odd_but_harmless_bodies_are_read(raw: bytes, fields: dict[str, object]) -> None:
    assert parse_body(raw) == fields


@pytest.mark.parametrize(
    "raw",
    [
        b'<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><xml><x>&b;</x></xml>',
        b'<!DOCTYPE xml SYSTEM "http://203.0.113.9/x.dtd"><xml><a>1</a></xml>',
        b'<!DOC\x00TYPE xml [<!ENTITY x SYSTEM "file:///etc/hostname">]><xml><a>&x;</a></xml>',
    ],
)
def test_documents_with_a_dtd_are_refused(raw: bytes) -> None:
    assert refusal(raw) == ("doctype", 400)


def test_depth_is_limited() -> None:
    assert parse_body(nested(MAX_DEPTH))
    assert refusal(nested(MAX_DEPTH + 1)) == ("too_deep", 400)
    assert refusal(b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1)) == ("too_deep", 400)
    assert refusal(b'{"a":' + b"[" * 200_000)[0] == "malformed"


def test_elements_are_limited() -> None:
    assert parse_body(b"<xml>" + b"<a/>" * (MAX_ELEMENTS - 1) + b"</xml>")
    assert refusal(b"<xml>" + b"<a/>" * MAX_ELEMENTS + b"</xml>") == ("too_many_elements", 400)
    assert refusal(b'{"a":[' + b"1," * MAX_ELEMENTS + b"1]}") == ("too_many_elements", 400)


def test_five_megabytes_are_refused_unread() -> None:
    assert refusal(b"<xml>" + b"x" * (5 * MAX_BYTES)) == ("too_large", 413)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "malformed"),
        (b"<xml><a></xml>", "malformed"),
        (b"<xml>&nbsp;</xml>", "malformed"),
        (b"<xml>&#0;</xml>", "malformed"),
        (b'{"a": NaN}', "malformed"),
        (b"\xff\xfe<\x00x\x00", "not_utf8"),
        (b"<html><body/></html>", "not_a_callback"),
        (b"<xml>text</xml>", "not_a_callback"),
        (b"<xml/>", "not_a_callback"),
    ],
)
def test_broken_bodies_are_refused(raw: bytes, reason: str) -> None:
    assert refusal(raw) == (reason, 400)
