"""Scenes that the mall signs, so that whoever comes by one is known as its customer. Pure.

``x1.MALL_ID.EXPIRES.SIGNATURE``: the id as the mall writes it, seconds since 1970 in base 36, and the first 96 bits of
HMAC-SHA256 over what stands before. At most 64 characters, which is what a QR code of a 公众号 may carry.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime

LONGEST_MALL_ID = 32
_VERSION = "x1"
_SIGNATURE_BYTES = 12
_MALL_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_MALL_ID}}}")
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class SceneSigner:
    """Signs and reads. The time to expiry should be minutes: who forwards a link passes on their name with it."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def signed(self, mall_id: str, expires: datetime) -> str:
        """``expires``: aware. Raises ValueError for an id that does not fit in."""
        if not _MALL_ID.fullmatch(mall_id):
            raise ValueError(
                f"mall id {mall_id!r}: use 1 to {LONGEST_MALL_ID} letters, digits, - and _, as in M_20017"
            )
        said = f"{_VERSION}.{mall_id}.{_base36(int(expires.timestamp()))}"
        return f"{said}.{self._signature(said)}"

    def mall_id_of(self, scene: str, now: datetime) -> str | None:
        """Whom the mall says it is; None for what is not signed, is signed otherwise, or is too old."""
        said, _, signature = scene.rpartition(".")
        parts = said.split(".")
        if len(parts) != len(("version", "mall id", "expires")) or parts[0] != _VERSION:
            return None
        if not hmac.compare_digest(signature.encode(), self._signature(said).encode()):
            return None
        _, mall_id, expires = parts
        return mall_id if now.timestamp() <= int(expires, 36) else None

    def _signature(self, said: str) -> str:
        digest = hmac.new(self._secret, said.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:_SIGNATURE_BYTES]).decode()


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits
