"""A name that somebody is known by: what platforms, the mall and people themselves call them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conversations.address import Address, Channel


class IdentifierKind(StrEnum):
    """Values are stored; never rename them."""

    OPENID = "openid"
    """A follower of one 公众号, or a user of one mini-program. ``value``: ``account:openid``."""
    UNIONID = "unionid"
    """One person at all accounts of one open-platform account."""
    EXTERNAL_USERID = "external_userid"
    """A customer of one corp in 企业微信 and 微信客服."""
    MALL_ID = "mall_id"
    """An account in the shop's own system."""
    PHONE = "phone"
    """Digits of a mainland mobile number. Stored only as a keyed hash, and encrypted for showing."""


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """``value``: as written by whoever gave the name, trimmed; a phone number as eleven digits."""

    kind: IdentifierKind
    value: str


def of_address(address: Address) -> Identifier | None:
    """Whom a conversation is with; None where nobody is a customer (colleagues in 企业微信, the terminal)."""
    match address.channel:
        case Channel.OFFICIAL:
            return Identifier(IdentifierKind.OPENID, f"{address.account}:{address.peer}")
        case Channel.KEFU:
            return Identifier(IdentifierKind.EXTERNAL_USERID, address.peer)
        case Channel.WECOM | Channel.AIBOT | Channel.TERMINAL:
            return None
