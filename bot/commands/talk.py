"""``talk``: a terminal conversation with the bot, no platform."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.config import Settings, load_settings
from bot.terminal import TerminalChannel, TerminalTalk
from bot.wiring import choose_clock, thinker
from conversations.address import Channel
from conversations.errors import Transient
from knowledge_base.service import KnowledgeBase
from storage.database import Database
from storage.migrate import migrate

talk_app = typer.Typer()


@talk_app.command()
def talk(
    config: Annotated[Path | None, typer.Option(help="Configuration file; default: config.yml.")] = None,
) -> None:
    """Talk with the bot in this terminal, until the end of the input; no platform, no secrets, no Redis."""
    asyncio.run(_talk(load_settings(config)))


async def _talk(settings: Settings) -> None:
    print("正在准备…", file=sys.stderr)
    database = Database(settings.database)
    knowledge = await KnowledgeBase.open(settings.knowledge_base)
    try:
        await migrate(database)
        if not knowledge.ready:
            print("知识库还是空的：先运行 python -m bot kb import FILE", file=sys.stderr)
        think = await thinker(
            settings,
            clock=choose_clock(settings),
            database=database,
            channels={Channel.TERMINAL: TerminalChannel()},
            knowledge=knowledge,
        )
        await _converse(TerminalTalk(think))
    finally:
        await knowledge.close()
        await database.close()


async def _converse(conversation: TerminalTalk) -> None:
    print("说点什么吧；Ctrl-D 结束。", file=sys.stderr)
    while True:
        print("您：", end="", file=sys.stderr, flush=True)
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:
            print(file=sys.stderr)
            return
        if not line.strip():
            continue
        try:
            said = await conversation.say(line.strip())
        except Transient as error:
            said = [f"（暂时做不到：{error}）"]
        for text in said:
            print(f"店小二：{text}", flush=True)
