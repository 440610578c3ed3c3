"""How long one question takes, text to decision, by size of the knowledge base: ``python -m benchmarks.faq_latency``.

One question at a time on one thread, without the cache. The knowledge bases hold the example shop's phrasings and,
beyond those, pairs of them put together. Prints one JSON object; progress goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from knowledge_base.answering import Policy
from knowledge_base.calibration import shipped_calibration
from knowledge_base.embedder.opening import open_embedder
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry, EntryId
from knowledge_base.evaluation import latency
from knowledge_base.importing.files import read_files
from knowledge_base.index.build import build_index
from knowledge_base.index.shelf import Shelf
from knowledge_base.index.version import IndexVersion
from knowledge_base.searching import judge

ROOT = Path(__file__).resolve().parents[1]
SHOP = ROOT / "knowledge_base" / "example_shop"
SENTENCES = ROOT / "scripts" / "calibration_out_of_scope.jsonl"
SIZES = (200, 2_000, 20_000)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="entries")
    parser.add_argument("--questions", type=int, default=500)
    arguments = parser.parse_args()
    started = time.monotonic()
    embedder = open_embedder("default", threads=1)
    loaded = time.monotonic() - started
    texts = _texts(max(arguments.sizes))
    questions = _questions(arguments.questions)
    # One folder for all sizes: a larger index takes over the vectors of the smaller one.
    with tempfile.TemporaryDirectory() as folder:
        sizes = [
            _measure(texts[:size], questions, embedder, Shelf(Path(folder)))
            for size in sorted(arguments.sizes)
        ]
    print(
        json.dumps(
            {"benchmark": "faq_latency", "embedder_load_s": round(loaded, 3), "sizes": sizes}, indent=1
        )
    )


def _measure(
    texts: Sequence[str], questions: Sequence[str], embedder: Embedder, shelf: Shelf
) -> dict[str, object]:
    entries = [
        Entry(id=EntryId(f"e{number}"), question=text, answer="答案") for number, text in enumerate(texts)
    ]
    started = time.monotonic()
    built = build_index(shelf, entries, embedder, _progress)
    build_s = time.monotonic() - started
    started = time.monotonic()
    index = IndexVersion.open(shelf.folder(built.version))
    open_s = time.monotonic() - started
    policy = Policy(calibration=shipped_calibration(), max_wrong_rate=0.02)
    judge(questions[:20], index, embedder, policy)
    milliseconds, busy = [], []
    for question in questions:
        started, worked = time.perf_counter(), time.process_time()
        judge([question], index, embedder, policy)
        busy.append((time.process_time() - worked) * 1000)
        milliseconds.append((time.perf_counter() - started) * 1000)
    return {
        "entries": len(texts),
        "embedded": built.embedded,
        "build_s": round(build_s, 1),
        "open_s": round(open_s, 3),
        "latency_ms": latency(milliseconds),
        # What is left when other programs share the processor.
        "processor_ms": latency(busy),
        "resident_mb": round(psutil.Process().memory_info().rss / 1e6),
    }


def _texts(count: int) -> list[str]:
    drafts = read_files(sorted(SHOP.glob("*.yml"))).drafts
    # Every second phrasing; the others are asked.
    stored = [text for draft in drafts for text in (draft.question, *(draft.similar or ()))[::2]]
    chance = random.Random("entries")
    texts = dict.fromkeys(stored)
    while len(texts) < count:
        texts.setdefault("，".join(chance.sample(stored, 2)))
    return list(texts)[:count]


def _questions(count: int) -> list[str]:
    drafts = read_files(sorted(SHOP.glob("*.yml"))).drafts
    asked = [text for draft in drafts for text in (draft.question, *(draft.similar or ()))[1::2]]
    asked += [json.loads(line)["query"] for line in SENTENCES.read_text(encoding="utf-8").split("\n") if line]
    return random.Random("questions").sample(asked, min(count, len(asked)))


def _progress(done: int, total: int) -> None:
    if total and (done == total or done % 1024 == 0):
        print(f"embedded {done} of {total}", file=sys.stderr)


if __name__ == "__main__":
    main()
