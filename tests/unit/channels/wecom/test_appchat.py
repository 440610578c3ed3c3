"""The app's own group chats: calls, sizes, results."""

import pytest

from channels.outcomes import NotSent, OutcomeUnknown, Refused, Sent
from channels.wecom.appchat import (
    AppChat,
    AppChats,
    ChatCard,
    ChatMarkdown,
    ChatMedia,
    ChatMessage,
    ChatNews,
    ChatText,
)
from channels.wecom.media import MediaKind
from channels.wecom.robot_messages import Article
from tests.unit.channels.wecom.qyapi import FakeQyApi, errcode, ok


async def test_a_chat_is_made_and_its_id_returned() -> None:
    api = FakeQyApi(ok(chatid="c1"))
    assert await AppChats(api).create("值班", ("li", "wang"), owner="li") == "c1"
    assert api.asked[0].body == {"name": "值班", "userlist": ["li", "wang"], "owner": "li"}


@pytest.mark.parametrize(
    ("name", "members", "chat_id", "limit"),
    [
        ("名" * 51, ("a", "b"), "", "appchat.name"),
        ("n", ("a",), "", "appchat.members"),
        ("n", tuple(f"u{n}" for n in range(2001)), "", "appchat.members"),
        ("n", ("a", "b"), "c" * 33, "appchat.id"),
    ],
)
async def test_what_is_too_large_is_not_asked_for(
    name: str, members: tuple[str, ...], chat_id: str, limit: str
) -> None:
    api = FakeQyApi()
    made = await AppChats(api).create(name, members, chat_id=chat_id)
    assert isinstance(made, Refused)
    assert made.reason.startswith(limit)
    assert not api.asked


async def test_a_busy_platform_may_have_made_a_chat_without_an_id_of_ours() -> None:
    assert isinstance(await AppChats(FakeQyApi(errcode(-1))).create("n", ("a", "b")), OutcomeUnknown)
    assert isinstance(await AppChats(FakeQyApi(errcode(-1))).create("n", ("a", "b"), chat_id="c1"), NotSent)


async def test_a_chat_is_read() -> None:
    api = FakeQyApi(ok(chat_info={"chatid": "c1", "name": "n", "owner": "li", "userlist": ["li", "wang"]}))
    assert await AppChats(api).get("c1") == AppChat(
        chat_id="c1", name="n", owner="li", members=("li", "wang")
    )
    assert api.asked[0].params == {"chatid": "c1"}


async def test_an_update_changes_only_what_is_given() -> None:
    api = FakeQyApi()
    assert await AppChats(api).update("c1", add=("chen",), remove=("li",)) == Sent()
    assert api.asked[0].body == {"chatid": "c1", "add_user_list": ["chen"], "del_user_list": ["li"]}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (ChatText(text="hi", mentions=("li",)), {"text": {"content": "hi", "mentioned_list": ["li"]}}),
        (ChatMarkdown(markdown="# a"), {"markdown": {"content": "# a"}}),
        (ChatMedia(kind=MediaKind.FILE, media_id="m"), {"file": {"media_id": "m"}}),
        (
            ChatCard(title="t", description="d", url="u"),
            {"textcard": {"title": "t", "description": "d", "url": "u"}},
        ),
        (
            ChatNews(articles=(Article(title="t", url="u"),)),
            {"news": {"articles": [{"title": "t", "description": "", "url": "u", "picurl": ""}]}},
        ),
    ],
)
async def test_a_message_goes_into_its_chat_and_is_counted_there(
    message: ChatMessage, expected: dict[str, object]
) -> None:
    api = FakeQyApi()
    assert await AppChats(api).send("c1", message) == Sent()
    assert api.asked[0].body == {"chatid": "c1", "safe": 0, "msgtype": next(iter(expected)), **expected}
    assert api.asked[0].scope == "c1"


@pytest.mark.parametrize("message", [ChatText(text="a" * 2049), ChatMarkdown(markdown="a" * 2049)])
async def test_a_message_that_is_too_long_is_not_sent(message: ChatMessage) -> None:
    api = FakeQyApi()
    assert isinstance(await AppChats(api).send("c1", message), Refused)
    assert not api.asked


async def test_a_message_whose_answer_is_lost_may_be_there() -> None:
    lost = OutcomeUnknown(reason="no answer")
    assert await AppChats(FakeQyApi(lost)).send("c1", ChatText(text="hi")) == lost
    assert isinstance(await AppChats(FakeQyApi(errcode(-1))).send("c1", ChatText(text="hi")), OutcomeUnknown)
    assert isinstance(await AppChats(FakeQyApi(errcode(86008))).send("c1", ChatText(text="hi")), Refused)
