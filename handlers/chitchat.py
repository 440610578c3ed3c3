"""A customer chats: one kind line, and back to what can be done here. Never pretends to be a person."""

from __future__ import annotations

import re

from conversations.facts import Fact
from conversations.outcomes import Outcome, say
from handlers.router import Router
from handlers.turn import Turn, settled
from intents.wording import normalise

IN_NEED = (
    "听您这么说，我很担心您。我只是机器人，帮不上更多，请跟身边信任的人说说，"
    "或拨打心理援助热线 12356；情况紧急请打 120 或 110。"
)
A_BOT = "我是机器人助手店小二，不是真人～查订单、问商品、办售后我都能帮忙；想找真人，回复“转人工”。"
NAME = "我叫店小二，是店里的机器人助手～商品、订单、售后的事都可以问我。"
SORRY = "对不起，是我没帮上忙。您说说想办什么，我再试试；想找真人，回复“转人工”。"
COMFORT = "抱抱您～您先歇一歇，会好起来的。订单和商品的事，随时交给我。"
CHAT = "聊天我不太在行，让您见笑了～商品、订单、售后的事我更拿手，有需要直接告诉我就好。"

_LINES = (
    (re.compile("不想活|活不下去|活着没意思|想自杀|要自杀|想轻生"), IN_NEED),
    (
        re.compile(
            "真人|活人|机器|人工智能|智能客服|是人吗|是不是人|程序|gpt|大模型|(?<![a-z])ai(?![a-z])"
            "|[你您].{0,5}(多大|几岁|住|工资|男|女|朋友|结婚|吃|睡|休息|感情)|嫁给我"
        ),
        A_BOT,
    ),
    (re.compile("叫(什么|啥)|名字|你是谁|贵姓|怎么称呼"), NAME),
    (re.compile("[傻笨蠢]|智障|垃圾|废物|没用|白痴|无语"), SORRY),
    (
        re.compile(
            "[累愁]|(?<!麻)烦|难过|伤心|失恋|分手|吵架|没及格|不及格|失眠|不容易|压力|郁闷|心情不好|(?<!笑)哭"
        ),
        COMFORT,
    ),
)
"""The first that fits; what asks about its body or its life is answered with what we are."""


def router() -> Router:
    """Small talk counts as understood."""
    routes = Router()

    @routes.intent("chitchat")
    async def chitchat(turn: Turn) -> Outcome:
        text = line_for(turn.text)
        context = settled(turn.conversation.context)
        return say(text, context=context, facts=(Fact(name="chat.answered", details={"bot": text is A_BOT}),))

    return routes


def line_for(text: str) -> str:
    """What is said to a piece of small talk."""
    words = normalise(text)
    return next((line for pattern, line in _LINES if pattern.search(words)), CHAT)
