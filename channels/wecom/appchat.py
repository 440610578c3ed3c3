"""Group chats of members that the app makes and writes into (WeCom 90245 创建群聊会话, 90248 应用推送消息到群聊).

Members only, and only for an app whose visible range is the whole corp (else 48002). The app cannot hear what is said
there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from channels.fitting import misfit
from channels.limits import sizes
from channels.outcomes import Refused, Sent
from channels.text import clean_text
from channels.wecom.answers import Failure, answer, done, record, text, texts
from channels.wecom.api import QyApi
from channels.wecom.media import MediaKind
from channels.wecom.robot_messages import Article

CREATE, GET = "cgi-bin/appchat/create", "cgi-bin/appchat/get"
UPDATE, SEND = "cgi-bin/appchat/update", "cgi-bin/appchat/send"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppChat:
    chat_id: str
    name: str
    owner: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatText:
    """``mentions`` are userids or "@all"."""

    text: str
    mentions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMarkdown:
    markdown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMedia:
    """An image, voice, video or file that the app has uploaded."""

    kind: MediaKind
    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCard:
    """A textcard."""

    title: str
    description: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatNews:
    articles: tuple[Article, ...]


ChatMessage = ChatText | ChatMarkdown | ChatMedia | ChatCard | ChatNews


class AppChats:
    """The app's group chats. Never raises for anything the network or the platform does."""

    def __init__(self, api: QyApi) -> None:
        self._api = api

    async def create(
        self, name: str, members: tuple[str, ...], *, owner: str = "", chat_id: str = ""
    ) -> str | Failure:
        """Makes a chat of 2 to 2000 members; returns its id: ``chat_id`` where given, else the platform's.

        With a ``chat_id`` a repetition makes no second chat.
        """
        problem = misfit(
            (sizes.APPCHAT_NAME, name), (sizes.APPCHAT_MEMBERS, members), (sizes.APPCHAT_ID, chat_id)
        )
        if problem is not None:
            return problem
        body: dict[str, object] = {"name": clean_text(name), "userlist": list(members)}
        body |= {"owner": owner} if owner else {}
        body |= {"chatid": chat_id} if chat_id else {}
        given = answer(await self._api.call(CREATE, body), repeatable=bool(chat_id))
        return text(given, "chatid") if not isinstance(given, Failure) else given

    async def get(self, chat_id: str) -> AppChat | Failure:
        given = answer(await self._api.call(GET, params={"chatid": chat_id}))
        if isinstance(given, Failure):
            return given
        chat = record(given, "chat_info")
        return AppChat(
            chat_id=text(chat, "chatid") or chat_id,
            name=text(chat, "name"),
            owner=text(chat, "owner"),
            members=texts(chat, "userlist"),
        )

    async def update(
        self,
        chat_id: str,
        *,
        name: str = "",
        owner: str = "",
        add: tuple[str, ...] = (),
        remove: tuple[str, ...] = (),
    ) -> Sent | Failure:
        """Changes what is given and leaves the rest."""
        problem = misfit((sizes.APPCHAT_NAME, name))
        if problem is not None:
            return problem
        body: dict[str, object] = {"chatid": chat_id}
        body |= {"name": clean_text(name)} if name else {}
        body |= {"owner": owner} if owner else {}
        body |= {"add_user_list": list(add)} if add else {}
        body |= {"del_user_list": list(remove)} if remove else {}
        return done(await self._api.call(UPDATE, body))

    async def send(self, chat_id: str, message: ChatMessage) -> Sent | Failure:
        """Writes into the chat. A message whose answer was lost is OutcomeUnknown: nothing tells it from a second."""
        said = _said(message)
        if isinstance(said, Refused):
            return said
        body = {"chatid": chat_id, "safe": 0, **said}
        return done(await self._api.call(SEND, body, scope=chat_id), repeatable=False)


def _said(message: ChatMessage) -> Mapping[str, object] | Refused:
    """The message's part of the JSON; Refused where it is larger than the platform takes."""
    match message:
        case ChatText():
            content: dict[str, object] = {"content": clean_text(message.text)}
            content |= {"mentioned_list": list(message.mentions)} if message.mentions else {}
            return misfit((sizes.APPCHAT_TEXT, message.text)) or {"msgtype": "text", "text": content}
        case ChatMarkdown():
            markdown = {"msgtype": "markdown", "markdown": {"content": clean_text(message.markdown)}}
            return misfit((sizes.APPCHAT_MARKDOWN, message.markdown)) or markdown
        case ChatMedia():
            return {"msgtype": message.kind.value, message.kind.value: {"media_id": message.media_id}}
        case ChatCard():
            card = {"title": message.title, "description": message.description, "url": message.url}
            return {"msgtype": "textcard", "textcard": card}
        case ChatNews():
            articles = [
                {
                    "title": one.title,
                    "description": one.description,
                    "url": one.url,
                    "picurl": one.picture_url,
                }
                for one in message.articles
            ]
            return {"msgtype": "news", "news": {"articles": articles}}
        case _:
            assert_never(message)
