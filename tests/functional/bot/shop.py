"""The example shop's own words, read from its files."""

from __future__ import annotations

from functools import cache

import yaml

from tests.functional.knowledge import SHOP

QUESTION = "怎么注册账号？"


@cache
def answers() -> dict[str, str]:
    """Every entry's question and answer."""
    entries = [entry for file in SHOP for entry in yaml.safe_load(file.read_text(encoding="utf-8"))]
    return {entry["question"]: entry["answer"].strip() for entry in entries}


def right_answer(question: str = QUESTION) -> str:
    return answers()[question]
