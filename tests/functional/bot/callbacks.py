"""Callbacks made by hand, well and badly: an independent sealing of bodies for a running world."""

from __future__ import annotations

import base64
import hashlib
import secrets
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.functional.world import World

BLOCK = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    query: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Seals for the account whose secrets these are.

    The platform's page push/encryption: AES-256-CBC with the vector from the key, SHA-1 over the sorted parts.
    """

    token: str
    key: bytes
    app_id: str = "wx00demo00demo00"
    original_id: str = "gh_demo"

    @classmethod
    def of(cls, world: World) -> Sealer:
        environment = world.environment
        return cls(
            token=environment["XIAOER_OFFICIAL__TOKEN"],
            key=base64.b64decode(environment["XIAOER_OFFICIAL__ENCODING_AES_KEY"] + "="),
        )

    def text(self, content: str, *, peer: str = "o_by_hand", extra: str = "") -> str:
        """The clear XML of a text message; ``content`` is put in as it is."""
        number = secrets.randbelow(10**18)
        return (
            f"<xml><ToUserName>{self.original_id}</ToUserName><FromUserName>{peer}</FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime><MsgType>text</MsgType>"
            f"<Content>{content}</Content><MsgId>{number}</MsgId>{extra}</xml>"
        )

    def seal(self, clear: str | bytes, *, app_id: str | None = None, age: int = 0) -> Callback:
        """As the platform would send it; ``age`` in seconds, negative for the future."""
        encrypted = self.encrypt(clear if isinstance(clear, bytes) else clear.encode(), app_id or self.app_id)
        body = f"<xml><ToUserName>{self.original_id}</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"
        return Callback(query=self.signed(encrypted, age=age), body=body.encode())

    def encrypt(self, clear: bytes, app_id: str) -> str:
        message = secrets.token_bytes(16) + struct.pack(">I", len(clear)) + clear + app_id.encode()
        padding = BLOCK - len(message) % BLOCK
        cipher = Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16])).encryptor()
        return base64.b64encode(
            cipher.update(message + bytes([padding]) * padding) + cipher.finalize()
        ).decode()

    def signed(self, encrypted: str, *, age: int = 0) -> dict[str, str]:
        timestamp, nonce = str(int(time.time()) - age), secrets.token_hex(5)
        return {
            "signature": self._digest(timestamp, nonce),
            "timestamp": timestamp,
            "nonce": nonce,
            "openid": "o_by_hand",
            "encrypt_type": "aes",
            "msg_signature": self._digest(timestamp, nonce, encrypted),
        }

    def _digest(self, *parts: str) -> str:
        return hashlib.sha1("".join(sorted((self.token, *parts))).encode()).hexdigest()
