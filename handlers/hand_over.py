"""A customer asks for a person."""

from __future__ import annotations

from dataclasses import replace

from conversations.facts import Fact
from conversations.outcomes import HandOver, HandOverReason, Outcome, Say
from conversations.replies import ReplyKind, TextReply
from handlers.guided.summary import under_way
from handlers.router import Router
from handlers.turn import Turn, settled

PROMISE = "好的，已经替您记下来转给人工客服了。{when}等的时候有别的事，也可以继续问我。"
CONNECTING = "好的，正在为您转接人工客服，请稍等～"
ANY_HOUR = "客服看到后，会直接在这里回复您。"
AT_HOURS = "人工服务时间：{hours}，" + ANY_HOUR

SUMMARY_LENGTH = 60
WITHOUT_WORDS = "（从菜单进来，没有留言）"


def router(*, service_hours: str | None) -> Router:
    """``service_hours`` as people read them ("每天 9:00–21:00"); None when people are there at any hour."""
    routes = Router()
    promise = PROMISE.format(when=when_people_answer(service_hours))

    @routes.intent("ask_human")
    async def ask_human(turn: Turn) -> Outcome:
        return handed_over(turn, HandOverReason.ASKED_FOR, promise)

    return routes


def when_people_answer(service_hours: str | None) -> str:
    """The sentence that says when and where a person answers."""
    return AT_HOURS.format(hours=service_hours) if service_hours else ANY_HOUR


def handed_over(
    turn: Turn, reason: HandOverReason, text: str, *, connecting: str = CONNECTING, about: str = ""
) -> Outcome:
    """The outcome of every hand-over: the case, what is said about it, and a clean context.

    ``connecting`` is said instead of ``text`` where people take the session at once; ``about`` goes before the
    customer's words in the case. A guided conversation under way ends, and people hear what it has collected.
    """
    context = turn.conversation.context
    words = "。".join(part for part in (under_way(context), summary(about + turn.text)) if part)
    return Outcome(
        says=(Say(reply=TextReply(text=text), kind=ReplyKind.TRANSITION),),
        hand_over=HandOver(reason=reason, summary=words, connecting=connecting),
        context=replace(settled(context), guided=None, later=None),
        facts=(Fact(name="hand_over.asked", details={"reason": reason.value}),),
    )


def summary(text: str) -> str:
    """The customer's last words on one line, at most 60 characters."""
    line = " ".join(text.split()) or WITHOUT_WORDS
    return line if len(line) <= SUMMARY_LENGTH else line[: SUMMARY_LENGTH - 1] + "…"
