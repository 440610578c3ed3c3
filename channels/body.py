"""Callback bodies to plain fields: XML or JSON, hostile documents refused before anything is built."""

from __future__ import annotations

import json
from collections.abc import Container
from typing import Never
from xml.parsers import expat

import xmltodict

from channels.text import clean_text
from conversations.errors import CallbackRejected

MAX_BYTES = 1_000_000
MAX_DEPTH = 16
MAX_ELEMENTS = 500

Fields = dict[str, object]
"""Names to text, None (empty element), nested fields, or a list where a name came more than once."""


def parse_body(raw: bytes, *, lists: Container[str] = ()) -> Fields:
    """The fields of a callback body, outer or decrypted. A bad one raises CallbackRejected and nothing else.

    XML elements named in ``lists`` become a list even where they stand alone, because one of them and two of
    them should read alike.

    Scalars are text, in JSON too, so that both formats read alike. Characters that XML or a database cannot
    hold are taken out first: shoppers do paste them, and expat would refuse the whole message.
    """
    if len(raw) > MAX_BYTES:
        raise CallbackRejected("too_large", status=413)
    try:
        text = clean_text(raw.decode("utf-8-sig")).strip()
    except UnicodeDecodeError:
        raise CallbackRejected("not_utf8", status=400) from None
    fields = _parse_json(text) if is_json(raw) else _parse_xml(text, lists)
    if not isinstance(fields, dict):
        raise CallbackRejected("not_a_callback", status=400)
    return fields


def is_json(raw: bytes) -> bool:
    """Whether a body is meant as JSON: the platform sends objects only."""
    return raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _parse_xml(text: str, lists: Container[str]) -> object:
    _refuse_hostile(text)
    try:
        # The parser that wechatpy uses itself. Its parse_message is not used here: it takes the document
        # before any signature is checked, raises untyped errors, and rewrites Event and EventKey of scanned
        # codes.
        return xmltodict.parse(text, xml_attribs=False, force_list=lists).get("xml")
    except (expat.ExpatError, ValueError):
        raise CallbackRejected("malformed", status=400) from None


def _refuse_hostile(text: str) -> None:
    depth = elements = 0

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > MAX_DEPTH:
            raise CallbackRejected("too_deep", status=400)
        if elements > MAX_ELEMENTS:
            raise CallbackRejected("too_many_elements", status=400)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_declaration: object) -> None:
        raise CallbackRejected("doctype", status=400)

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError:
        raise CallbackRejected("malformed", status=400) from None


def _parse_json(text: str) -> object:
    try:
        document = json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise CallbackRejected("malformed", status=400) from None
    return _JsonReader().read(document, depth=0)


def _refuse_constant(_name: str) -> Never:
    raise ValueError("NaN and Infinity are not JSON")


class _JsonReader:
    """Turns a parsed JSON document into fields, counting what XML would call elements."""

    def __init__(self) -> None:
        self._elements = 0

    def read(self, value: object, depth: int) -> object:
        self._elements += 1
        if depth >= MAX_DEPTH:
            raise CallbackRejected("too_deep", status=400)
        if self._elements > MAX_ELEMENTS:
            raise CallbackRejected("too_many_elements", status=400)
        match value:
            case dict():
                return {clean_text(name): self.read(item, depth + 1) for name, item in value.items()}
            case list():
                return [self.read(item, depth + 1) for item in value]
            case bool():
                return "true" if value else "false"
            case str():
                # Escapes such as \u0000 and lone surrogates appear only after parsing.
                return clean_text(value).strip() or None
            case _:
                return None
