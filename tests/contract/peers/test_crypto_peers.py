"""What we seal two libraries that nobody here wrote can open, and the other way round, on a random matrix."""

from __future__ import annotations

import json
import random
import string
from datetime import UTC, datetime

import pytest

from channels.sealing import Sealing
from simulator.crypto import MessageCipher, decode_aes_key, sign
from tests.contract.peers.installing import PROGRAMS, node_modules
from tests.contract.peers.processes import line, peer

CASES = 150
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LETTERS = string.ascii_letters + string.digits
PIECES = (
    "你好",
    "几点发货？",
    "😀👨‍👩‍👧",
    "]]>",
    "<xml>&amp;",
    "\n\t",
    "a" * 31,
    "ａ",
    "\u0301",
    '"',
    "\\u4e2d",
)


class FixedClock:
    def now(self) -> datetime:
        return NOW


def case(dice: random.Random) -> dict[str, str]:
    message = "".join(dice.choice(PIECES) for _ in range(dice.randint(1, 40)))
    return {
        "token": "".join(dice.choices(LETTERS, k=dice.randint(3, 32))),
        "key": "".join(dice.choices(LETTERS, k=42)) + dice.choice("AEIMQUYcgkosw048"),
        "id": dice.choice(("wx", "ww")) + "".join(dice.choices(LETTERS, k=16)),
        "message": message,
        "timestamp": str(int(NOW.timestamp())),
        "nonce": "".join(dice.choices(string.digits, k=10)),
    }


@pytest.mark.parametrize("library", ["@wecom/crypto", "wechat-crypto"])
async def test_both_ways(library: str) -> None:
    folder, dice = node_modules(), random.Random(20261122)
    async with peer("node", str(PROGRAMS / "crypto_peers.js"), cwd=folder) as node:

        async def ask(**job: str) -> dict[str, str]:
            assert node.stdin is not None
            node.stdin.write(json.dumps({"library": library, **job}).encode() + b"\n")
            answer: dict[str, str] = await line(node)
            return answer

        for _ in range(CASES):
            one = case(dice)
            ours = Sealing(
                token=one["token"],
                encoding_aes_key=one["key"],
                receiver=one["id"],
                max_age=300,
                clock=FixedClock(),
            )
            theirs = await ask(**one)
            query = {name: one[name] for name in ("timestamp", "nonce")}
            clear = ours.decrypt({**query, "msg_signature": theirs["signature"]}, theirs["sealed"])
            assert clear.decode() == one["message"]
            platform = MessageCipher(key=decode_aes_key(one["key"]), receive_id=one["id"])
            assert platform.open(theirs["sealed"]).decode() == one["message"]

            product = ours.encrypt(one["message"], one["nonce"], NOW)
            signatures = {product.encrypt: product.signature}
            simulated = platform.seal(one["message"].encode())
            signatures[simulated] = sign(one["token"], one["timestamp"], one["nonce"], simulated)
            for sealed, signature in signatures.items():
                back = await ask(**{**one, "sealed": sealed})
                assert (back["message"], back["id"]) == (one["message"], one["id"])
                assert back["signature"] == signature
