"""How good a classifier of intents is, from what it said about labelled sentences. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.figures import milliseconds, share

CONFUSIONS_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """``intent`` is None where the sentence belongs to none; ``kind`` then says what it is."""

    text: str
    intent: str | None
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """``best``: the intent ranked first, sure or not, None where there is no ranking; ``fell_back``: it was not sure
    enough, so the message goes elsewhere.
    """

    best: str | None
    fell_back: bool
    seconds: float


def figures(
    sentences: Sequence[Sentence], said: Sequence[Said], *, trained: frozenset[str]
) -> dict[str, object]:
    """``trained``: texts that stand in the training data too, letter by letter; counted without them as well."""
    pairs = list(zip(sentences, said, strict=True))
    labelled = [(one.intent, answer) for one, answer in pairs if one.intent is not None]
    new = [
        (one.intent, answer) for one, answer in pairs if one.intent is not None and one.text not in trained
    ]
    strangers = [(one.kind, answer) for one, answer in pairs if one.intent is None]
    return {
        "sentences": len(labelled),
        "raw_top_1": _right(labelled),
        "macro_f1": macro_f1([(intent, answer.best) for intent, answer in labelled]),
        "raw_top_1_without_equal_sentences": {"sentences": len(new), "share": _right(new)},
        "right_and_sure": share(
            sum(is_right(pair) and not pair[1].fell_back for pair in labelled), len(labelled)
        ),
        "wrong_and_sure": share(
            sum(not is_right(pair) and not pair[1].fell_back for pair in labelled), len(labelled)
        ),
        "out_of_scope": len(strangers),
        "out_of_scope_to_fallback": share(sum(answer.fell_back for _, answer in strangers), len(strangers)),
        "out_of_scope_to_fallback_by_kind": _by_kind(strangers),
        "parse_ms": milliseconds([answer.seconds for answer in said]),
        "confusions": _confusions(labelled),
    }


def is_right(pair: tuple[str | None, Said]) -> bool:
    return pair[0] == pair[1].best


def macro_f1(pairs: Sequence[tuple[str | None, str | None]]) -> float | None:
    """The mean over the true intents of 2 TP / (2 TP + FP + FN); None without pairs."""
    true = Counter(true for true, _ in pairs)
    told = Counter(told for _, told in pairs)
    both = Counter(true for true, told in pairs if true == told)
    scores = [2 * both[intent] / (true[intent] + told[intent]) for intent in true]
    return round(sum(scores) / len(scores), 4) if scores else None


def _right(pairs: Sequence[tuple[str | None, Said]]) -> float | None:
    return share(sum(is_right(pair) for pair in pairs), len(pairs))


def _by_kind(strangers: Sequence[tuple[str, Said]]) -> Mapping[str, float | None]:
    kinds = sorted({kind for kind, _ in strangers})
    return {
        kind: share(
            sum(answer.fell_back for other, answer in strangers if other == kind),
            sum(other == kind for other, _ in strangers),
        )
        for kind in kinds
    }


def _confusions(pairs: Sequence[tuple[str | None, Said]]) -> list[dict[str, str | int | None]]:
    wrong = Counter((intent, answer.best) for intent, answer in pairs if not is_right((intent, answer)))
    return [
        {"intent": intent, "taken_for": told, "times": times}
        for (intent, told), times in sorted(wrong.items(), key=lambda item: (-item[1], str(item[0])))
    ][:CONFUSIONS_SHOWN]
