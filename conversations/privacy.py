"""A person's words without what says who they are: before others read them, before they are kept for long. Pure."""

from __future__ import annotations

import hashlib
import re

from conversations.address import ConversationId

HIDDEN = "（已隐去）"

_KINDS = (
    r"[0-9A-Za-z._%+-]+@[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)+",  # e-mail
    r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])",  # mobile
    r"(?<![0-9A-Za-z])0[0-9]{2,3}[- ]?[0-9]{7,8}(?![0-9])",  # landline
    r"(?<![0-9A-Za-z])(?:[0-9][ -]?){12,18}[0-9Xx](?![0-9A-Za-z])",  # identity and bank cards
    r"(?:(?<=微信)|(?<=微信号)|(?<=vx)|(?<=VX)|(?<=QQ)|(?<=qq))[是号: ]*[0-9A-Za-z_-]{5,}",
    r"(?:(?<=我叫)|(?<=姓名)|(?<=收件人)|(?<=收货人)|(?<=联系人))[是: ]*[\u4e00-\u9fff]{2,4}",
    # A street address: some words, a road or estate, and a house number.
    (
        r"[\u4e00-\u9fff0-9A-Za-z]{1,20}(?:路|街|道|巷|弄|村|小区|花园|苑|大厦)"
        r"[\u4e00-\u9fff0-9A-Za-z-]{0,12}?[0-9]+(?:号|栋|幢|单元|室|楼|座)[\u4e00-\u9fff0-9A-Za-z-]{0,12}"
    ),
)
_PERSONAL = re.compile("|".join(_KINDS))
_NARROW = {0xFF01 + n: 0x21 + n for n in range(0x5E) if chr(0x21 + n).isalnum() or chr(0x21 + n) in "@+-._:"}
"""Full-width digits, letters and what stands in numbers and addresses of mail; the punctuation of sentences stays."""

_NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])[A-Za-z]{1,3}[ -]?[0-9]{8,15}(?![0-9A-Za-z])"  # an order or a parcel
    r"|(?<![0-9A-Za-z.])[0-9]{8,20}(?![0-9A-Za-z])"
)


def without_personal_data(text: str) -> str:
    """``text`` without phone numbers, e-mail, identity and card numbers, chat accounts, names and street addresses.

    Names only where somebody says that it is one. Order numbers of the shop's form stay: people need them.
    """
    return _PERSONAL.sub(HIDDEN, text.translate(_NARROW))


def without_private_numbers(text: str) -> str:
    """As ``without_personal_data``, without numbers of orders and parcels too: what is left may be kept for months.

    Dates, prices and numbers of up to seven digits stay, since questions are about them.
    """
    return _NUMBERS.sub(HIDDEN, without_personal_data(text))


def customer_tag(conversation_id: ConversationId) -> str:
    """A short name by which people can tell customers apart, and that says nothing about who it is."""
    return "客户" + hashlib.sha256(conversation_id.encode()).hexdigest()[:5].upper()
