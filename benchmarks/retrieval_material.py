"""Knowledge bases of any size for the retrieval benchmarks, without embedding a text for each entry.

A *stem* is one of the example shop's phrasings, or two put together, with the vector that the embedder really gives
it. The first entries are the stems themselves. Each other one is the first half of one stem and the second half of
another, and its vector is those two stems' vectors mixed, with some noise: entries are spread as real ones are, in the
same narrow cone, and share wording as real ones do.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry, EntryId
from knowledge_base.importing.files import read_files
from knowledge_base.text import tidy

Floats = NDArray[np.float32]

ROOT = Path(__file__).resolve().parents[1]
SHOP = ROOT / "knowledge_base" / "example_shop"
SENTENCES = ROOT / "scripts" / "calibration_out_of_scope.jsonl"

_STEMS = 4000
_NOISE = 0.02
"""Standard deviation of each number of a vector; those of a unit vector of 384 numbers are about .05."""
_NOISES = 8192
_BATCH = 64

_BEFORE = (
    "那个",
    "昨天问过，",
    "朋友让我问",
    "再问一句，",
    "急，",
    "我妈问",
    "刚看直播，",
    "第一次买，",
    "老顾客了，",
    "哎，",
)
_AFTER = (
    "，在线等",
    "，说详细点",
    "，帮我看看",
    "，今天就要",
    "，挺着急的",
    "，不太懂",
    "，求解答",
    "，我在外地",
    "，急",
)


class MixedVectors:
    """An embedder, as far as an index build asks: real vectors for stems, mixed ones for entries made of them."""

    def __init__(self, embedder: Embedder) -> None:
        self.identity = embedder.identity
        self.width = embedder.width
        self.stems = _stems(_STEMS)
        self._embedder = embedder
        tidied = [tidy(stem) for stem in self.stems]
        self._vectors = np.concatenate(
            [embedder.encode(tidied[at : at + _BATCH]) for at in range(0, len(tidied), _BATCH)]
        )
        self._place = {text: place for place, text in enumerate(tidied)}
        self._noise = np.random.default_rng(1).normal(0, _NOISE, (_NOISES, self.width)).astype(np.float32)
        self._parents: dict[str, tuple[int, int]] = {}

    def entries(self, count: int) -> list[Entry]:
        """``count`` entries with one phrasing each, all different; a larger count begins with the same ones."""
        return [
            Entry(id=EntryId(f"e{number}"), question=text, answer=f"这是第{number}条的答案。")
            for number, text in enumerate(islice(self._texts(), count))
        ]

    def encode(self, texts: Sequence[str]) -> Floats:
        if not all(text in self._place or text in self._parents for text in texts):
            return self._embedder.encode(texts)
        parents = np.array([self._parents.get(text) or (self._place[text],) * 2 for text in texts])
        noise = self._noise[[zlib.crc32(text.encode()) % _NOISES for text in texts]]
        noise[parents[:, 0] == parents[:, 1]] = 0
        vectors = self._vectors[parents].mean(axis=1) + noise
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def _texts(self) -> Iterator[str]:
        chance = random.Random("entries")
        self._parents.clear()
        yield from self._place
        halves = [(stem[: len(stem) // 2], stem[len(stem) // 2 :]) for stem in self.stems]
        while True:
            first, second = chance.randrange(len(halves)), chance.randrange(len(halves))
            text = tidy(halves[first][0] + halves[second][1])
            if first != second and text not in self._parents and text not in self._place:
                self._parents[text] = (first, second)
                yield text


def shop_phrasings(*, asked: bool) -> list[str]:
    """Every second phrasing of the example shop is stored; the others are asked."""
    drafts = read_files(sorted(SHOP.glob("*.yml"))).drafts
    return [text for draft in drafts for text in (draft.question, *(draft.similar or ()))[int(asked) :: 2]]


def _stems(count: int) -> list[str]:
    stored = shop_phrasings(asked=False)
    chance = random.Random("stems")
    stems = dict.fromkeys(stored)
    while len(stems) < count:
        stems.setdefault("".join(chance.sample(stored, 2)))
    return list(stems)[:count]


def questions(count: int) -> list[str]:
    """What is asked: phrasings of the example shop that are not stored, and sentences that it has no answer to."""
    asked = shop_phrasings(asked=True)
    asked += [json.loads(line)["query"] for line in SENTENCES.read_text(encoding="utf-8").split("\n") if line]
    return random.Random("questions").sample(asked, min(count, len(asked)))


def distinct_questions(count: int) -> list[str]:
    """The same with a word before and one behind, and no text twice."""
    chance = random.Random("distinct")
    asked = questions(10_000)
    texts: dict[str, None] = {}
    while len(texts) < count:
        texts.setdefault(chance.choice(_BEFORE) + chance.choice(asked) + chance.choice(_AFTER))
    return list(texts)
