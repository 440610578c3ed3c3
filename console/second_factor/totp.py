"""Codes that change with time: RFC 6238 over RFC 4226, as authenticator apps know them. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20
"""As long as the HMAC's output (RFC 4226, section 4)."""
WINDOW = 1
"""Steps before and after the present one that count: clocks of phones differ (RFC 6238, section 5.2)."""


def new_secret() -> str:
    """160 bits of chance in base32, as apps take it typed: 32 letters and digits."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def step_of(now_ms: int) -> int:
    return now_ms // 1000 // STEP_SECONDS


def code_at(secret: str, step: int, *, digits: int = DIGITS) -> str:
    """The code of this step. ``secret``: base32. Raises binascii.Error for what is not."""
    digest = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: str, code: str, *, now_ms: int, after_step: int) -> int | None:
    """The step that ``code`` belongs to; None: to none near the present, or to none after ``after_step``.

    ``after_step`` is the last one that was used: a code counts once (RFC 6238, section 5.2).
    """
    present = step_of(now_ms)
    found = None
    for step in range(present - WINDOW, present + WINDOW + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and step > after_step:
            found = step
    return found


def address_of(secret: str, *, issuer: str, login: str) -> str:
    """What the QR code says (the key URI format): ``otpauth://totp/…``. Colons would part the label wrongly."""
    issuer = issuer.replace(":", " ")
    values = {
        "secret": secret,
        "issuer": issuer,
        "algorithm": "SHA1",
        "digits": DIGITS,
        "period": STEP_SECONDS,
    }
    return f"otpauth://totp/{quote(issuer)}:{quote(login)}?{urlencode(values, quote_via=quote)}"
