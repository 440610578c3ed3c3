"""A bot of the tests, what the platform would send to it, and an address in it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from pydantic import SecretStr

from channels.aibot.envelope import AibotEnvelope
from channels.aibot.settings import AibotSettings
from conversations.address import Address, Channel
from conversations.clock import ManualClock
from simulator import crypto

BOT = "AIB-bot_1"
TOKEN = "QDG6eK"
KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
SECONDS = str(int(NOW.timestamp()))
NONCE = "263014780"
ZHANG = Address(channel=Channel.AIBOT, account=BOT, peer="zhang")
ZHANG_IN_GROUP = Address(channel=Channel.AIBOT, account=BOT, peer="wrGROUP/zhang")
URL = "https://qyapi.weixin.qq.com/cgi-bin/aibot/response?response_code=RC1"


def settings(**changed: object) -> AibotSettings:
    known: dict[str, object] = {
        "enabled": True,
        "bot_id": BOT,
        "token": SecretStr(TOKEN),
        "encoding_aes_key": SecretStr(KEY),
        "secret": SecretStr("s3cret"),
    }
    return AibotSettings.model_validate(known | changed)


def envelope() -> AibotEnvelope:
    return AibotEnvelope(settings(), ManualClock(NOW))


def message(**changed: object) -> dict[str, object]:
    """A text of Zhang's alone with the bot, as JSON that was parsed: numbers are numbers."""
    known: dict[str, object] = {
        "msgid": "CAIQz7/MjQYY",
        "aibotid": BOT,
        "chattype": "single",
        "from": {"userid": "zhang"},
        "response_url": URL,
        "create_time": int(SECONDS),
        "msgtype": "text",
        "text": {"content": "运费多少"},
    }
    return {name: value for name, value in (known | changed).items() if value is not None}


def in_group(**changed: object) -> dict[str, object]:
    return message(chattype="group", chatid="wrGROUP", **changed)


def event(name: str, **fields: object) -> dict[str, object]:
    return message(msgtype="event", text=None, response_url=None, event={"eventtype": name, **fields})


def card_event(key: str = "case.take:m1:case", **changed: object) -> dict[str, object]:
    tapped = {"card_type": "button_interaction", "event_key": key, "task_id": "case-1", **changed}
    return event("template_card_event", template_card_event=tapped)


def posted(clear: object, *, receiver: str = "", timestamp: str = SECONDS) -> tuple[dict[str, str], bytes]:
    """Query and body of a callback with this clear text, made by the simulator's own cipher."""
    text = clear if isinstance(clear, str) else json.dumps(clear, ensure_ascii=False)
    sealed = crypto.MessageCipher(key=crypto.decode_aes_key(KEY), receive_id=receiver).seal(text.encode())
    query = {
        "msg_signature": crypto.sign(TOKEN, timestamp, NONCE, sealed),
        "timestamp": timestamp,
        "nonce": NONCE,
    }
    return query, json.dumps({"encrypt": sealed}).encode()
