"""The JSON of a group robot's messages, and what is too large for them."""

import base64

import pytest

from channels.outcomes import Refused
from channels.wecom.robot_messages import (
    Article,
    RobotCard,
    RobotFile,
    RobotImage,
    RobotMarkdown,
    RobotMessage,
    RobotNews,
    RobotText,
    RobotVoice,
    body,
)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (RobotText(text="开会\x00啦"), {"msgtype": "text", "text": {"content": "开会啦"}}),
        (
            RobotText(text="看", mentions=("li", "@all"), mobiles=("13800000000",)),
            {
                "msgtype": "text",
                "text": {
                    "content": "看",
                    "mentioned_list": ["li", "@all"],
                    "mentioned_mobile_list": ["13800000000"],
                },
            },
        ),
        (RobotMarkdown(markdown="**a**"), {"msgtype": "markdown", "markdown": {"content": "**a**"}}),
        (
            RobotMarkdown(markdown="|a|", rich=True),
            {"msgtype": "markdown_v2", "markdown_v2": {"content": "|a|"}},
        ),
        (
            RobotImage(content=b"abc"),
            {
                "msgtype": "image",
                "image": {
                    "base64": base64.b64encode(b"abc").decode(),
                    "md5": "900150983cd24fb0d6963f7d28e17f72",
                },
            },
        ),
        (
            RobotNews(
                articles=(Article(title="新品", url="https://a.cn", picture_url="https://a.cn/p.png"),)
            ),
            {
                "msgtype": "news",
                "news": {
                    "articles": [{"title": "新品", "url": "https://a.cn", "picurl": "https://a.cn/p.png"}]
                },
            },
        ),
        (RobotFile(media_id="m1"), {"msgtype": "file", "file": {"media_id": "m1"}}),
        (RobotVoice(media_id="m2"), {"msgtype": "voice", "voice": {"media_id": "m2"}}),
        (
            RobotCard(card={"card_type": "text_notice"}),
            {"msgtype": "template_card", "template_card": {"card_type": "text_notice"}},
        ),
    ],
)
def test_each_type_has_its_json(message: RobotMessage, expected: dict[str, object]) -> None:
    assert body(message) == expected


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        (RobotText(text="好" * 683), "robot.text"),
        (RobotMarkdown(markdown="a" * 4097), "robot.markdown"),
        (RobotMarkdown(markdown="a" * 4097, rich=True), "robot.markdown"),
        (RobotImage(content=bytes(2 * 1024 * 1024 + 1)), "robot.image"),
        (RobotNews(articles=()), "robot.news"),
        (RobotNews(articles=(Article(title="t", url="u"),) * 9), "robot.news"),
        (RobotNews(articles=(Article(title="", url="u"),)), "robot.news.title"),
        (RobotNews(articles=(Article(title="题" * 43, url="u"),)), "robot.news.title"),
        (
            RobotNews(articles=(Article(title="t", url="u", description="述" * 171),)),
            "robot.news.description",
        ),
        (RobotCard(card={"card_type": "button_interaction"}), "a robot's card"),
    ],
)
def test_what_the_platform_would_refuse_is_refused_here(message: RobotMessage, limit: str) -> None:
    refused = body(message)
    assert isinstance(refused, Refused)
    assert refused.reason.startswith(limit)


@pytest.mark.parametrize(
    "message",
    [
        RobotText(text="好" * 682 + "ab"),
        RobotMarkdown(markdown="a" * 4096),
        RobotImage(content=bytes(2 * 1024 * 1024)),
        RobotNews(articles=(Article(title="t" * 128, url="u", description="d" * 512),) * 8),
    ],
)
def test_what_just_fits_is_sent(message: RobotMessage) -> None:
    assert not isinstance(body(message), Refused)
