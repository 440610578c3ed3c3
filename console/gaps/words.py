"""What people read for names of the log and of labels."""

from __future__ import annotations

from collections.abc import Mapping

from conversations.questions import Reaction
from knowledge_base.mining.labels import Judgement, LabelSource
from knowledge_base.mining.questions import MarkKind, Missed

REASON_TITLES: Mapping[Missed, str] = {
    Missed.REFUSED: "没答上",
    Missed.ASKED_BACK: "反问了",
    Missed.REASKED: "又问了一遍",
    Missed.HANDED_OVER: "转了人工",
    Missed.RATED_BAD: "顾客说没解决",
}

REACTION_TITLES: Mapping[Reaction, str] = {
    Reaction.ANSWERED: "直接回答",
    Reaction.ASKED: "反问",
    Reaction.REFUSED: "没回答",
}

MARK_TITLES: Mapping[MarkKind, str] = {
    MarkKind.CHOSEN: "顾客自己选了",
    MarkKind.REASKED: "顾客又问了一遍",
    MarkKind.HANDED_OVER: "后来找了人工",
    MarkKind.RATED: "顾客评价：",
}

RATING_TITLES: Mapping[str, str] = {"good": "解决了", "bad": "没解决"}

JUDGEMENT_TITLES: Mapping[Judgement, str] = {
    Judgement.RIGHT: "答对了",
    Judgement.WRONG: "答错了",
    Judgement.SHOULD_BE: "应该是",
    Judgement.NO_ENTRY: "不该回答",
}

SOURCE_TITLES: Mapping[LabelSource, str] = {
    LabelSource.EDITOR: "知识编辑",
    LabelSource.AGENT: "客服",
    LabelSource.RATING: "顾客评价",
    LabelSource.CHOICE: "顾客选择",
    LabelSource.REASK: "顾客追问",
}
