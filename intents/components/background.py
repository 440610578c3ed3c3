"""Texts that belong to no intent: what is not for us at all, and questions for the knowledge base."""

from __future__ import annotations

import json
import random
import string
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
NOISE = 400
"""Texts of noise that are made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    not_for_us: tuple[str, ...]
    questions: tuple[str, ...]


def read_background(not_for_us: Iterable[str], questions: Iterable[str], *, root: Path) -> Background:
    """From files that the patterns name, relative to ``root``: a text a line, or JSON lines with a ``query``.

    Noise is made and added. Raises ValueError for a pattern that names no file.
    """
    strangers = _texts(not_for_us, root)
    return Background(
        not_for_us=(*strangers, *make_noise(strangers, NOISE)), questions=tuple(_texts(questions, root))
    )


def make_noise(texts: Sequence[str], count: int) -> list[str]:
    """What fingers and cats type, the same every time: runs of keys, signs, and characters in no order."""
    chance = random.Random(7)  # noqa: S311 - no secret
    return [_noise(texts, chance) for _ in range(count)]


def _noise(texts: Sequence[str], chance: random.Random) -> str:
    length = chance.randint(4, 12)
    row = chance.choice(KEYBOARD)
    start = chance.randint(0, len(row) - 4)
    characters = "".join(texts)
    words = ("".join(chance.choices("".join(KEYBOARD), k=chance.randint(2, 6))) for _ in range(3))
    return chance.choice(
        (
            "".join(chance.choices(row, k=length)),
            (row[start : start + 4] * 3)[:length],
            "".join(chance.choices(string.ascii_lowercase + string.digits, k=length + 2)),
            " ".join(words),
            "".join(chance.choices("!@#$%^&*,.;[]", k=length)),
            "".join(chance.choices([chr(code) for code in range(0x4E00, 0x9FA0)], k=length - 1)),
            "".join(chance.choices(characters, k=length)),
            chance.choice(characters) * length,
        )
    )


def _texts(patterns: Iterable[str], root: Path) -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        files = sorted(root.glob(pattern))
        if not files:
            raise ValueError(f"no file is named {pattern}")
        for file in files:
            lines = file.read_text(encoding="utf-8").splitlines()
            is_json = file.suffix == ".jsonl"
            found += [str(json.loads(line)["query"]) if is_json else line for line in lines if line.strip()]
    return list(dict.fromkeys(found))
