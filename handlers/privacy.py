"""A customer's words as members of the shop may see them in a chat: who the customer is stays hidden. Pure."""

from __future__ import annotations

from conversations.privacy import HIDDEN, customer_tag, without_personal_data

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
