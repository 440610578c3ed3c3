"""The outside of a callback: its query and body in each mode, and the opening of what the bot replied."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from simulator.crypto import CipherDefect, MessageCipher, same_signature, sign
from simulator.markup import MarkupDefect, Node, cdata, parse
from simulator.messages import Inner, to_json


class Mode(Enum):
    """明文, 兼容 and 安全模式."""

    PLAIN = "plain"
    COMPAT = "compat"
    SECURE = "secure"


class BodyFormat(Enum):
    """How bodies are written; chosen once for an account."""

    XML = "xml"
    JSON = "json"


class ReplyDefect(ValueError):
    """The bot's reply is one that the platform refuses; ``code`` is short and stable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What makes one attempt different from the next."""

    timestamp: int
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A callback ready to be posted."""

    query: Mapping[str, str]
    body: bytes
    content_type: str
    clear: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Signs and seals callbacks, opens replies, for one account."""

    token: str = field(repr=False)
    cipher: MessageCipher | None
    mode: Mode
    body_format: BodyFormat

    def verification_query(self, stamp: Stamp, echo: str) -> dict[str, str]:
        """The query of the GET that proves that the URL belongs to the account."""
        return {**self._plain_query(stamp), "echostr": echo}

    def wrap(self, inner: Inner, stamp: Stamp) -> Outgoing:
        """Query and body for one attempt."""
        query = {**self._plain_query(stamp), "openid": inner.from_user}
        sealed, clear = None, self._clear(inner)
        if self.mode is not Mode.PLAIN:
            sealed = self._cipher().seal(clear.encode())
            signature = sign(self.token, str(stamp.timestamp), stamp.nonce, sealed)
            query |= {"encrypt_type": "aes", "msg_signature": signature}
        is_xml = self.body_format is BodyFormat.XML
        body = self._xml(inner, sealed) if is_xml else self._json(inner, sealed)
        return Outgoing(
            query=query,
            body=body.encode(),
            content_type="text/xml" if is_xml else "application/json",
            clear=clear,
        )

    def unwrap(self, body: bytes) -> tuple[bytes, str | None]:
        """The clear reply and the nonce it was sealed under (None when clear); raises ReplyDefect.

        In compat mode a reply may be clear or sealed, in the other modes only one of the two.
        """
        outer = read_fields(body, self.body_format)
        sealed = "Encrypt" in outer
        if not sealed and self.mode is Mode.SECURE:
            raise ReplyDefect("not-sealed", "a clear reply in secure mode")
        if not sealed:
            return body, None
        if self.mode is Mode.PLAIN:
            raise ReplyDefect("sealed", "a sealed reply in plain mode")
        return self._open(outer), outer["Nonce"].text

    def _open(self, outer: Mapping[str, Node]) -> bytes:
        expected = {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
        if set(outer) != expected:
            raise ReplyDefect("envelope", f"fields {sorted(outer)} instead of {sorted(expected)}")
        texts = {name: node.text for name, node in outer.items()}
        if not texts["TimeStamp"].isdecimal():
            raise ReplyDefect("envelope", "TimeStamp is no number")
        signature = sign(self.token, texts["TimeStamp"], texts["Nonce"], texts["Encrypt"])
        if not same_signature(signature, texts["MsgSignature"]):
            raise ReplyDefect("signature", "MsgSignature does not match")
        try:
            return self._cipher().open(texts["Encrypt"])
        except CipherDefect as error:
            raise ReplyDefect("cipher", str(error)) from error

    def _cipher(self) -> MessageCipher:
        if self.cipher is None:
            raise ReplyDefect("sealed", "this account has no EncodingAESKey")
        return self.cipher

    def _plain_query(self, stamp: Stamp) -> dict[str, str]:
        timestamp = str(stamp.timestamp)
        signature = sign(self.token, timestamp, stamp.nonce)
        return {"signature": signature, "timestamp": timestamp, "nonce": stamp.nonce}

    def _clear(self, inner: Inner) -> str:
        if inner.raw is not None:
            return inner.raw
        if self.body_format is BodyFormat.JSON:
            return to_json(inner.json_fields())
        return f"<xml>{inner.xml_fields()}\n</xml>"

    def _xml(self, inner: Inner, sealed: str | None) -> str:
        if sealed is None:
            return self._clear(inner)
        encrypt = f"<Encrypt>{cdata(sealed)}</Encrypt>"
        if self.mode is Mode.COMPAT and inner.raw is None:
            return f"<xml>{inner.xml_fields()}\n{encrypt}\n</xml>"
        return f"<xml><ToUserName>{cdata(inner.to_user)}</ToUserName>\n{encrypt}\n</xml>"

    def _json(self, inner: Inner, sealed: str | None) -> str:
        if sealed is None:
            return self._clear(inner)
        if self.mode is Mode.COMPAT and inner.raw is None:
            return to_json({**inner.json_fields(), "Encrypt": sealed})
        return to_json({"ToUserName": inner.to_user, "Encrypt": sealed})


def read_fields(body: bytes, body_format: BodyFormat) -> dict[str, Node]:
    """The fields of a reply by name; raises ReplyDefect when it is malformed or repeats a field."""
    root = _read_xml(body) if body_format is BodyFormat.XML else _read_json(body)
    names = root.names()
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise ReplyDefect("repeated-field", repeated[0])
    return {node.name: node for node in root.children}


def _read_xml(body: bytes) -> Node:
    try:
        root = parse(body)
    except MarkupDefect as error:
        raise ReplyDefect("malformed", str(error)) from error
    if root.name != "xml":
        raise ReplyDefect("malformed", f"the root is <{root.name}>, not <xml>")
    if root.text.strip():
        raise ReplyDefect("malformed", "text beside the elements")
    return root


def _read_json(body: bytes) -> Node:
    try:
        data = json.loads(body.decode("utf-8"), object_pairs_hook=_refuse_repeats)
    except (ValueError, RecursionError) as error:
        raise ReplyDefect("malformed", f"not JSON: {error}") from error
    if not isinstance(data, dict):
        raise ReplyDefect("malformed", "not a JSON object")
    return _node("xml", data)


def _refuse_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ReplyDefect("repeated-field", "a JSON key is repeated")
    return dict(pairs)


def _node(name: str, value: object) -> Node:
    match value:
        case dict():
            return Node(name, children=[_node(str(key), item) for key, item in value.items()])
        case list():
            return Node(name, children=[_node("item", item) for item in value])
        case _:
            return Node(name, text="" if value is None else str(value))
