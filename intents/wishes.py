"""Two wishes in one message ("我要退货，另外帮我开个发票"): where one ends and the other begins. Pure."""

from __future__ import annotations

import re

from intents.patterns import any_of

_BETWEEN = re.compile(
    r"[,，.。;；!！?？、~～ ]*"
    + any_of(
        "另外",
        "还有(?!多|几|没|吗|货|剩)",
        "顺便",
        "顺带",
        "然后(?!呢)",
        "再(?:帮我|给我|麻烦)",
        "对了",
        "同时",
    )
    + r"(?:呢|啊|也|还|就|都)?[,，:： ]*"
)
SHORTEST = 3
"""Characters of a wish worth the name."""


def two_wishes(text: str) -> tuple[str, str] | None:
    """The two parts of a text that joins them by a word for "and also"; None for everything else."""
    joint = _BETWEEN.search(text)
    if joint is None:
        return None
    first, second = text[: joint.start()].strip(), text[joint.end() :].strip()
    long_enough = len(first) >= SHORTEST and len(second) >= SHORTEST
    return (first, second) if long_enough else None
