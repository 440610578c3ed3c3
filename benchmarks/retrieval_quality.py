"""How good the answers are: ``python -m benchmarks retrieval_quality [--sets FOLDER] [--without PART …]``.

The example shop is asked the questions that were written for it by an author who saw only its answers, and what it has
no entry for (``tests/held_out``; nothing is fitted to either); then pairs of questions that differ in one fact.
``--sets``: a folder of sets, each with ``faq.jsonl``, ``queries.jsonl`` and ``oos.jsonl`` as ``kb eval`` reads them;
the rankings of the embedder before training are measured beside. ``--without PART …`` leaves parts out, each of which
is a setting too; the difference to a run with everything is that part's gain. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import share
from benchmarks.retrieval_parts import PARTS, Answering
from knowledge_base.answering import Policy
from knowledge_base.decision import Answer, Ask
from knowledge_base.embedder.make.adaptation import UNCHANGED
from knowledge_base.embedder.make.recipe import make_embedder
from knowledge_base.embedder.make.weights_file import find_source
from knowledge_base.embedder.opening import open_embedder
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry, EntryId
from knowledge_base.evaluation import Found, Judged, Question, find_all, judge_all, policy_figures, report
from knowledge_base.evaluation_files import decision_name, read_entries, read_out_of_scope, read_questions
from knowledge_base.importing.files import read_files
from knowledge_base.importing.planning import plan_import
from knowledge_base.index.build import build_index
from knowledge_base.index.lexical import build_lexical_index
from knowledge_base.index.shelf import Shelf
from knowledge_base.reranker.opening import NONE, open_reranker
from knowledge_base.text import exact_key, tidy

ROOT = Path(__file__).resolve().parents[1]
SHOP = ROOT / "knowledge_base" / "example_shop"
HELD_OUT = ROOT / "tests" / "held_out"

SPLITS = 20
BOUNDS = (0.02, 0.05, 0.1)
OUT_OF_SCOPE_SHARE = 0.15
"""Of a shop's questions; the calibration's weights (``scripts/calibrating/fitting.py``) say the same."""

NEAR_DUPLICATE = 0.9
LEXICAL_SHARE_OF_BASELINE = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", type=Path, help="folder of sets to measure as well")
    parser.add_argument("--only", nargs="+", help="names of sets")
    parser.add_argument("--embedder", default="default")
    parser.add_argument("--max-wrong-rate", type=float, default=0.02)
    parser.add_argument("--reranker", default=NONE, help="name or folder of a CrossEncoder")
    parser.add_argument(
        "--without", nargs="+", choices=PARTS, default=[], metavar="PART", help=", ".join(PARTS)
    )
    arguments = parser.parse_args()
    answering = Answering.without(
        arguments.without,
        open_embedder(arguments.embedder, threads=1),
        open_reranker(arguments.reranker, threads=1),
        max_wrong_rate=arguments.max_wrong_rate,
    )
    figures: dict[str, object] = {
        "benchmark": "retrieval_quality",
        "embedder": answering.embedder.identity,
        "reranker": arguments.reranker,
        "without": sorted(arguments.without),
    }
    figures["shop"] = _shop(answering)
    figures["minimal_pairs"] = _minimal_pairs(answering)
    if arguments.sets:
        with tempfile.TemporaryDirectory() as folder:
            make_embedder(find_source(), UNCHANGED, Path(folder) / "untrained", lambda step: None)
            untrained = open_embedder(str(Path(folder) / "untrained"), threads=1)
            figures["sets"] = {
                each.name: _set(each, answering, untrained)
                for each in sorted(arguments.sets.iterdir())
                if not arguments.only or each.name in arguments.only
            }
    print(json.dumps(figures, ensure_ascii=False, indent=1))


def _shop(answering: Answering) -> dict[str, object]:
    entries = plan_import((), read_files(sorted(SHOP.glob("*.yml"))).drafts).entries
    styles: list[str] = []
    questions: list[Question] = []
    for path in sorted((HELD_OUT / "example_shop").glob("queries_*.jsonl")):
        lines = _lines(path)
        questions += [Question(text=line["query"], expected=frozenset(line["ids"])) for line in lines]
        styles += [line["style"] for line in lines]
    outside = read_out_of_scope(HELD_OUT / "example_shop" / "out_of_scope.jsonl")
    policy = answering.policy
    found = _find([*questions, *outside], entries, answering)
    judged = judge_all(found, policy)
    inside = judged[: len(questions)]
    near = _near_duplicates([tidy(each.text) for each in questions], entries)
    return {
        **report(found, policy, entries=len(entries), model=answering.embedder.identity),
        "by_style": {
            style: _counts(each for each, own in zip(inside, styles, strict=True) if own == style)
            for style in sorted(set(styles))
        },
        "out_of_scope": _by_kind(judged[len(questions) :]),
        "near_duplicates": sum(near),
        "without_near_duplicates": policy_figures(
            [each for each, is_near in zip(inside, near, strict=True) if not is_near]
            + judged[len(questions) :]
        ),
        "splits": list(_splits(found, policy)),
    }


def _near_duplicates(texts: Sequence[str], entries: Sequence[Entry]) -> list[bool]:
    """Whether a phrasing has nearly the same wording, or the very same but for greetings and particles."""
    stored = [tidy(phrasing) for entry in entries for phrasing in entry.phrasings]
    keys, lexical = {exact_key(text) for text in stored}, build_lexical_index(stored)
    return [
        exact_key(text) in keys or bool(lexical.scores(lexical.weigh(text)).max() >= NEAR_DUPLICATE)
        for text in texts
    ]


def _splits(found: Sequence[Found], policy: Policy) -> Iterator[dict[str, object]]:
    """In how many of ``SPLITS`` random halves more answers were wrong than the bound allows. A half has as many
    questions without an entry as the calibration takes them to be.
    """
    chance = random.Random(1)
    inside = [at for at, each in enumerate(found) if each.question.expected]
    outside = [at for at, each in enumerate(found) if not each.question.expected]
    few = round(len(inside) / 2 * OUT_OF_SCOPE_SHARE / (1 - OUT_OF_SCOPE_SHARE))
    halves = [chance.sample(inside, len(inside) // 2) + chance.sample(outside, few) for _ in range(SPLITS)]
    for bound in BOUNDS:
        judged = judge_all(found, replace(policy, max_wrong_rate=bound))
        rates = [policy_figures([judged[at] for at in half])["wrong_rate"] or 0.0 for half in halves]
        yield {
            "max_wrong_rate": bound,
            "splits": SPLITS,
            "broken": sum(rate > bound for rate in rates),
            "worst": max(rates),
        }


def _minimal_pairs(answering: Answering) -> dict[str, object]:
    """``told_apart``: asked about one of a pair, the bot does not answer with the other one, both being stored;
    ``told_apart_alone``: nor where only the other one is.
    """
    pairs = _lines(HELD_OUT / "minimal_pairs.jsonl")
    both = [_entry(pair[side], number, side) for number, pair in enumerate(pairs) for side in "ab"]
    questions = [
        Question(text=pair[f"{side}_asked"], expected=frozenset({f"{number}{side}"}), kind=pair["kind"])
        for number, pair in enumerate(pairs)
        for side in "ab"
    ]
    policy = answering.policy
    judged = judge_all(_find(questions, both, answering), policy)
    alone = []
    for side, other in ("ab", "ba"):
        stored = [_entry(pair[side], number, side) for number, pair in enumerate(pairs)]
        asked = [
            Question(text=pair[f"{other}_asked"], expected=frozenset({f"{number}{side}"}), kind=pair["kind"])
            for number, pair in enumerate(pairs)
        ]
        alone += judge_all(_find(asked, stored, answering), policy)
    kinds = sorted({pair["kind"] for pair in pairs})
    return {
        "pairs": len(pairs),
        "told_apart": _told_apart(judged),
        "told_apart_alone": share(sum(not _answered_as_expected(each) for each in alone), len(alone)),
        "by_kind": {
            kind: {
                "told_apart": _told_apart([each for each in judged if each.question.kind == kind]),
                "told_apart_alone": share(
                    sum(not _answered_as_expected(each) for each in alone if each.question.kind == kind),
                    sum(each.question.kind == kind for each in alone),
                ),
            }
            for kind in kinds
        },
        "own_ranks_first": share(sum(map(_own_ranks_first, judged)), len(judged)),
        "answered_right": share(sum(map(_answered_as_expected, judged)), len(judged)),
        **_counts(judged),
    }


def _own_ranks_first(judged: Judged) -> bool:
    """Whether the question's own entry stands before the other one of its pair."""
    (own,) = judged.question.expected
    ranked = [candidate.entry_id for candidate in judged.verdict.ranked]
    pair = [id_ for id_ in ranked if id_[:-1] == own[:-1]]
    return bool(pair) and pair[0] == own


def _told_apart(judged: Sequence[Judged]) -> float | None:
    return share(sum(not _answered_with_the_other(each) for each in judged), len(judged))


def _answered_with_the_other(judged: Judged) -> bool:
    (own,) = judged.question.expected
    other = own[:-1] + ("b" if own.endswith("a") else "a")
    match judged.verdict.decision:
        case Answer(candidate=candidate):
            return candidate.entry_id == other
        case _:
            return False


def _answered_as_expected(judged: Judged) -> bool:
    match judged.verdict.decision:
        case Answer(candidate=candidate):
            return candidate.entry_id in judged.question.expected
        case _:
            return False


def _entry(question: str, number: int, side: str) -> Entry:
    return Entry(id=EntryId(f"{number}{side}"), question=question, answer=question)


def _set(folder: Path, answering: Answering, untrained: Embedder) -> dict[str, object]:
    entries = read_entries(folder / "faq.jsonl")
    questions = read_questions(folder / "queries.jsonl")
    outside = read_out_of_scope(folder / "oos.jsonl")
    sys.stderr.write(f"{folder.name}: {len(entries)} entries\n")
    found = _find([*questions, *outside], entries, answering)
    judged = judge_all(found, answering.policy)
    asked_or_answered = [
        each for each in judged[: len(questions)] if isinstance(each.verdict.decision, Answer | Ask)
    ]
    return {
        **report(found, answering.policy, entries=len(entries), model=answering.embedder.identity),
        "baseline": _baseline(questions, entries, untrained),
        "right_among_answered_or_asked": share(
            sum(map(_right_one_shown, asked_or_answered)), len(asked_or_answered)
        ),
        "out_of_scope": _by_kind(judged[len(questions) :]),
    }


def _right_one_shown(judged: Judged) -> bool:
    match judged.verdict.decision:
        case Answer(candidate=candidate):
            return candidate.entry_id in judged.question.expected
        case Ask(candidates=candidates):
            return any(candidate.entry_id in judged.question.expected for candidate in candidates)
        case _:
            return False


def _baseline(
    questions: Sequence[Question], entries: Sequence[Entry], untrained: Embedder
) -> dict[str, float]:
    """The untrained embedder's cosine, rescaled (unrelated phrasings have 0), and 0.2 of the characters' cosine."""
    stored = [tidy(entry.question) for entry in entries]
    asked = [tidy(question.text) for question in questions]
    vectors, wanted = untrained.encode(stored), untrained.encode(asked)
    cosines = wanted @ vectors.T
    background = float(np.median(cosines))
    lexical = build_lexical_index(stored)
    places = []
    for row, text, question in zip(cosines, asked, questions, strict=True):
        scores = (row - background) / (1 - background) + LEXICAL_SHARE_OF_BASELINE * lexical.scores(
            lexical.weigh(text)
        )
        ranked = [entries[at].id for at in np.argsort(-scores, kind="stable")[:3]]
        places.append(next((place for place, id_ in enumerate(ranked) if id_ in question.expected), 3))
    return {
        "recall_at_1": round(float(np.mean([place == 0 for place in places])), 4),
        "recall_at_3": round(float(np.mean([place < 3 for place in places])), 4),
    }


def _find(questions: Sequence[Question], entries: Sequence[Entry], answering: Answering) -> list[Found]:
    with tempfile.TemporaryDirectory() as folder:
        shelf = Shelf(Path(folder))
        built = build_index(shelf, entries, answering.embedder, lambda done, total: None)
        index = answering.opened(shelf.folder(built.version))
        return find_all(
            questions, index, answering.embedder, answering.policy, lambda: None, answering.second
        )


def _by_kind(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    kinds: defaultdict[str, list[Judged]] = defaultdict(list)
    for each in judged:
        kinds[each.question.kind].append(each)
    return {kind: _counts(held) for kind, held in sorted(kinds.items())}


def _counts(judged: Iterable[Judged]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for each in judged:
        counts[decision_name(each.verdict.decision)] += 1
        counts["wrong"] += each.answered_wrongly
    return dict(sorted(counts.items()))


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]


if __name__ == "__main__":
    main()
