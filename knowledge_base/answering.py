"""The answer policy: what is said to a question, given what the index found. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge_base.calibration import Calibration, Tier, shipped_calibration
from knowledge_base.contradiction import negation_differs
from knowledge_base.contrast import contrast
from knowledge_base.decision import Answer, Ask, Candidate, Decision, Refuse, RefuseReason, Rule, Verdict
from knowledge_base.entry import Entry, EntryId
from knowledge_base.features import features_of
from knowledge_base.index.version import Finding, IndexVersion, Match
from knowledge_base.quantity import quantity_differs
from knowledge_base.second_look import second_look
from knowledge_base.settings import KnowledgeBaseSettings
from knowledge_base.text import tidy


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How sure an answer must be. ``max_wrong_rate``: share of outright answers that may be wrong.

    ``answers_searched``: what answers hold of the question counts in the order; ``checks``: objections count;
    ``wording_counts``: indexes to ask are opened so (``IndexVersion.open``).
    """

    calibration: Calibration
    max_wrong_rate: float
    max_candidates: int = 3
    answers_searched: bool = True
    checks: bool = True
    wording_counts: bool = True

    @classmethod
    def of(cls, settings: KnowledgeBaseSettings, *, max_wrong_rate: float | None = None) -> Policy:
        """As the settings have it, with the calibration that comes with the product."""
        return cls(
            calibration=shipped_calibration(),
            max_wrong_rate=max_wrong_rate or settings.max_wrong_rate,
            max_candidates=settings.max_candidates,
            answers_searched=settings.answers_searched,
            checks=settings.checks,
            wording_counts=settings.lexical,
        )

    def fitted_to(self, index: IndexVersion | None) -> Policy:
        """With the index's own cut-offs, where it has some."""
        own = index.calibration if index is not None else None
        return self if own is None else replace(self, calibration=own)


def choose(tidied: str, finding: Finding, exact: Sequence[Entry], policy: Policy) -> Verdict:
    """Answer, ask back or refuse.

    ``tidied``: the question; ``finding``: what the index has for it; ``exact``: the entries that hold this very text.

    1. The text itself is stored: answer, or ask when several entries hold it.
    2. The first match is right with at least the cut-off's probability: answer; but ask when only one side says "not",
       when the numbers differ, when they speak of different goods, places or circumstances, or when a second look puts
       another entry first.
    3. One of the first three is likely enough right: ask.
    4. Otherwise refuse.
    """
    matches = finding.matches
    again = second_look(matches, answers=policy.answers_searched)
    if exact:
        return stored(exact, policy, again)
    if not tidied:
        return _refuse(RefuseReason.NO_TEXT, Rule.NO_TEXT)
    if not matches:
        return _refuse(RefuseReason.NOTHING_NEAR, Rule.NOTHING_NEAR)
    features = features_of(tidied, finding)
    first = policy.calibration.first.probability(features)
    shown = max(first, policy.calibration.shown.probability(features))
    tier = policy.calibration.tier(len(matches[0].entry.phrasings))
    cut_off = tier.cut_off(policy.max_wrong_rate)
    rule = _sure(tidied, matches[0], again[0], policy) if first >= cut_off else _unsure(shown, tier)
    ranked = _candidates(again, matches[0].entry.id, first, shown, policy.max_candidates)
    return Verdict(
        decision=_decide(rule, ranked, policy), rule=rule, probability=first, cut_off=cut_off, ranked=ranked
    )


def objection(tidied: str, first: Match) -> Rule | None:
    """Why the first match is not to be answered with, however probable: one side denies, or they differ in a fact."""
    if negation_differs(tidied, tidy(first.phrasing)):
        return Rule.NEGATION_DIFFERS
    if quantity_differs(tidied, first.entry.phrasings):
        return Rule.NUMBERS_DIFFER
    if contrast(tidied, first.entry.phrasings):
        return Rule.CONTRAST
    return None


def _sure(tidied: str, first: Match, first_again: Match, policy: Policy) -> Rule:
    if policy.checks and (found := objection(tidied, first)) is not None:
        return found
    return Rule.SURE if first_again.entry.id == first.entry.id else Rule.SECOND_LOOK


def _unsure(shown: float, tier: Tier) -> Rule:
    return Rule.UNSURE if shown >= tier.ask_from else Rule.NOTHING_NEAR


def _decide(rule: Rule, ranked: tuple[Candidate, ...], policy: Policy) -> Decision:
    if rule is Rule.SURE:
        return Answer(candidate=ranked[0])
    if rule is Rule.NOTHING_NEAR:
        return Refuse(reason=RefuseReason.NOTHING_NEAR)
    return Ask(candidates=ranked[: policy.max_candidates])


def stored(exact: Sequence[Entry], policy: Policy, matches: Sequence[Match] = ()) -> Verdict:
    """The verdict on a question whose very text ``exact`` entries hold. ``matches`` only rank what comes after them."""
    chance = 1 / len(exact)
    same = tuple(_exact_candidate(entry, matches, chance) for entry in exact)
    held = {entry.id for entry in exact}
    others = tuple(_candidate(match, 0.0) for match in matches if match.entry.id not in held)
    ranked = (same + others)[: max(10, len(same))]
    if len(same) == 1:
        return Verdict(decision=Answer(candidate=same[0]), rule=Rule.EXACT, probability=1.0, ranked=ranked)
    decision = Ask(candidates=same[: policy.max_candidates])
    return Verdict(decision=decision, rule=Rule.CONFLICT, probability=chance, ranked=ranked)


def _exact_candidate(entry: Entry, matches: Sequence[Match], probability: float) -> Candidate:
    for match in matches:
        if match.entry.id == entry.id:
            return _candidate(match, probability)
    return Candidate(
        entry_id=entry.id, question=entry.question, answer=entry.answer, score=1.0, probability=probability
    )


def _candidates(
    again: Sequence[Match], judged: EntryId, first: float, shown: float, count: int
) -> tuple[Candidate, ...]:
    """The entry that was ``judged`` carries its own probability; the others shown share what is left of those shown
    together, by score.
    """
    others = [match for match in again[:count] if match.entry.id != judged]
    total = sum(max(match.score, 0.0) for match in others) or 1.0
    shares = {match.entry.id: (shown - first) * max(match.score, 0.0) / total for match in others}
    shares[judged] = first
    return tuple(_candidate(match, shares.get(match.entry.id, 0.0)) for match in again)


def _candidate(match: Match, probability: float) -> Candidate:
    return Candidate(
        entry_id=match.entry.id,
        question=match.entry.question,
        answer=match.entry.answer,
        score=match.score,
        probability=probability,
        phrasing=match.phrasing,
        dense=match.dense,
        lexical=match.lexical,
    )


def _refuse(reason: RefuseReason, rule: Rule) -> Verdict:
    return Verdict(decision=Refuse(reason=reason), rule=rule, probability=0.0, ranked=())
