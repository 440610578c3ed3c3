"""The key of the second factor: secrets are sealed for their account, recovery codes hashed under it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class FactorKeys:
    """Two keys derived from the console's one (HKDF, RFC 5869). Both results are bound to the account's id."""

    def __init__(self, key: str) -> None:
        """``key``: what ``ConsoleSettings`` has found long enough."""
        self._sealing = AESGCM(_derived(key, b"xiaoer second factor sealing"))
        self._hashing = _derived(key, b"xiaoer recovery codes")

    def sealed(self, account_id: int, secret: str) -> str:
        """Encrypted and authenticated (AES-256-GCM), different each time; URL-safe base64."""
        nonce = os.urandom(_NONCE_BYTES)
        data = nonce + self._sealing.encrypt(nonce, secret.encode(), _bound(account_id))
        return base64.urlsafe_b64encode(data).decode()

    def opened(self, account_id: int, sealed: str) -> str | None:
        """The secret again; None: sealed with another key or for another account, or changed."""
        try:
            data = base64.urlsafe_b64decode(sealed)
            return self._sealing.decrypt(
                data[:_NONCE_BYTES], data[_NONCE_BYTES:], _bound(account_id)
            ).decode()
        except (InvalidTag, ValueError):
            return None

    def hashed(self, account_id: int, code: str) -> str:
        """64 hexadecimal digits (HMAC-SHA256) of a plain recovery code."""
        return hmac.new(self._hashing, _bound(account_id) + code.encode(), hashlib.sha256).hexdigest()


def _bound(account_id: int) -> bytes:
    return f"account:{account_id}:".encode()


def _derived(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key.encode())
