"""The outside of a WeCom callback: always sealed, signed over the sealed part (WeCom 90930, 90238)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.crypto import MessageCipher, sign
from simulator.envelope import BodyFormat, Envelope, Mode, Outgoing, Stamp
from simulator.markup import cdata


def to_xml(fields: Mapping[str, object]) -> str:
    """``<xml>`` with the fields in order: text as CDATA, numbers plain, mappings nested, lists repeated."""
    return f"<xml>{_elements(fields)}</xml>"


def _elements(fields: Mapping[str, object]) -> str:
    return "".join(_element(name, value) for name, value in fields.items())


def _element(name: str, value: object) -> str:
    if isinstance(value, Mapping):
        return f"<{name}>{_elements(value)}</{name}>"
    if isinstance(value, list | tuple):
        return "".join(_element(name, item) for item in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"<{name}>{value}</{name}>"
    return f"<{name}>{cdata(str(value))}</{name}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpEnvelope:
    """Signs and seals the callbacks of one app, opens its replies; the receive id is the corp id."""

    token: str = field(repr=False)
    cipher: MessageCipher
    corp_id: str
    agent_id: int

    def verification_query(self, stamp: Stamp, echo: str) -> dict[str, str]:
        """The query of the GET that proves that the URL belongs to the app; the echo travels sealed."""
        sealed = self.cipher.seal(echo.encode())
        return {**self._query(stamp, sealed), "echostr": sealed}

    def wrap(self, clear: str, stamp: Stamp) -> Outgoing:
        """Query and body for one attempt."""
        sealed = self.cipher.seal(clear.encode())
        body = (
            f"<xml><ToUserName>{cdata(self.corp_id)}</ToUserName>"
            f"<AgentID>{cdata(str(self.agent_id))}</AgentID><Encrypt>{cdata(sealed)}</Encrypt></xml>"
        )
        query = self._query(stamp, sealed)
        return Outgoing(query=query, body=body.encode(), content_type="text/xml", clear=clear)

    def unwrap(self, body: bytes) -> tuple[bytes, str | None]:
        """The clear passive reply and the nonce it was sealed under; raises ReplyDefect."""
        outer = Envelope(token=self.token, cipher=self.cipher, mode=Mode.SECURE, body_format=BodyFormat.XML)
        return outer.unwrap(body)

    def _query(self, stamp: Stamp, sealed: str) -> dict[str, str]:
        timestamp = str(stamp.timestamp)
        return {
            "msg_signature": sign(self.token, timestamp, stamp.nonce, sealed),
            "timestamp": timestamp,
            "nonce": stamp.nonce,
        }
