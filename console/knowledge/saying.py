"""What a customer would get, and why, in words for editors. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from conversations.address import Channel
from knowledge_base.decision import Answer, Ask, Candidate, Decision, Rule, Verdict
from knowledge_base.editing.trying import Said
from knowledge_base.entry import Entry
from knowledge_base.serving import answer_for, served_decision
from knowledge_base.variables import render

NEAREST = 3

WHY: Mapping[Rule, str] = {
    Rule.EXACT: "和存着的问法一样，直接回答",
    Rule.CONFLICT: "几条问答都有这个问法，先问清楚",
    Rule.SURE: "把握够大，直接回答",
    Rule.NEGATION_DIFFERS: "一边说“不”，一边没说，先问清楚",
    Rule.NUMBERS_DIFFER: "提到的数字不一样，先问清楚",
    Rule.CONTRAST: "说的商品、地方或情形不一样，先问清楚",
    Rule.SECOND_LOOK: "细看之后另一条更像，先问清楚",
    Rule.FOLLOW_UP: "接着上一个问题问的，连起来看",
    Rule.UNSURE: "有几分像，但把握不够，先问清楚",
    Rule.NOTHING_NEAR: "没有接近的问答，不乱说",
    Rule.NO_TEXT: "里面没有能读的文字",
    Rule.NO_INDEX: "知识库里还没有问答",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """``kind``: answer, ask or refuse. ``text``: the answer as it is said; ``choices``: questions that are offered.

    ``withheld``: there is something to say, but not today. ``near``: the nearest entries, the best first.
    """

    kind: str
    text: str
    choices: tuple[str, ...]
    why: str
    probability: float
    cut_off: float | None
    near: tuple[Candidate, ...]
    withheld: bool


def told(verdict: Verdict, decision: Decision, text: str | None) -> Told:
    """``decision``: what is said today; ``verdict``: what it came from."""
    kind, choices = "refuse", tuple[str, ...]()
    match decision:
        case Answer():
            kind = "answer"
        case Ask(candidates=candidates):
            kind, choices = "ask", tuple(candidate.question for candidate in candidates)
    return Told(
        kind=kind,
        text=text or "",
        choices=choices,
        why=WHY[verdict.rule],
        probability=verdict.probability,
        cut_off=verdict.cut_off,
        near=verdict.ranked[:NEAREST],
        withheld=kind == "refuse" and isinstance(verdict.decision, Answer | Ask),
    )


def told_said(said: Said) -> Told:
    return told(said.verdict, said.decision, said.text)


def told_live(
    verdict: Verdict,
    entry_of: Callable[[str], Entry | None],
    *,
    today: date,
    channel: Channel | None = None,
    segments: Sequence[str] = (),
) -> Told:
    """What is said today by the knowledge base in use, to somebody unknown."""
    decision = served_decision(verdict.decision, entry_of, today)
    text = None
    if isinstance(decision, Answer):
        entry = entry_of(decision.candidate.entry_id)
        found = answer_for(entry, channel, segments, today) if entry else None
        text = render(found or decision.candidate.answer, {})
    return told(verdict, decision, text)
