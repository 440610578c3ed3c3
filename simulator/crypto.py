"""Signatures and AES envelopes as the platform computes them (docs: push/encryption, WeCom path/91144)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
"""PKCS#7 block size in bytes; the platform pads to 32 although AES itself works on 16."""

_RANDOM_BYTES = 16
_LENGTH_BYTES = 4
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")


class CipherDefect(ValueError):
    """The ciphertext is not one that the platform would accept."""


def sign(*parts: str) -> str:
    """SHA-1, lower-case hex, over the lexicographically sorted and joined parts."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def same_signature(left: str, right: str) -> bool:
    """Compare two signatures in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def decode_aes_key(text: str) -> bytes:
    """Turn the 43-character EncodingAESKey into the 32-byte key; raises ValueError when it is not one."""
    if not _AES_KEY.fullmatch(text):
        raise ValueError("EncodingAESKey must be 43 letters and digits")
    return base64.b64decode(text + "=")


def pad(data: bytes) -> bytes:
    """PKCS#7 to a multiple of 32 bytes; a full block is added when already aligned."""
    count = BLOCK - len(data) % BLOCK
    return data + bytes([count]) * count


def unpad(data: bytes) -> bytes:
    """Remove the padding; every padding byte must carry the count, and the count must be 1 to 32."""
    if not data or len(data) % BLOCK:
        raise CipherDefect(f"plaintext of {len(data)} bytes is no multiple of {BLOCK}")
    count = data[-1]
    if not 1 <= count <= BLOCK:
        raise CipherDefect(f"padding byte {count} is outside 1..{BLOCK}")
    if data[-count:] != bytes([count]) * count:
        raise CipherDefect("padding bytes differ")
    return data[:-count]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCipher:
    """AES-256-CBC with the message layout random(16) + length(4, big endian) + message + receive id."""

    key: bytes = field(repr=False)
    receive_id: str

    def seal(self, message: bytes, *, random: bytes | None = None) -> str:
        """Encrypt a message; ``random`` (16 bytes) is an argument only so that vectors can be checked."""
        prefix = os.urandom(_RANDOM_BYTES) if random is None else random
        plain = prefix + len(message).to_bytes(_LENGTH_BYTES, "big") + message + self.receive_id.encode()
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(pad(plain)) + encryptor.finalize()).decode()

    def open(self, sealed: str) -> bytes:
        """Decrypt and check everything that can be checked; raises CipherDefect with the reason."""
        try:
            data = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError) as error:
            raise CipherDefect("Encrypt is not Base64") from error
        if not data or len(data) % BLOCK:
            raise CipherDefect(f"ciphertext of {len(data)} bytes is no multiple of {BLOCK}")
        decryptor = self._cipher().decryptor()
        return self._message(unpad(decryptor.update(data) + decryptor.finalize()))

    def _message(self, plain: bytes) -> bytes:
        start = _RANDOM_BYTES + _LENGTH_BYTES
        if len(plain) < start:
            raise CipherDefect("plaintext is too short")
        end = start + int.from_bytes(plain[_RANDOM_BYTES:start], "big")
        if end > len(plain):
            raise CipherDefect("the message length points beyond the plaintext")
        if plain[end:] != self.receive_id.encode():
            raise CipherDefect("the receive id is not this account's app id")
        return plain[start:end]

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES256(self.key), modes.CBC(self.key[:16]))
