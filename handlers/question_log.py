"""A question as the log keeps it. Pure."""

from __future__ import annotations

from typing import assert_never

from conversations.privacy import without_private_numbers
from conversations.questions import AskedQuestion, Reaction
from knowledge_base.decision import Answer, Ask, Decision, Refuse, Verdict
from knowledge_base.text import MAX_CHARACTERS


def asked_question(text: str, verdict: Verdict, version: str | None) -> AskedQuestion:
    """``version``: of the index."""
    reaction, entries = _said(verdict.decision)
    return AskedQuestion(
        text=without_private_numbers(text)[:MAX_CHARACTERS],
        reaction=reaction,
        rule=verdict.rule.value,
        probability=round(verdict.probability, 6),
        entries=entries,
        version=version,
    )


def _said(decision: Decision) -> tuple[Reaction, tuple[str, ...]]:
    match decision:
        case Answer(candidate=candidate):
            return Reaction.ANSWERED, (candidate.entry_id,)
        case Ask(candidates=candidates):
            return Reaction.ASKED, tuple(candidate.entry_id for candidate in candidates)
        case Refuse():
            return Reaction.REFUSED, ()
        case _:
            assert_never(decision)
