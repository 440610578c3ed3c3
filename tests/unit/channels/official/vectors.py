"""Published test vectors, and a sealer of the tests' own that can also do what no honest platform does.

V2: the platform's page push/encryption. V3: WxJava, WxCryptUtilTest. V4: wechatpy, tests/test_crypto.py (made for
WeCom; the cipher is the same, the corp id stands where the app id stands).
"""

import base64
import hashlib
import json
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from pydantic import SecretStr

from channels.official.envelope import Envelope
from channels.official.settings import OfficialSettings
from conversations.clock import ManualClock

V2_TOKEN = "AAAAA"
V2_KEY = "A" * 43
V2_APP_ID = "wxba5fad812f8e6fb9"
V2_ACCOUNT = "gh_97417a04a28d"
V2_GET = {
    "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
    "timestamp": "1714036504",
    "nonce": "1514711492",
    "echostr": "4375120948345356249",
}
V2_PLAIN_QUERY = {
    "signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78",
    "timestamp": "1714037059",
    "nonce": "486452656",
}
V2_PLAIN_BODY = (
    b'{"ToUserName":"gh_97417a04a28d","FromUserName":"o9AgO5Kd5ggOC-bXrbNODIiE3bGY",'
    b'"CreateTime":1714037059,"MsgType":"event","Event":"debug_demo","debug_str":"hello world"}'
)
V2_SECURE_QUERY = {
    "signature": "6c5c811b55cc85e0e1b54100749188c20beb3f5d",
    "timestamp": "1714112445",
    "nonce": "415670741",
    "encrypt_type": "aes",
    "msg_signature": "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3",
}
V2_ENCRYPT = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6Js"
    "XUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8Ea"
    "jAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)
V2_SECURE_BODY = json.dumps({"ToUserName": V2_ACCOUNT, "Encrypt": V2_ENCRYPT}).encode()
V2_REPLY_ENCRYPT = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="

V3_ENCRYPT = "jn1L23DB+6ELqJ+6bruv21Y6MD7KeIfP82D6gU39rmkgczbWwt5+3bnyg5K55bgVtVzd832WzZGMhkP72vVOfg=="

V4_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
V4_CORP = "wx49f0ab532d5d035a"
V4_QUERY = {
    "msg_signature": "74d92dfeb87ba7c714f89d98870ae5eb62dff26d",
    "timestamp": "1411525903",
    "nonce": "461056294",
}
V4_ENCRYPT = (
    "RgqEoJj5A4EMYlLvWO1F86ioRjZfaex/gePD0gOXTxpsq5Yj4GNglrBb8I2BAJVODGajiFnXBu7mCPatfjsu6IHCrsTyeDXzF6Bv283dGym"
    "zxh6ydJRvZsryDyZbLTE7rhnus50qGPMfp2wASFlzEgMW9z1ef/RD8XzaFYgm7iTdaXpXaG4+BiYyolBug/gYNx410cvkKR2/nPwBiT+P4h"
    "IiOAQqGp/TywZBtDh1yCF2KOd0gpiMZ5jSw3e29mTvmUHzkVQiMS6td7vXUaWOMZnYZlF3So2SjHnwh4jYFxdgpkHHqIrH/54SNdshoQgWY"
    "EvccTKe7FS709/5t6NMxuGhcUGAPOQipvWTT4dShyqio7mlsl5noTrb++x6En749zCpQVhDpbV6GDnTbcX2e8K9QaNWHp91eBdCRxthuL0="
)
V4_REPLY = (
    "<xml>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[test]]></Content>\n"
    "<FromUserName><![CDATA[wx49f0ab532d5d035a]]></FromUserName>\n"
    "<ToUserName><![CDATA[messense]]></ToUserName>\n<AgentID>1</AgentID>\n"
    "<CreateTime>1411525903</CreateTime>\n</xml>"
)
V4_REPLY_ENCRYPT = (
    "9s4gMv99m88kKTh/H8IdkOiMg6bisoy3ypwy9H4hvSPe9nsGaqyw5hhSjdYbcrKk+j3nba4HMOTzHrluLBYqxgNcBqGsL8GqxlhZgURnAtO"
    "bvesEl5nZ+uBE8bviY0LWke8Zy9V/QYKxNV2FqllNXcfmstttyIkMKCCmVbCFM2JTF5wY0nFhHZSjPUL2Q1qvSUCUld+/WIXrx0oyKQmpB6"
    "o8NRrrNrsDf03oxI1p9FxUgMnwKKZeOA/uu+2IEvEBtb7muXsVbwbgX05UPPJvFurDXafG0RQyPR+mf1nDnAtQmmNOuiR5MIkdQ39xn1vWw"
    "i1O5oazPoQJz0nTYjxxEE8kv3kFxtAGVRe3ypD3WeK2XeFYFMNMpatF9XiKzHo3"
)
V4_REPLY_SIGNATURE = "407518b7649e86ef23978113f92d27afa9296533"


def at(seconds: int | str) -> ManualClock:
    return ManualClock(datetime.fromtimestamp(int(seconds), UTC))


def settings(mode: str = "secure", **changes: object) -> OfficialSettings:
    values: dict[str, object] = {
        "app_id": V2_APP_ID,
        "original_id": V2_ACCOUNT,
        "mode": mode,
        "token": SecretStr(V2_TOKEN),
        "encoding_aes_key": SecretStr(V2_KEY),
        "app_secret": SecretStr("fictional-secret"),
    }
    return OfficialSettings.model_validate(values | changes)


def envelope(seconds: int | str, mode: str = "secure", **changes: object) -> Envelope:
    return Envelope(settings(mode, **changes), at(seconds))


def sign(*parts: str, token: str = V2_TOKEN) -> str:
    return hashlib.sha1("".join(sorted([token, *parts])).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Seals a body as the platform does, or wrongly in a chosen way."""

    app_id: str = V2_APP_ID
    key: bytes = base64.b64decode(V2_KEY + "=")

    def encrypt(self, message: bytes) -> str:
        clear = b"0123456789abcdef" + struct.pack(">I", len(message)) + message + self.app_id.encode()
        padding = 32 - len(clear) % 32
        return self.encrypt_blocks(clear + bytes([padding]) * padding)

    def encrypt_blocks(self, blocks: bytes) -> str:
        """``blocks`` as they are: the caller has chosen the padding."""
        encryptor = Cipher(algorithms.AES(self.key), modes.CBC(self.key[:16])).encryptor()
        return base64.b64encode(encryptor.update(blocks) + encryptor.finalize()).decode()


def post(encrypted: str, timestamp: str = "1714112445", nonce: str = "n1") -> tuple[dict[str, str], bytes]:
    """Query and XML body of a correctly signed secure callback that carries ``encrypted``."""
    query = {
        "timestamp": timestamp,
        "nonce": nonce,
        "encrypt_type": "aes",
        "signature": sign(timestamp, nonce),
        "msg_signature": sign(timestamp, nonce, encrypted),
    }
    body = f"<xml><ToUserName><![CDATA[{V2_ACCOUNT}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return query, body.encode()
