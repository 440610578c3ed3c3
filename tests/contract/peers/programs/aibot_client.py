"""A bot on the official SDK: streams its answers, greets, updates cards. Address, id and secret as JSON argument.

The simulator speaks no TLS, so the SDK's TLS settings are taken away; everything else is as installed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import aibot.ws  # type: ignore[import-not-found]
from aibot import WSClient, WSClientOptions

aibot.ws._SSL_CONTEXT = None
CARD = {"card_type": "button_interaction", "task_id": "t1", "main_title": {"title": "接单？"}}


def tell(**what: object) -> None:
    sys.stdout.write(json.dumps(what, ensure_ascii=False) + "\n")
    sys.stdout.flush()


async def main() -> None:
    settings = json.loads(sys.argv[1])
    options = WSClientOptions(
        bot_id=settings["bot_id"],
        secret=settings["secret"],
        ws_url=settings["url"],
        heartbeat_interval=200,
        max_reconnect_attempts=0,
    )
    client = WSClient(options)

    async def answer(frame: Any) -> None:
        words = frame["body"]["text"]["content"]
        if words == "卡片":
            tell(ack=await client.reply_template_card(frame, CARD))
        elif words == "主动":
            body = {"msgtype": "markdown", "markdown": {"content": "**早**"}}
            tell(ack=await client.send_message(frame["body"]["from"]["userid"], body))
        else:
            tell(ack=await client.reply_stream(frame, "S1", "想", False))
            tell(ack=await client.reply_stream(frame, "S1", f"echo:{words}", True))

    async def greet(frame: Any) -> None:
        tell(ack=await client.reply_welcome(frame, {"msgtype": "text", "text": {"content": "欢迎"}}))

    async def update(frame: Any) -> None:
        tell(ack=await client.update_template_card(frame, {**CARD, "main_title": {"title": "已接单"}}))

    client.on("authenticated", lambda *_: tell(state="authenticated"))
    client.on("error", lambda error: tell(error=str(error)))
    client.on("event.disconnected_event", lambda *_: tell(state="kicked"))
    client.on("message.text", answer)
    client.on("event.enter_chat", greet)
    client.on("event.template_card_event", update)
    await client.connect()
    await asyncio.Event().wait()


asyncio.run(main())
