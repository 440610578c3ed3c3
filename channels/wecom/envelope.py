"""The envelope of the app's callbacks: members' messages, events, customer contact and 微信客服 on one URL.

Protocol: WeCom 90930 回调配置, 90238 消息格式概述, 91144 加解密方案说明. Always encrypted, XML only.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from channels.body import is_json, parse_body
from channels.sealing import OpenedCallback, Sealing, message_key, parameter, random_prefix
from channels.wecom.settings import WecomSettings, secret_text
from conversations.address import Channel
from conversations.clock import Clock
from conversations.errors import CallbackRejected
from conversations.inbound import MessageKey

LISTS = ("SelectedItem", "OptionId", "Item", "item", "AuthAddOpenKfId", "AuthDelOpenKfId")
"""Elements that may come once or more often; stored as lists in both cases."""


class WecomEnvelope:
    """Opens and seals for one app. Raises ConfigError for a corp id, token or key of the wrong form. No I/O."""

    def __init__(
        self, settings: WecomSettings, clock: Clock, *, prefix: Callable[[], str] = random_prefix
    ) -> None:
        settings.validate_envelope()
        self._corp_id = settings.corp_id
        self._sealing = Sealing(
            token=secret_text(settings.token),
            encoding_aes_key=secret_text(settings.encoding_aes_key),
            receiver=settings.corp_id,
            max_age=settings.callback_max_age_seconds,
            clock=clock,
            prefix=prefix,
        )

    def verify(self, query: Mapping[str, str]) -> str:
        """The clear text of ``echostr``, which must be the whole answer to a GET, within a second.

        ``query`` holds the decoded parameters of the URL. Raises CallbackRejected.
        """
        echo = self._sealing.decrypt(query, parameter(query, "echostr")).decode()
        if not re.fullmatch(r"[0-9A-Za-z_=+/.-]{1,256}", echo):
            raise CallbackRejected("bad_echostr", status=400)
        return echo

    def open(self, query: Mapping[str, str], body: bytes) -> OpenedCallback:
        """The decrypted fields of a POST, and the key under which the inbox keeps it.

        Raises CallbackRejected for anything forged, stale, broken or meant for another corp, and nothing else.
        """
        if is_json(body):
            raise CallbackRejected("not_xml", status=400)
        outer = parse_body(body)
        if "Encrypt" not in outer:
            raise CallbackRejected("not_encrypted")
        clear = self._sealing.decrypt(query, outer["Encrypt"])
        fields = parse_body(clear, lists=LISTS)
        if fields.get("ToUserName") != self._corp_id:
            raise CallbackRejected("wrong_account")
        return OpenedCallback(fields=fields, key=self.key(fields, clear))

    def key(self, fields: Mapping[str, object], clear_body: bytes) -> MessageKey:
        """The inbox's unique key."""
        return message_key(f"{Channel.WECOM}:{self._corp_id}", fields, clear_body)

    def seal(self, clear_xml: str, nonce: str, at: datetime, *, as_json: bool = False) -> str:
        """``clear_xml`` as the body of the answer. ``nonce`` is the one of the request's URL.

        ``as_json`` is there for the 公众号; the app's answers are always XML.
        """
        return self._sealing.encrypt(clear_xml, nonce, at).as_xml()
