"""A customer's words as members of the shop may see them in a chat: who the customer is stays hidden. Pure."""

from __future__ import annotations

import hashlib

from conversations.address import ConversationId
from conversations.privacy import HIDDEN, without_personal_data

__all__ = ["HIDDEN", "customer_tag", "quoted", "without_personal_data"]

_MARKUP = str.maketrans(
    {
        "<": "＜",
        ">": "＞",
        "[": "［",
        "]": "］",
        "`": "｀",
        "*": "＊",
        "_": "＿",
        "#": "＃",
        "|": "｜",
        "@": "＠",
    }
)


def quoted(text: str) -> str:
    """A customer's words without personal data, and without anything that a chat would read as a link or a mention."""
    return without_personal_data(text).translate(_MARKUP)


def customer_tag(conversation_id: ConversationId) -> str:
    """A short name by which people can tell customers apart, and that says nothing about who it is."""
    return "客户" + hashlib.sha256(conversation_id.encode()).hexdigest()[:5].upper()
