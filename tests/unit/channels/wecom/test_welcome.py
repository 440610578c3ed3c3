"""Greetings: twenty seconds, once, within the sizes; templates for groups."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.outcomes import NotSent, Refused, Sent, WindowClosed
from channels.wecom.attachments import (
    Attachment,
    FileAttachment,
    ImageAttachment,
    LinkAttachment,
    MiniProgramAttachment,
    VideoAttachment,
    attached,
)
from channels.wecom.group_welcome import GroupWelcome, GroupWelcomes
from channels.wecom.welcome import Welcomes
from tests.unit.channels.wecom.qyapi import FakeQyApi, errcode, ok

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LINK = LinkAttachment(
    title="新人礼", url="https://a.cn", description="领券", picture_url="https://a.cn/p.png"
)


def greeter(api: FakeQyApi) -> Welcomes:
    return Welcomes(api, now=lambda: NOW)


@pytest.mark.parametrize(
    ("attachment", "expected"),
    [
        (ImageAttachment(media_id="m"), {"msgtype": "image", "image": {"media_id": "m"}}),
        (VideoAttachment(media_id="m"), {"msgtype": "video", "video": {"media_id": "m"}}),
        (FileAttachment(media_id="m"), {"msgtype": "file", "file": {"media_id": "m"}}),
        (
            LINK,
            {
                "msgtype": "link",
                "link": {
                    "title": "新人礼",
                    "url": "https://a.cn",
                    "desc": "领券",
                    "picurl": "https://a.cn/p.png",
                },
            },
        ),
        (
            MiniProgramAttachment(app_id="wx1", page="p.html", title="商城", picture_media_id="m"),
            {
                "msgtype": "miniprogram",
                "miniprogram": {"title": "商城", "pic_media_id": "m", "appid": "wx1", "page": "p.html"},
            },
        ),
    ],
)
def test_each_attachment_has_its_json(attachment: Attachment, expected: dict[str, object]) -> None:
    assert attached(attachment) == expected


async def test_a_greeting_spends_its_code() -> None:
    api = FakeQyApi()
    assert await greeter(api).greet("CODE", NOW - timedelta(seconds=19), "您好呀", (LINK,)) == Sent()
    assert api.asked[0].body == {
        "welcome_code": "CODE",
        "text": {"content": "您好呀"},
        "attachments": [attached(LINK)],
    }


async def test_a_code_that_has_run_out_is_not_spent() -> None:
    api = FakeQyApi()
    assert isinstance(await greeter(api).greet("CODE", NOW - timedelta(seconds=20), "您好"), WindowClosed)
    assert not api.asked


@pytest.mark.parametrize(
    ("text", "attachments", "limit"),
    [
        ("", (), "a welcome without"),
        ("好" * 1334, (), "welcome.text"),
        ("", (LINK,) * 10, "welcome.attachments"),
        ("", (LinkAttachment(title="题" * 43, url="u"),), "mass.link.title"),
        ("", (LinkAttachment(title="", url="u"),), "mass.link.title"),
        ("", (LinkAttachment(title="t", url="u", description="述" * 171),), "mass.link.desc"),
        (
            "",
            (MiniProgramAttachment(app_id="a", page="p", title="题" * 22, picture_media_id="m"),),
            "mass.miniprogram.title",
        ),
    ],
)
async def test_a_greeting_that_does_not_fit_is_refused_here(
    text: str, attachments: tuple[Attachment, ...], limit: str
) -> None:
    api = FakeQyApi()
    refused = await greeter(api).greet("CODE", NOW, text, attachments)
    assert isinstance(refused, Refused)
    assert refused.reason.startswith(limit)
    assert not api.asked


@pytest.mark.parametrize(("code", "expected"), [(41050, Refused), (41051, Refused), (41096, NotSent)])
async def test_a_spent_code_is_refused_and_one_being_spent_may_be_tried_again(
    code: int, expected: type
) -> None:
    assert isinstance(await greeter(FakeQyApi(errcode(code))).greet("CODE", NOW, "您好"), expected)


async def test_templates_are_added_edited_read_and_deleted() -> None:
    api = FakeQyApi(ok(template_id="t1"), ok(), ok(text={"content": "欢迎%NICKNAME%"}), ok())
    welcomes, welcome = GroupWelcomes(api), GroupWelcome(text="欢迎%NICKNAME%", attachment=LINK)
    assert await welcomes.add(welcome, tell_owners=True) == "t1"
    assert await welcomes.edit("t1", welcome) == Sent()
    assert await welcomes.text_of("t1") == "欢迎%NICKNAME%"
    assert await welcomes.delete("t1") == Sent()
    template = {"text": {"content": "欢迎%NICKNAME%"}, "link": attached(LINK)["link"]}
    assert [one.body for one in api.asked] == [
        {**template, "notify": 1},
        {"template_id": "t1", **template},
        {"template_id": "t1"},
        {"template_id": "t1"},
    ]


@pytest.mark.parametrize("welcome", [GroupWelcome(), GroupWelcome(text="好" * 1001)])
async def test_a_template_that_does_not_fit_is_refused_here(welcome: GroupWelcome) -> None:
    api = FakeQyApi()
    assert isinstance(await GroupWelcomes(api).add(welcome), Refused)
    assert isinstance(await GroupWelcomes(api).edit("t1", welcome), Refused)
    assert not api.asked
