"""Measures the knowledge base on labelled questions: ranking, coverage, wrong answers, latency."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import mean

import numpy as np

from knowledge_base.answering import Policy, choose
from knowledge_base.decision import Answer, Ask, Refuse, Verdict
from knowledge_base.embedder.port import Embedder
from knowledge_base.entry import Entry
from knowledge_base.index.version import Finding, IndexVersion
from knowledge_base.reranker.looking_again import SecondStage
from knowledge_base.searching import as_read
from knowledge_base.text import exact_key

CURVE = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.3)
"""Bounds on the wrong rate for which the curve is drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A labelled question. No ``expected`` ids: it is out of scope and must be refused."""

    text: str
    expected: frozenset[str]
    kind: str = "in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A question with what the index found for it and how long text to decision took."""

    question: Question
    tidied: str
    finding: Finding
    exact: Sequence[Entry]
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A question and what was decided."""

    question: Question
    verdict: Verdict

    @property
    def in_scope(self) -> bool:
        return bool(self.question.expected)

    @property
    def answered_wrongly(self) -> bool:
        match self.verdict.decision:
            case Answer(candidate=candidate):
                return candidate.entry_id not in self.question.expected
            case _:
                return False


def find_all(
    questions: Sequence[Question],
    index: IndexVersion,
    embedder: Embedder,
    policy: Policy,
    step: Callable[[], None],
    second: SecondStage | None = None,
) -> list[Found]:
    """Search for each question alone, timing it from text to decision; ``step`` is called after each."""
    found = []
    for question in questions:
        started = time.perf_counter()
        tidied = as_read(question.text, index)
        (vector,) = embedder.encode([tidied])
        finding = index.search(vector, tidied)
        if second is not None:
            finding = second.looked_again(tidied, finding)
        exact = index.exact(exact_key(tidied))
        choose(tidied, finding, exact, policy)
        milliseconds = (time.perf_counter() - started) * 1000
        found.append(
            Found(question=question, tidied=tidied, finding=finding, exact=exact, milliseconds=milliseconds)
        )
        step()
    return found


def judge_all(found: Sequence[Found], policy: Policy) -> list[Judged]:
    """Decide about each."""
    return [
        Judged(question=each.question, verdict=choose(each.tidied, each.finding, each.exact, policy))
        for each in found
    ]


def report(found: Sequence[Found], policy: Policy, *, entries: int, model: str) -> dict[str, object]:
    """Every figure; a share of nothing is None. See docs/knowledge-base.md for what each one means."""
    judged = judge_all(found, policy)
    inside = [each for each in judged if each.in_scope]
    outside = [each for each in judged if not each.in_scope]
    return {
        "faq": entries,
        "queries": len(inside),
        "oos": len(outside),
        **ranking(inside),
        **policy_figures(judged),
        "max_wrong_rate": policy.max_wrong_rate,
        "bound_proven": False,
        "curve": list(_curve(found, policy)),
        "latency_ms": latency([each.milliseconds for each in found]),
        "model": model,
    }


def ranking(inside: Sequence[Judged]) -> dict[str, float | None]:
    """Recall and reciprocal rank of the first right entry, before the policy."""
    places = [_place(each) for each in inside]
    return {
        "recall_at_1": _share([place == 1 for place in places]),
        "recall_at_3": _share([place is not None and place <= 3 for place in places]),
        "mrr_at_10": _mean([1 / place if place is not None else 0.0 for place in places]),
    }


def policy_figures(judged: Sequence[Judged]) -> dict[str, float | None]:
    """What the policy makes of the ranking."""
    inside = [each for each in judged if each.in_scope]
    outside = [each for each in judged if not each.in_scope]
    answered = [each for each in judged if isinstance(each.verdict.decision, Answer)]
    asked = [each for each in inside if isinstance(each.verdict.decision, Ask)]
    return {
        "coverage": _share([isinstance(each.verdict.decision, Answer) for each in inside]),
        "wrong_rate": _share([each.answered_wrongly for each in answered]),
        "clarify_rate": _share([isinstance(each.verdict.decision, Ask) for each in inside]),
        "clarify_hit_rate": _share([_is_shown(each) for each in asked]),
        "oos_refused": _share([isinstance(each.verdict.decision, Refuse) for each in outside]),
    }


def latency(milliseconds: Sequence[float]) -> dict[str, float | None]:
    """Percentiles; None without a measurement."""
    if not milliseconds:
        return {"p50": None, "p95": None, "p99": None}
    values = np.percentile(milliseconds, [50, 95, 99]).tolist()
    return dict(zip(("p50", "p95", "p99"), (round(value, 3) for value in values), strict=True))


def _curve(found: Sequence[Found], policy: Policy) -> Iterator[dict[str, float | None]]:
    for bound in CURVE:
        figures = policy_figures(judge_all(found, replace(policy, max_wrong_rate=bound)))
        yield {
            "max_wrong_rate": bound,
            "coverage": figures["coverage"],
            "wrong_rate": figures["wrong_rate"],
        }


def _place(judged: Judged) -> int | None:
    ids = [candidate.entry_id for candidate in judged.verdict.ranked[:10]]
    return next((place for place, id_ in enumerate(ids, 1) if id_ in judged.question.expected), None)


def _is_shown(judged: Judged) -> bool:
    match judged.verdict.decision:
        case Ask(candidates=candidates):
            return any(candidate.entry_id in judged.question.expected for candidate in candidates)
        case _:
            return False


def _share(flags: Sequence[bool]) -> float | None:
    return _mean([float(flag) for flag in flags])


def _mean(values: Sequence[float]) -> float | None:
    return round(mean(values), 6) if values else None
