"""A customer taps the account's menu: each key stands for something that could have been typed."""

from __future__ import annotations

from dataclasses import replace

from conversations.facts import Fact
from conversations.inbound import MenuClicked
from conversations.outcomes import NOTHING, Outcome, say
from handlers.router import Router
from handlers.turn import Turn
from intents.understanding import FAQ, Understanding

FAQ_PREFIX = "faq:"
OLD_KEYS = {"hand_over": "ask_human", "thanks": "thank"}
"""Names that intents had before, by which a shop's menu may still call them."""

UNKNOWN_KEY = "这个菜单暂时没有内容。想问什么，直接打字告诉我吧～"


def router(others: Router) -> Router:
    """``faq:<text>`` asks that question; any other key names the intent in ``others`` to run (``ask_human``)."""
    routes = Router()

    @routes.intent("menu")
    async def menu(turn: Turn) -> Outcome:
        if not isinstance(turn.inbound.content, MenuClicked):
            return NOTHING
        intent, text = _meaning(turn.inbound.content.menu_key)
        handler = others.get(intent)
        if handler is None:
            return say(UNKNOWN_KEY, facts=(Fact(name="menu.unknown_key"),))
        return await handler(
            replace(turn, text=text, understanding=Understanding(intent=intent, confidence=1.0))
        )

    return routes


def _meaning(key: str) -> tuple[str, str]:
    """The intent that a menu key stands for, and the words a customer would have typed."""
    if key.startswith(FAQ_PREFIX):
        return FAQ, key.removeprefix(FAQ_PREFIX)
    return OLD_KEYS.get(key, key), ""
