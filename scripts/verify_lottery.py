"""Checks a published draw, written apart from the product: python3 scripts/verify_lottery.py FILE [HASH].

Needs nothing but Python. HASH is what was published before entries opened. How a draw works: docs/lottery.md.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def sha(data: bytes) -> "hashlib._Hash":
    return hashlib.sha256(data)


def text_of(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def faults(raw: bytes, file: Any, published: str) -> Iterator[str]:
    digest, told, seen = file.pop("digest"), file["announcement"], file["revealed"]
    if sha(text_of(file)).hexdigest() != digest or text_of({**file, "digest": digest}) + b"\n" != raw:
        yield "the file was changed"
    told_hash, tickets = sha(text_of(told)).hexdigest(), file["frozen"]["tickets"]
    if published not in ("", told_hash):
        yield "something else was announced"
    if sha(bytes.fromhex(seen["seed"])).hexdigest() != told["seed_hash"]:
        yield "the seed is not the announced one"
    list_hash = sha("\n".join(tickets).encode()).hexdigest()
    if list_hash != file["frozen"]["tickets_hash"] or len(set(tickets)) != len(tickets):
        yield "the list of tickets is not the one that was frozen"
    if (told["beacon"] is None) != (seen["beacon"] == ""):
        yield "the beacon is not as announced"
    lines = [told["format"], told_hash, list_hash, seen["seed"], seen["beacon"]]
    key = sha("\n".join(lines).encode()).digest()
    order = sorted(tickets, key=lambda ticket: sha(key + ticket.encode()).digest())
    yield from other_winners(order, told["prizes"], file["result"])


def other_winners(order: list[str], prizes: Any, result: Any) -> Iterator[str]:
    holds = dict(zip(order, (each["id"] for each in prizes for _ in range(each["number"])), strict=False))
    if [(each["ticket"], each["prize"]) for each in result["winners"]] != list(holds.items()):
        yield "the winners are not those of the draw"
    following = iter(order[len(holds) :])
    for each in result["substitutes"]:
        prize = holds.pop(each["instead_of"], None)
        if prize is None or (each["ticket"], each["prize"]) != (next(following, None), prize):
            yield "a substitute is not the next of the draw"
        holds[each["ticket"]] = each["prize"]


if __name__ == "__main__":
    content = Path(sys.argv[1]).read_bytes()
    found = list(faults(content, json.loads(content), "".join(sys.argv[2:3])))
    print("\n".join(found) or "the draw is as published")
    sys.exit(bool(found))
