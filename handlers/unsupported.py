"""A customer sends what we cannot read: a picture, a sticker, a voice nobody transcribed, a place."""

from __future__ import annotations

from conversations.facts import Fact
from conversations.inbound import Content, Image, Link, Location, Video, Voice
from conversations.outcomes import Outcome, say
from handlers.router import Router
from handlers.turn import Turn

PICTURE = "图片我还看不懂。麻烦用文字说一下想问什么；要给客服看图，回复“转人工”。"
VOICE = "这条语音我没听清，麻烦打字告诉我，好吗？"
VIDEO = "视频我还看不了。麻烦用文字说一下情况；要给客服看视频，回复“转人工”。"
PLACE = "位置收到了，可我还不会看地图。想找门店或自提点，直接告诉我城市和区就行。"
LINK = "链接我还打不开。把商品名或想问的事直接发给我吧～"
ANYTHING = "这种消息我还看不懂，麻烦用文字告诉我，好吗？"


def router() -> Router:
    """Says what we cannot read and what helps instead. It is our limit, so it does not count as a miss."""
    routes = Router()

    @routes.intent("unsupported")
    async def unsupported(turn: Turn) -> Outcome:
        content = turn.inbound.content
        fact = Fact(name="message.unsupported", details={"kind": type(content).__name__.lower()})
        return say(_text_for(content), facts=(fact,))

    return routes


def _text_for(content: Content) -> str:
    match content:
        case Image():
            return PICTURE
        case Voice():
            return VOICE
        case Video():
            return VIDEO
        case Location():
            return PLACE
        case Link():
            return LINK
        case _:
            return ANYTHING
