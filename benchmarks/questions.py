"""What the benchmark's shoppers type: the example shop's phrasings, as they stand or with a few words changed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

EDITED_SHARE = 0.5
"""Of the ordinary mix: as many texts are edited; the others are phrasings as they stand."""

_BEFORE = (
    *(
        "请问",
        "你好，",
        "亲，",
        "在吗，",
        "老板，",
        "想问下",
        "麻烦问一下，",
        "我想知道",
        "客服你好，",
        "那个",
    ),
    *("昨天问过，", "朋友让我问，", "再问一句，", "急，", "我妈问", "刚看直播，", "第一次买，", "老顾客了，"),
)
_AFTER = (
    *("啊", "呢", "呀", "哈", "谢谢", "急急急", "，在线等", "，麻烦了", "，说详细点", "，帮我看看", "？？"),
    *("，今天就要", "，挺着急的", "，不太懂", "，求解答", "，之前没买过", "，在手机上", "，我在外地"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """``answer`` is set where the text is a stored phrasing: that answer must come."""

    text: str
    answer: str | None


class Questions:
    """Draws questions; the same seed draws the same ones."""

    def __init__(self, knowledge_base: Path, *, seed: int) -> None:
        self._random = random.Random(seed)
        self._phrasings = _phrasings(knowledge_base / "entries.jsonl")
        self.answers = frozenset(question.answer for question in self._phrasings)

    def mixed(self) -> Iterator[Question]:
        """The ordinary mix: half of them phrasings as they stand, half of them edited."""
        while True:
            question = self._random.choice(self._phrasings)
            yield self._edited(question) if self._random.random() < EDITED_SHARE else question

    def distinct(self) -> Iterator[Question]:
        """Edited, and never the same text twice: nothing that was remembered helps."""
        seen: set[str] = set()
        while True:
            question = self._edited(self._random.choice(self._phrasings))
            if question.text not in seen:
                seen.add(question.text)
                yield question

    def _edited(self, question: Question) -> Question:
        text = question.text.rstrip("？?。！!")
        if len(text) > 6 and self._random.random() < 0.3:
            cut = self._random.randrange(1, len(text) - 1)
            text = text[:cut] + text[cut + 1 :]
        return Question(self._random.choice(_BEFORE) + text + self._random.choice(_AFTER), None)


def repeated_share(texts: list[str]) -> float:
    """The share of texts that were asked before, letter by letter."""
    return round(1 - len(set(texts)) / len(texts), 4) if texts else 0.0


def _phrasings(entries: Path) -> list[Question]:
    """A phrasing that several entries share has no single answer, and is left out."""
    answers: dict[str, set[str]] = {}
    for line in entries.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        for text in (entry["question"], *entry.get("similar", ())):
            answers.setdefault(text, set()).add(entry["answer"].strip())
    return [Question(text, min(found)) for text, found in sorted(answers.items()) if len(found) == 1]
