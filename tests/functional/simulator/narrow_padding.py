"""The mistake of libraries that pad to AES's block of 16 instead of the platform's 32."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from simulator.crypto import MessageCipher


@dataclass(frozen=True, slots=True)
class NarrowCipher:
    """Seals so that the padding is right by 16 and wrong by 32, whatever the length."""

    right: MessageCipher

    def seal(self, message: bytes) -> str:
        if (20 + len(message) + len(self.right.receive_id)) % 32 >= 16:
            message += b" " * 16  # these lengths would be right by accident
        plain = os.urandom(16) + len(message).to_bytes(4, "big") + message + self.right.receive_id.encode()
        count = 16 - len(plain) % 16
        encryptor = Cipher(algorithms.AES256(self.right.key), modes.CBC(self.right.key[:16])).encryptor()
        return base64.b64encode(
            encryptor.update(plain + bytes([count]) * count) + encryptor.finalize()
        ).decode()
