"""What is said to an event at once, without thinking: the welcome, "a person is here", the farewell.

Their codes end after seconds (WeCom 95122), so these texts wait for no turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from conversations.inbound import AgentSession, AgentSessionChange, Content, EnteredSession
from conversations.replies import Choice, MenuReply, TextReply

AtOnce = Callable[[Content], TextReply | MenuReply | None]

WELCOME = "欢迎来到{shop}！我是机器人助手店小二，商品、物流、售后都可以直接问我。\n大家常问："
FIND_A_PERSON = "找真人请回复“转人工”。"
PERSON_IS_HERE = "人工客服已经接入，您可以接着说～"
FAREWELL = "本次人工服务到这里就结束了，谢谢您～还有问题随时发给我，我是机器人助手店小二。"
MOST_SAMPLES = 8


def at_once(*, shop_name: str, samples: Sequence[str]) -> AtOnce:
    """Greets with questions to tap. ``samples`` are whole questions; a tap says one of them."""
    choices = tuple(
        Choice(id=f"sample-{number}", label=sample) for number, sample in enumerate(samples[:MOST_SAMPLES], 1)
    )
    head = WELCOME.format(shop=shop_name)
    welcome: TextReply | MenuReply = (
        MenuReply(head=head, choices=choices, tail=FIND_A_PERSON)
        if choices
        else TextReply(text=f"{head.splitlines()[0]}\n{FIND_A_PERSON}")
    )

    def say(content: Content) -> TextReply | MenuReply | None:
        match content:
            case EnteredSession():
                return welcome
            case AgentSession(change=AgentSessionChange.CREATED):
                return TextReply(text=PERSON_IS_HERE)
            case AgentSession(change=AgentSessionChange.CLOSED):
                return TextReply(text=FAREWELL)
            case _:
                return None

    return say
