"""What all callback envelopes share: signature, freshness, padding and cipher, both ways. No I/O.

Protocol: 公众号 push/encryption; WeCom 90930, 90238 and 91144; 智能机器人 101033. wechatpy does the cipher. What it
leaves open is closed here, in this order, before anything it says is believed: signature compared in constant
time, freshness, padding, receiver.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import string
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wechatpy.crypto import PrpCrypto
from wechatpy.exceptions import WeChatException

from channels.body import Fields
from conversations.clock import Clock
from conversations.errors import CallbackRejected
from conversations.inbound import MessageKey

_PREFIX_ALPHABET = string.ascii_letters + string.digits
_BLOCK = 32
_UNTYPED = (ValueError, TypeError, LookupError, struct.error, AssertionError)
"""What wechatpy lets escape for bad cipher text (binascii.Error and UnicodeDecodeError are ValueErrors)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCallback:
    """A callback that is authentic (as far as the channel goes), fresh and ours.

    The texts stay out of its repr. ``as_json``: the account's data format is JSON, so the answer must be JSON too.
    """

    fields: Fields = field(repr=False)
    key: MessageKey
    as_json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedText:
    """The four parts of an encrypted answer; ``timestamp`` in seconds since 1970."""

    encrypt: str
    signature: str
    timestamp: int
    nonce: str

    def as_xml(self) -> str:
        """The envelope of passive replies (公众号 安全模式, WeCom 90238)."""
        return (
            f"<xml>\n<Encrypt><![CDATA[{self.encrypt}]]></Encrypt>\n"
            f"<MsgSignature><![CDATA[{self.signature}]]></MsgSignature>\n"
            f"<TimeStamp>{self.timestamp}</TimeStamp>\n<Nonce><![CDATA[{self.nonce}]]></Nonce>\n</xml>"
        )


def random_prefix() -> str:
    """The 16 random characters before each clear text.

    wechatpy draws them from a predictable generator; with the protocol's fixed IV they are all that keeps
    equal texts from having equal cipher texts.
    """
    return "".join(secrets.choice(_PREFIX_ALPHABET) for _ in range(16))


def message_key(scope: str, fields: Mapping[str, object], clear_body: bytes) -> MessageKey:
    """The inbox's unique key of an XML callback: the MsgId of a message, else a hash of the clear body.

    Never the documented FromUserName + CreateTime of events: different events of one second share it. ``scope`` is
    channel and account.
    """
    message_id = fields.get("MsgId")
    is_event = str(fields.get("MsgType")).lower() == "event"
    if not is_event and isinstance(message_id, str) and re.fullmatch(r"[0-9]{1,20}", message_id):
        return MessageKey(f"{scope}:{message_id}")
    return MessageKey(f"{scope}:sha256:{hashlib.sha256(clear_body).hexdigest()}")


def parameter(query: Mapping[str, str], name: str) -> str:
    """The URL parameter ``name``; a missing or empty one raises CallbackRejected."""
    value = query.get(name)
    if not isinstance(value, str) or not value:
        raise CallbackRejected(f"no_{name}", status=400)
    return value


class Sealing:
    """Opens and seals with one callback's token and key, whose form the settings have checked.

    ``encoding_aes_key`` is None where nothing is encrypted. ``receiver`` is the id at the end of each clear text:
    AppID, CorpID, or empty. ``max_age`` in seconds.
    """

    def __init__(
        self,
        *,
        token: str,
        encoding_aes_key: str | None,
        receiver: str,
        max_age: float,
        clock: Clock,
        prefix: Callable[[], str] = random_prefix,
    ) -> None:
        self._token = token
        self._key = None if encoding_aes_key is None else base64.b64decode(encoding_aes_key + "=")
        self._receiver = receiver
        self._max_age = max_age
        self._clock = clock
        self._prefix = prefix

    def check(self, query: Mapping[str, str], name: str, *signed: str) -> None:
        """Signature ``name`` of the URL over token, timestamp, nonce and ``signed``; then freshness.

        Raises CallbackRejected.
        """
        given = parameter(query, name)
        timestamp = parameter(query, "timestamp")
        nonce = parameter(query, "nonce")
        if not hmac.compare_digest(self._sign(timestamp, nonce, *signed).encode(), _bytes(given)):
            raise CallbackRejected("bad_signature")
        if not re.fullmatch(r"[0-9]{1,12}", timestamp):
            raise CallbackRejected("bad_timestamp", status=400)
        if abs(self._clock.now().timestamp() - int(timestamp)) > self._max_age:
            raise CallbackRejected("stale")

    def decrypt(self, query: Mapping[str, str], encrypted: object) -> bytes:
        """The clear text of ``encrypted``, which ``msg_signature`` of the URL must cover.

        Raises CallbackRejected, and nothing else.
        """
        if not isinstance(encrypted, str):
            raise CallbackRejected("no_cipher_text", status=400)
        self.check(query, "msg_signature", encrypted)
        try:
            cipher = PrpCrypto(self._key)
            _check_padding(cipher.cipher.decrypt(base64.b64decode(encrypted, validate=True)))
            clear: str = cipher.decrypt(encrypted, self._receiver)
        except WeChatException:
            raise CallbackRejected("wrong_app") from None
        except _UNTYPED:
            raise CallbackRejected("bad_cipher_text", status=400) from None
        return clear.encode()

    def encrypt(self, clear: str, nonce: str, at: datetime) -> SealedText:
        """``clear`` encrypted and signed. ``nonce`` is the one of the request's URL."""
        cipher = PrpCrypto(self._key)
        cipher.get_random_string = self._prefix
        encrypted: str = cipher.encrypt(clear, self._receiver).decode()
        safe_nonce = re.sub(r"[^0-9A-Za-z_-]", "", nonce)
        timestamp = int(at.timestamp())
        return SealedText(
            encrypt=encrypted,
            signature=self._sign(str(timestamp), safe_nonce, encrypted),
            timestamp=timestamp,
            nonce=safe_nonce,
        )

    def _sign(self, *parts: str) -> str:
        joined = b"".join(sorted(_bytes(part) for part in (self._token, *parts)))
        return hashlib.sha1(joined).hexdigest()  # noqa: S324 - the protocol's digest


def _check_padding(padded: bytes) -> None:
    """PKCS#7 to multiples of 32; wechatpy reads the last byte as a length without looking at it."""
    length = padded[-1]
    if len(padded) % _BLOCK or not 1 <= length <= _BLOCK or padded[-length:] != bytes([length]) * length:
        raise CallbackRejected("bad_padding", status=400)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
