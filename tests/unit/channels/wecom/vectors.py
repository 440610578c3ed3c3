"""Published test vectors of WeCom, and a sealer of the tests' own that can also do what no honest platform does.

V1: Tencent's sample of WXBizMsgCrypt. V4: wechatpy, tests/test_crypto.py.
"""

import base64
import hashlib
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from pydantic import SecretStr

from channels.wecom.envelope import WecomEnvelope
from channels.wecom.settings import WecomSettings
from conversations.clock import ManualClock

V1_TOKEN = "QDG6eK"
V1_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
V1_CORP = "wx5823bf96d3bd56c7"
V1_GET = {
    "msg_signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3",
    "timestamp": "1409659589",
    "nonce": "263014780",
    "echostr": "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ==",
}
V1_QUERY = {
    "msg_signature": "477715d11cdb4164915debcba66cb864d751f3e6",
    "timestamp": "1409659813",
    "nonce": "1372623149",
}
V1_ENCRYPT = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYv"
    "uJTs3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+Lt"
    "wGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V"
    "2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptD"
    "AVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)
V1_BODY = (
    f"<xml><ToUserName><![CDATA[{V1_CORP}]]></ToUserName><AgentID><![CDATA[218]]></AgentID>"
    f"<Encrypt><![CDATA[{V1_ENCRYPT}]]></Encrypt></xml>"
).encode()

V4_TOKEN = "123456"
V4_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
V4_CORP = "wx49f0ab532d5d035a"
V4_GET = {
    "msg_signature": "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96",
    "timestamp": "1411443780",
    "nonce": "437374425",
    "echostr": "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==",
}

NOW = "1409659813"
"""When the tests' own callbacks are made."""


def at(seconds: int | str) -> ManualClock:
    return ManualClock(datetime.fromtimestamp(int(seconds), UTC))


def settings(**changes: object) -> WecomSettings:
    values: dict[str, object] = {
        "enabled": True,
        "corp_id": V1_CORP,
        "agent_id": 218,
        "secret": SecretStr("fictional-secret"),
        "token": SecretStr(V1_TOKEN),
        "encoding_aes_key": SecretStr(V1_KEY),
    }
    return WecomSettings.model_validate(values | changes)


def v4_settings() -> WecomSettings:
    return settings(corp_id=V4_CORP, token=SecretStr(V4_TOKEN), encoding_aes_key=SecretStr(V4_KEY))


def envelope(seconds: int | str = NOW, **changes: object) -> WecomEnvelope:
    return WecomEnvelope(settings(**changes), at(seconds))


def sign(*parts: str, token: str = V1_TOKEN) -> str:
    return hashlib.sha1("".join(sorted([token, *parts])).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Seals a body as the platform does, or wrongly in a chosen way."""

    receiver: str = V1_CORP
    key: bytes = base64.b64decode(V1_KEY + "=")

    def encrypt(self, message: bytes) -> str:
        clear = b"0123456789abcdef" + struct.pack(">I", len(message)) + message + self.receiver.encode()
        padding = 32 - len(clear) % 32
        return self.encrypt_blocks(clear + bytes([padding]) * padding)

    def encrypt_blocks(self, blocks: bytes) -> str:
        """``blocks`` as they are: the caller has chosen the padding."""
        encryptor = Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16])).encryptor()
        return base64.b64encode(encryptor.update(blocks) + encryptor.finalize()).decode()


def post(encrypted: str, timestamp: str = NOW, nonce: str = "n1") -> tuple[dict[str, str], bytes]:
    """Query and body of a correctly signed callback that carries ``encrypted``."""
    query = {
        "timestamp": timestamp,
        "nonce": nonce,
        "msg_signature": sign(timestamp, nonce, encrypted),
    }
    body = (
        f"<xml><ToUserName><![CDATA[{V1_CORP}]]></ToUserName><AgentID><![CDATA[218]]></AgentID>"
        f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    )
    return query, body.encode()


def get(encrypted: str, timestamp: str = NOW, nonce: str = "n1") -> dict[str, str]:
    """Query of a correctly signed verification whose ``echostr`` is ``encrypted``."""
    return {
        "timestamp": timestamp,
        "nonce": nonce,
        "echostr": encrypted,
        "msg_signature": sign(timestamp, nonce, encrypted),
    }
