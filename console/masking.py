"""Personal data as everybody may see it: enough to recognise, too little to use. Pure.

What is behind a mask is shown by an act that is itself logged (``console.revealing``).
"""

from __future__ import annotations

import re

DOTS = "••••"

_PHONE = re.compile(r"(?<!\d)(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{4})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)\d{6}(?:19|20)\d{9}[\dXx](?![\dXx])")
_MAIL = re.compile(r"([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
_CARD = re.compile(r"(?<!\d)\d{12,15}(\d{4})(?!\d)")


def mask_name(name: str) -> str:
    """王小明 → 王••; Anna → A••; empty stays empty."""
    name = name.strip()
    return f"{name[0]}••" if name else ""


def mask_phone(phone: str) -> str:
    """13812345678 → 138••••5678; anything too short for that is dots alone."""
    digits = re.sub(r"\D", "", phone)
    return f"{digits[:-8]}{DOTS}{digits[-4:]}" if len(digits) >= 9 else DOTS


def mask_id(identifier: str) -> str:
    """An openid, userid or order number → its first two and last two characters; short ones the first alone."""
    if len(identifier) < 8:
        return f"{identifier[:1]}{DOTS}" if identifier else ""
    return f"{identifier[:2]}{DOTS}{identifier[-2:]}"


def mask_address(address: str) -> str:
    """An IP address → its first half: 203.0.113.9 → 203.0.•.•, 2001:db8::1 → 2001:db8:•."""
    if ":" in address:
        return ":".join([*[part for part in address.split(":") if part][:2], "•"])
    parts = address.split(".")
    return ".".join([*parts[:2], "•", "•"]) if len(parts) == 4 else (DOTS if address else "")


def mask_text(text: str) -> str:
    """Free text with phone, identity-card, bank-card numbers and mail addresses masked; everything else as it is."""
    text = _IDENTITY.sub(lambda found: f"{found[0][:3]}{DOTS}{found[0][-2:]}", text)
    text = _PHONE.sub(rf"\1{DOTS}\3", text)
    text = _CARD.sub(rf"{DOTS}\1", text)
    return _MAIL.sub(rf"\1{DOTS}@\2", text)
