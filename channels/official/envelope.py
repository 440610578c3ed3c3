"""The envelope of 公众号 callbacks: signature, freshness, cipher, receiver; and the way back for replies.

Protocol: the platform's page 消息推送 / 消息加解密 (push/encryption). wechatpy does the cipher. What it
leaves open is closed here, in this order, before anything it says is believed: signature compared in constant
time, freshness, padding, application id, document, receiver.
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
from typing import Any

from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.exceptions import WeChatException

from channels.official.body import Fields, is_json, parse_body
from channels.official.passive import in_json
from channels.official.settings import OfficialSettings, secret_text
from conversations.address import Channel
from conversations.clock import Clock
from conversations.errors import CallbackRejected
from conversations.inbound import MessageKey

_PREFIX_ALPHABET = string.ascii_letters + string.digits
_BLOCK = 32
_UNTYPED = (ValueError, TypeError, LookupError, struct.error, AssertionError)
"""What wechatpy lets escape for bad cipher text (binascii.Error and UnicodeDecodeError are ValueErrors)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCallback:
    """A callback that is authentic (as far as the mode goes), fresh and ours.

    The texts stay out of its repr. ``as_json``: the account's data format is JSON, so the answer must be JSON too.
    """

    fields: Fields = field(repr=False)
    key: MessageKey
    as_json: bool = False


def random_prefix() -> str:
    """The 16 random characters before each clear text.

    wechatpy draws them from a predictable generator; with the protocol's fixed IV they are all that keeps
    equal texts from having equal cipher texts.
    """
    return "".join(secrets.choice(_PREFIX_ALPHABET) for _ in range(16))


class Envelope:
    """Opens and seals for one account. Raises ConfigError for a token or key of the wrong form. No I/O."""

    def __init__(
        self, settings: OfficialSettings, clock: Clock, *, prefix: Callable[[], str] = random_prefix
    ) -> None:
        settings.validate_envelope()
        self._settings = settings
        self._clock = clock
        self._prefix = prefix
        self._token = secret_text(settings.token)
        self._crypto: Any = None
        if settings.mode != "plain":
            self._crypto = WeChatCrypto(self._token, secret_text(settings.encoding_aes_key), settings.app_id)

    def verify(self, query: Mapping[str, str]) -> str:
        """The ``echostr`` to answer a GET with, unchanged. The same plain signature in all three modes."""
        echo = _parameter(query, "echostr")
        if not re.fullmatch(r"[0-9A-Za-z_=+/-]{1,256}", echo):
            raise CallbackRejected("bad_echostr", status=400)
        self._check(query, "signature")
        return echo

    def open(self, query: Mapping[str, str], body: bytes) -> OpenedCallback:
        """The decrypted fields of a POST, and the key under which the inbox keeps it.

        ``query`` holds the decoded parameters of the URL. Raises CallbackRejected for anything forged, stale,
        broken or meant for somebody else, and nothing else.
        """
        outer = parse_body(body)
        if self._is_encrypted(query, outer):
            clear = self._decrypt(query, outer.get("Encrypt"))
            fields = parse_body(clear)
        else:
            self._check(query, "signature")
            clear, fields = body, outer
        if fields.get("ToUserName") != self._settings.original_id:
            raise CallbackRejected("wrong_account")
        return OpenedCallback(fields=fields, key=self.key(fields, clear), as_json=is_json(body))

    def key(self, fields: Mapping[str, object], clear_body: bytes) -> MessageKey:
        """The inbox's unique key: the MsgId of a message, else a hash of the clear body.

        Never the documented FromUserName + CreateTime of events: different events of one second share it.
        """
        scope = f"{Channel.OFFICIAL}:{self._settings.original_id}"
        message_id = fields.get("MsgId")
        is_event = str(fields.get("MsgType")).lower() == "event"
        if not is_event and isinstance(message_id, str) and re.fullmatch(r"[0-9]{1,20}", message_id):
            return MessageKey(f"{scope}:{message_id}")
        return MessageKey(f"{scope}:sha256:{hashlib.sha256(clear_body).hexdigest()}")

    def seal(self, clear_xml: str, nonce: str, at: datetime, *, as_json: bool = False) -> str:
        """``clear_xml`` as the body of the answer; clear in plain mode.

        ``nonce`` is the one of the request's URL. ``as_json`` as in the opened callback: to an account whose data
        format is JSON an answer in XML is malformed, and the shopper is told that the service is out of order.
        """
        clear = in_json(clear_xml) if as_json else clear_xml
        if self._crypto is None:
            return clear
        safe_nonce = re.sub(r"[^0-9A-Za-z_-]", "", nonce)
        sealed: str = self._crypto._encrypt_message(
            clear, safe_nonce, str(int(at.timestamp())), self._cipher_with_prefix
        )
        return in_json(sealed) if as_json else sealed

    def _is_encrypted(self, query: Mapping[str, str], outer: Fields) -> bool:
        """Which of the two checks this body must pass; what the mode does not allow is refused.

        compat carries clear and encrypted fields side by side; then only the encrypted ones count. A compat
        body without any cipher text is taken as plain, which is what makes compat no safer than plain.
        """
        claims_cipher = "Encrypt" in outer or "msg_signature" in query or query.get("encrypt_type") == "aes"
        match self._settings.mode:
            case "secure":
                if "Encrypt" not in outer:
                    raise CallbackRejected("not_encrypted")
                return True
            case "compat":
                return claims_cipher
            case "plain":
                if "Encrypt" in outer and "MsgType" not in outer:
                    raise CallbackRejected("encrypted", status=400)
                return False

    def _decrypt(self, query: Mapping[str, str], encrypted: object) -> bytes:
        if not isinstance(encrypted, str):
            raise CallbackRejected("no_cipher_text", status=400)
        self._check(query, "msg_signature", encrypted)
        try:
            self._check_padding(encrypted)
            clear: str = self._crypto.decrypt_message(
                {"Encrypt": encrypted}, query["msg_signature"], query["timestamp"], query["nonce"]
            )
        except WeChatException:
            raise CallbackRejected("wrong_app") from None
        except _UNTYPED:
            raise CallbackRejected("bad_cipher_text", status=400) from None
        return clear.encode()

    def _check_padding(self, encrypted: str) -> None:
        """PKCS#7 to multiples of 32; wechatpy reads the last byte as a length without looking at it."""
        cipher = PrpCrypto(self._crypto.key).cipher
        padded: bytes = cipher.decrypt(base64.b64decode(encrypted, validate=True))
        length = padded[-1]
        if len(padded) % _BLOCK or not 1 <= length <= _BLOCK or padded[-length:] != bytes([length]) * length:
            raise CallbackRejected("bad_padding", status=400)

    def _check(self, query: Mapping[str, str], name: str, *signed: str) -> None:
        """Signature ``name`` over token, timestamp, nonce and ``signed``; then freshness."""
        given = _parameter(query, name)
        timestamp = _parameter(query, "timestamp")
        nonce = _parameter(query, "nonce")
        parts = sorted(_bytes(part) for part in (self._token, timestamp, nonce, *signed))
        expected = hashlib.sha1(b"".join(parts)).hexdigest()  # noqa: S324 - the protocol's digest
        if not hmac.compare_digest(expected.encode(), _bytes(given)):
            raise CallbackRejected("bad_signature")
        if not re.fullmatch(r"[0-9]{1,12}", timestamp):
            raise CallbackRejected("bad_timestamp", status=400)
        if abs(self._clock.now().timestamp() - int(timestamp)) > self._settings.callback_max_age_seconds:
            raise CallbackRejected("stale")

    def _cipher_with_prefix(self, key: bytes) -> Any:
        cipher = PrpCrypto(key)
        cipher.get_random_string = self._prefix
        return cipher


def _parameter(query: Mapping[str, str], name: str) -> str:
    value = query.get(name)
    if not isinstance(value, str) or not value:
        raise CallbackRejected(f"no_{name}", status=400)
    return value


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
