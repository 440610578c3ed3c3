"""Which reading of a follow-up counts: the text as it is, or completed with the question before it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from knowledge_base.decision import Answer, Ask, Candidate, Rule, Verdict
from knowledge_base.entry import EntryId
from knowledge_base.follow_up import Gap


def in_context(
    own: Verdict, completed: Sequence[Verdict], found: Gap, *, previous: EntryId, most: int
) -> Verdict:
    """The verdict on a text with a gap; ``own``: on the text as it is, ``completed``: on its readings.

    Only what the policy answers outright is answered outright, and never what was said just before: who asks on wants
    to hear something else. A text that may well stand for itself is only helped to what it finds by itself.
    ``previous``: the entry answered before; ``most``: so many candidates are shown.
    """
    answers = {id_: each for each in completed if (id_ := _answered(each)) is not None}
    if not found.sure:
        return _helped(own, answers, previous)
    if len(answers) == 1 and previous not in answers and not _disagrees(own, answers, found):
        return _marked(next(iter(answers.values())))
    offered = [candidate for each in completed for candidate in _shown(each)]
    if not offered:
        return own
    return _asked([*offered[: most - 1], *_shown(own), *offered], completed, previous, most)


def _helped(own: Verdict, answers: dict[EntryId, Verdict], previous: EntryId) -> Verdict:
    """Where text and context agree about an entry, that is the answer."""
    agreed = {one.entry_id for one in _shown(own)} & answers.keys() - {previous}
    if _answered(own) is None and len(agreed) == 1:
        return _marked(answers[agreed.pop()])
    return own


def _disagrees(own: Verdict, answers: dict[EntryId, Verdict], found: Gap) -> bool:
    """Whether the text alone is answered by another entry, and does not say itself that it goes on from something."""
    alone = _answered(own)
    return alone is not None and not found.marked and alone not in answers


def _asked(
    candidates: Iterable[Candidate], completed: Sequence[Verdict], previous: EntryId, most: int
) -> Verdict:
    """The first of each entry; what was said before comes last."""
    ordered = sorted(candidates, key=lambda one: one.entry_id == previous)
    shown: dict[EntryId, Candidate] = {}
    for one in ordered:
        shown.setdefault(one.entry_id, one)
    best = max(completed, key=lambda each: each.probability)
    return replace(best, decision=Ask(candidates=tuple(shown.values())[:most]), rule=Rule.FOLLOW_UP)


def _answered(verdict: Verdict) -> EntryId | None:
    return verdict.decision.candidate.entry_id if isinstance(verdict.decision, Answer) else None


def _shown(verdict: Verdict) -> tuple[Candidate, ...]:
    match verdict.decision:
        case Answer(candidate=candidate):
            return (candidate,)
        case Ask(candidates=candidates):
            return candidates
        case _:
            return ()


def _marked(verdict: Verdict) -> Verdict:
    return replace(verdict, rule=Rule.FOLLOW_UP)
