"""The envelope of the AI bot's callbacks: encrypted JSON both ways (WeCom 101033, 91144). No I/O."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from channels.aibot.settings import AibotSettings, secret_text
from channels.body import is_json, parse_body
from channels.sealing import OpenedCallback, Sealing, parameter, random_prefix
from conversations.address import Channel
from conversations.clock import Clock
from conversations.errors import CallbackRejected
from conversations.inbound import MessageKey

_OWN_ENTERPRISE = ""
"""The receiver's id at the end of each clear text: empty for a bot of one's own enterprise."""


class AibotEnvelope:
    """Opens and seals for one bot. Raises ConfigError for a token or key of the wrong form."""

    def __init__(
        self, settings: AibotSettings, clock: Clock, *, prefix: Callable[[], str] = random_prefix
    ) -> None:
        settings.validate_envelope()
        self._bot_id = settings.bot_id
        self._sealing = Sealing(
            token=secret_text(settings.token),
            encoding_aes_key=secret_text(settings.encoding_aes_key),
            receiver=_OWN_ENTERPRISE,
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

        Raises CallbackRejected for anything forged, stale, broken or meant for another bot, and nothing else.
        """
        if not is_json(body):
            raise CallbackRejected("not_json", status=400)
        outer = parse_body(body)
        if "encrypt" not in outer:
            raise CallbackRejected("not_encrypted")
        clear = self._sealing.decrypt(query, outer["encrypt"])
        if not is_json(clear):
            raise CallbackRejected("not_json", status=400)
        fields = parse_body(clear)
        if fields.get("aibotid") != self._bot_id:
            raise CallbackRejected("wrong_account")
        return OpenedCallback(fields=fields, key=message_key(self._bot_id, fields, clear), as_json=True)

    def seal(self, clear: str, nonce: str, at: datetime, *, as_json: bool = True) -> str:
        """``clear`` as the body of the answer, always JSON. ``nonce`` is the one of the request's URL."""
        sealed = self._sealing.encrypt(clear, nonce, at)
        answer = {
            "encrypt": sealed.encrypt,
            "msgsignature": sealed.signature,
            "timestamp": sealed.timestamp,
            "nonce": sealed.nonce,
        }
        return json.dumps(answer)


def message_key(bot_id: str, fields: Mapping[str, object], clear: bytes) -> MessageKey:
    """The inbox's unique key: the msgid, which events have too; else a hash of the clear body."""
    scope = f"{Channel.AIBOT}:{bot_id}"
    msgid = fields.get("msgid")
    if isinstance(msgid, str) and re.fullmatch(r"[0-9A-Za-z_.=+/-]{1,128}", msgid):
        return MessageKey(f"{scope}:{msgid}")
    return MessageKey(f"{scope}:sha256:{hashlib.sha256(clear).hexdigest()}")
