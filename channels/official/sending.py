"""Active replies of the 公众号: the JSON of custom/send, and who takes a transferred session. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from channels.plain import page_path, plain
from channels.text import clean_text
from conversations.replies import (
    ImageReply,
    LinkReply,
    LocationReply,
    MenuReply,
    MiniProgramReply,
    TextReply,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineAgent:
    """One of the account's own agents who is on line now."""

    account: str
    accepted_cases: int


Sayable = TextReply | ImageReply | MenuReply | LinkReply | MiniProgramReply | LocationReply
"""What custom/send takes; a place is told in words."""


def message(reply: Sayable, openid: str, *, menus: bool) -> dict[str, object]:
    """The body of custom/send.

    ``menus`` False says a menu as numbered text, for accounts that have no msgmenu.
    """
    match reply:
        case TextReply(text=text):
            return _text(text, openid)
        case ImageReply(media_id=media_id):
            return {"touser": openid, "msgtype": "image", "image": {"media_id": clean_text(media_id)}}
        case MenuReply():
            return _menu(reply, openid) if menus else _text(reply.as_text(), openid)
        case LinkReply():
            return _news(reply, openid)
        case MiniProgramReply():
            return _mini_program(reply, openid)
        case LocationReply():
            return _text(plain(reply).text, openid)
        case _:
            assert_never(reply)


def _text(text: str, openid: str) -> dict[str, object]:
    return {"touser": openid, "msgtype": "text", "text": {"content": clean_text(text)}}


def _menu(menu: MenuReply, openid: str) -> dict[str, object]:
    choices = [{"id": choice.id, "content": clean_text(choice.label)} for choice in menu.choices]
    body = {"head_content": clean_text(menu.head), "list": choices, "tail_content": clean_text(menu.tail)}
    return {"touser": openid, "msgtype": "msgmenu", "msgmenu": body}


def _news(link: LinkReply, openid: str) -> dict[str, object]:
    """One article, which is all that the platform takes (45008). ``link`` would want a picture's address."""
    article = {
        "title": clean_text(link.title),
        "description": clean_text(link.description),
        "url": clean_text(link.url),
    }
    return {"touser": openid, "msgtype": "news", "news": {"articles": [article]}}


def _mini_program(page: MiniProgramReply, openid: str) -> dict[str, object]:
    body = {
        "title": clean_text(page.title),
        "appid": page.app_id,
        "pagepath": clean_text(page_path(page)),
        "thumb_media_id": page.thumb_media_id,
    }
    return {"touser": openid, "msgtype": "miniprogrampage", "miniprogrampage": body}


def online_agents(body: Mapping[str, object]) -> tuple[OnlineAgent, ...]:
    """The agents in an answer of getonlinekflist; entries that are not of its form are left out."""
    entries = body.get("kf_online_list")
    agents = []
    for entry in entries if isinstance(entries, list) else ():
        account = entry.get("kf_account") if isinstance(entry, dict) else None
        if isinstance(account, str) and account:
            cases = entry.get("accepted_case")
            agents.append(OnlineAgent(account=account, accepted_cases=cases if isinstance(cases, int) else 0))
    return tuple(agents)


def least_busy(agents: Iterable[OnlineAgent]) -> OnlineAgent | None:
    """The agent with the fewest cases; the first of several."""
    return min(agents, key=lambda agent: agent.accepted_cases, default=None)
