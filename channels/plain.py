"""Any reply in words, for channels and routes that lack its type. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

from conversations.replies import (
    CardReply,
    CardUpdate,
    CodedReply,
    ImageReply,
    LinkReply,
    LocationReply,
    MenuReply,
    MiniProgramReply,
    Reply,
    TextReply,
    TransferReply,
)


def plain(reply: Reply) -> TextReply:
    """``reply`` as text; empty when it holds no words."""
    match reply:
        case TextReply():
            return reply
        case CodedReply():
            return plain(reply.reply)
        case _:
            return TextReply(text="\n".join(line for line in _lines(reply) if line))


_NotText = (
    ImageReply
    | MenuReply
    | LinkReply
    | MiniProgramReply
    | LocationReply
    | CardReply
    | CardUpdate
    | TransferReply
)


def _lines(reply: _NotText) -> Sequence[str]:  # noqa: C901, PLR0911 - one case for each type
    match reply:
        case MenuReply():
            return (reply.as_text(),)
        case ImageReply():
            return ("［图片］",)
        case LinkReply():
            return (reply.title, reply.description, reply.url)
        case MiniProgramReply():
            return (reply.title, "（请在手机微信里打开我们的小程序查看）")
        case LocationReply():
            return (reply.name, reply.address)
        case CardReply():
            return _card_lines(reply.card)
        case CardUpdate():
            return (reply.button,)
        case TransferReply():
            return (reply.connecting,)
        case _:
            assert_never(reply)


def page_path(reply: MiniProgramReply) -> str:
    """The page without the ``.html`` that only 微信客服 and customer contact want after its path."""
    path, mark, query = reply.page.partition("?")
    return path.removesuffix(".html") + mark + query


def _card_lines(card: Mapping[str, object]) -> list[str]:
    """The texts of a template card (WeCom 90236) from top to bottom, without its buttons."""
    title = card.get("main_title")
    lines = [_text(title, "title"), _text(title, "desc"), _text(card, "sub_title_text")]
    rows = card.get("horizontal_content_list")
    for row in rows if isinstance(rows, list | tuple) else ():
        name, value = _text(row, "keyname"), _text(row, "value")
        lines.append(f"{name}：{value}" if name and value else name or value)
    return lines


def _text(parent: object, name: str) -> str:
    value = parent.get(name) if isinstance(parent, Mapping) else None
    return value if isinstance(value, str) else ""
