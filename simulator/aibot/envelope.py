"""The sealed JSON of the bot's callbacks; the receive id is empty (WeCom 101033 加解密说明)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from simulator.crypto import CipherDefect, MessageCipher, same_signature, sign
from simulator.envelope import Outgoing, ReplyDefect, Stamp

_FIELDS = {"encrypt", "msgsignature", "timestamp", "nonce"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BotEnvelope:
    """Signs and seals callbacks, opens replies."""

    token: str = field(repr=False)
    cipher: MessageCipher

    def verification_query(self, stamp: Stamp, echo: str) -> dict[str, str]:
        """The query of the GET that proves that the URL belongs to the bot."""
        sealed = self.cipher.seal(echo.encode())
        return {**self._query(stamp, sealed), "echostr": sealed}

    def wrap(self, clear: str, stamp: Stamp) -> Outgoing:
        """Query and body for one attempt."""
        sealed = self.cipher.seal(clear.encode())
        body = json.dumps({"encrypt": sealed}).encode()
        query = self._query(stamp, sealed)
        return Outgoing(query=query, body=body, content_type="application/json", clear=clear)

    def unwrap(self, body: bytes, nonce: str) -> bytes:
        """The clear reply; raises ReplyDefect."""
        try:
            data = json.loads(body.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise ReplyDefect("malformed", "not JSON") from error
        if not isinstance(data, dict) or set(data) != _FIELDS:
            raise ReplyDefect("envelope", f"the fields must be {sorted(_FIELDS)}")
        timestamp = data["timestamp"]
        if isinstance(timestamp, bool) or not isinstance(timestamp, int):
            raise ReplyDefect("envelope", "timestamp must be whole seconds, not text")
        if data["nonce"] != nonce:
            raise ReplyDefect("nonce", "not the nonce of the request")
        sealed = str(data["encrypt"])
        if not same_signature(sign(self.token, str(timestamp), nonce, sealed), str(data["msgsignature"])):
            raise ReplyDefect("signature", "msgsignature does not match")
        try:
            return self.cipher.open(sealed)
        except CipherDefect as error:
            raise ReplyDefect("cipher", str(error)) from error

    def _query(self, stamp: Stamp, sealed: str) -> dict[str, str]:
        timestamp = str(stamp.timestamp)
        signature = sign(self.token, timestamp, stamp.nonce, sealed)
        return {"msg_signature": signature, "timestamp": timestamp, "nonce": stamp.nonce}
