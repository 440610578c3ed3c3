"""What a customer would get, and why, in words for editors. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from knowledge_base.decision import Answer, Ask, Candidate, Rule
from knowledge_base.editing.trying import Said

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


def told(said: Said) -> Told:
    kind, choices = "refuse", tuple[str, ...]()
    match said.decision:
        case Answer():
            kind = "answer"
        case Ask(candidates=candidates):
            kind, choices = "ask", tuple(candidate.question for candidate in candidates)
    return Told(
        kind=kind,
        text=said.text or "",
        choices=choices,
        why=WHY[said.verdict.rule],
        probability=said.verdict.probability,
        cut_off=said.verdict.cut_off,
        near=said.verdict.ranked[:NEAREST],
        withheld=said.withheld,
    )
