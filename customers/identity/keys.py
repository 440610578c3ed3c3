"""Phone numbers, which nobody who reads the database should see: hashed for matching, sealed for showing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from conversations.errors import ConfigError

SHORTEST_KEY = 32
_NONCE_BYTES = 12


class CustomerKeys:
    """Two keys derived from the shop's one (HKDF, RFC 5869), so that neither says anything of the other."""

    def __init__(self, key: str) -> None:
        """``key``: at least 32 characters. Raises ConfigError for a shorter one."""
        if len(key) < SHORTEST_KEY:
            raise ConfigError(
                "customers.key",
                f"is shorter than {SHORTEST_KEY} characters",
                "Set the environment variable XIAOER_CUSTOMERS__KEY, for example to `openssl rand -hex 32`",
            )
        self._matching = _derived(key, b"xiaoer phone matching")
        self._sealing = AESGCM(_derived(key, b"xiaoer phone sealing"))

    def hashed(self, phone: str) -> str:
        """64 hexadecimal digits (HMAC-SHA256), the same for the same number."""
        return hmac.new(self._matching, phone.encode(), hashlib.sha256).hexdigest()

    def sealed(self, phone: str) -> str:
        """Encrypted and authenticated (AES-256-GCM), different each time; URL-safe base64."""
        nonce = os.urandom(_NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._sealing.encrypt(nonce, phone.encode(), None)).decode()

    def opened(self, sealed: str) -> str | None:
        """The number again; None when it was sealed with another key, or changed."""
        try:
            data = base64.urlsafe_b64decode(sealed)
            return self._sealing.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], None).decode()
        except (InvalidTag, ValueError):
            return None


def _derived(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
