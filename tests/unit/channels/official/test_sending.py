"""Active replies: the JSON of custom/send, and who gets a transferred session."""

import pytest

from channels.official.sending import OnlineAgent, least_busy, message, online_agents
from conversations.replies import (
    Choice,
    ImageReply,
    LinkReply,
    LocationReply,
    MenuReply,
    MiniProgramReply,
    TextReply,
)

MENU = MenuReply(head="您想问：", choices=(Choice(id="7", label="退货\x00"),), tail="或者回复 0")


def test_messages() -> None:
    assert message(TextReply(text="好\x00的"), "oA", menus=True) == {
        "touser": "oA",
        "msgtype": "text",
        "text": {"content": "好的"},
    }
    assert message(ImageReply(media_id="m1"), "oA", menus=True) == {
        "touser": "oA",
        "msgtype": "image",
        "image": {"media_id": "m1"},
    }
    assert message(MENU, "oA", menus=True) == {
        "touser": "oA",
        "msgtype": "msgmenu",
        "msgmenu": {
            "head_content": "您想问：",
            "list": [{"id": "7", "content": "退货"}],
            "tail_content": "或者回复 0",
        },
    }
    assert message(MENU, "oA", menus=False)["text"] == {"content": "您想问：\n1. 退货\n或者回复 0"}


def test_links_mini_programs_and_places() -> None:
    link = LinkReply(title="退货说明", url="https://a.example.com", description="七天\x00")
    assert message(link, "oA", menus=True) == {
        "touser": "oA",
        "msgtype": "news",
        "news": {"articles": [{"title": "退货说明", "description": "七天", "url": "https://a.example.com"}]},
    }
    page = MiniProgramReply(app_id="wx1", page="pages/a.html", title="苹果", thumb_media_id="m1")
    assert message(page, "oA", menus=True) == {
        "touser": "oA",
        "msgtype": "miniprogrampage",
        "miniprogrampage": {
            "title": "苹果",
            "appid": "wx1",
            "pagepath": "pages/a",
            "thumb_media_id": "m1",
        },
    }
    place = LocationReply(name="总店", address="某某路 1 号", latitude=30.0, longitude=120.0)
    assert message(place, "oA", menus=True)["text"] == {"content": "总店\n某某路 1 号"}


@pytest.mark.parametrize(
    ("body", "accounts"),
    [
        ({"kf_online_list": [{"kf_account": "a@s", "status": 1, "accepted_case": 2}]}, ["a@s"]),
        ({"kf_online_list": [{"kf_account": 7}, "x", None, {}]}, []),
        ({"kf_online_list": "none"}, []),
        ({}, []),
    ],
)
def test_online_agents_are_read_leniently(body: dict[str, object], accounts: list[str]) -> None:
    assert [agent.account for agent in online_agents(body)] == accounts


def test_the_least_busy_agent_takes_the_session() -> None:
    agents = [
        OnlineAgent(account=name, accepted_cases=cases) for name, cases in (("a", 3), ("b", 1), ("c", 1))
    ]
    assert least_busy(agents) == agents[1]
    assert least_busy([]) is None
