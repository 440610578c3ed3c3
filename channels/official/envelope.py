"""The envelope of 公众号 callbacks: which bodies the mode allows, whose they are; and the way back for replies.

Protocol: the platform's page 消息推送 / 消息加解密 (push/encryption).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from channels.body import Fields, is_json, parse_body
from channels.official.passive import in_json
from channels.official.settings import OfficialSettings, secret_text
from channels.sealing import OpenedCallback, Sealing, message_key, parameter, random_prefix
from conversations.address import Channel
from conversations.clock import Clock
from conversations.errors import CallbackRejected
from conversations.inbound import MessageKey

__all__ = ["Envelope", "OpenedCallback"]


class Envelope:
    """Opens and seals for one account. Raises ConfigError for a token or key of the wrong form. No I/O."""

    def __init__(
        self, settings: OfficialSettings, clock: Clock, *, prefix: Callable[[], str] = random_prefix
    ) -> None:
        settings.validate_envelope()
        self._settings = settings
        self._sealing = Sealing(
            token=secret_text(settings.token),
            encoding_aes_key=None if settings.mode == "plain" else secret_text(settings.encoding_aes_key),
            receiver=settings.app_id,
            max_age=settings.callback_max_age_seconds,
            clock=clock,
            prefix=prefix,
        )

    def verify(self, query: Mapping[str, str]) -> str:
        """The ``echostr`` to answer a GET with, unchanged. The same plain signature in all three modes."""
        echo = parameter(query, "echostr")
        if not re.fullmatch(r"[0-9A-Za-z_=+/-]{1,256}", echo):
            raise CallbackRejected("bad_echostr", status=400)
        self._sealing.check(query, "signature")
        return echo

    def open(self, query: Mapping[str, str], body: bytes) -> OpenedCallback:
        """The decrypted fields of a POST, and the key under which the inbox keeps it.

        ``query`` holds the decoded parameters of the URL. Raises CallbackRejected for anything forged, stale,
        broken or meant for somebody else, and nothing else.
        """
        outer = parse_body(body)
        if self._is_encrypted(query, outer):
            clear = self._sealing.decrypt(query, outer.get("Encrypt"))
            fields = parse_body(clear)
        else:
            self._sealing.check(query, "signature")
            clear, fields = body, outer
        if fields.get("ToUserName") != self._settings.original_id:
            raise CallbackRejected("wrong_account")
        return OpenedCallback(fields=fields, key=self.key(fields, clear), as_json=is_json(body))

    def key(self, fields: Mapping[str, object], clear_body: bytes) -> MessageKey:
        """The inbox's unique key."""
        return message_key(f"{Channel.OFFICIAL}:{self._settings.original_id}", fields, clear_body)

    def seal(self, clear_xml: str, nonce: str, at: datetime, *, as_json: bool = False) -> str:
        """``clear_xml`` as the body of the answer; clear in plain mode.

        ``nonce`` is the one of the request's URL. ``as_json`` as in the opened callback: to an account whose data
        format is JSON an answer in XML is malformed, and the shopper is told that the service is out of order.
        """
        clear = in_json(clear_xml) if as_json else clear_xml
        if self._settings.mode == "plain":
            return clear
        sealed = self._sealing.encrypt(clear, nonce, at).as_xml()
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
