"""An intent or a question? What the classifier and the knowledge base say of one message, weighed. Pure."""

from __future__ import annotations

from bot.steps import AskWhich, Consult, Guide, RunHandler, Step
from intents.kinds import FORMS, PERSON, SERVED, SOCIAL
from intents.understanding import FAQ, Source, Understanding
from knowledge_base.decision import Answer, Refuse, Rule, Verdict

SURE_ENOUGH = 0.6
"""Confidence from which an intent is believed where nothing speaks against it."""

OVER_FAQ = 0.85
"""Confidence from which it is believed although the knowledge base has an answer (我要退货 and 怎么退货 are alike)."""

OVER_EXACT = 0.95
"""Confidence from which it is believed although the knowledge base has this very text (客服工作时间 wants nobody)."""

PERHAPS = 0.3
"""Confidence from which it is worth asking whether that is meant, where the knowledge base has no answer."""

MOST_ASKED = 2
"""Intents asked about at once: with the questions beside them a menu of more would be guessing."""


def is_sure(understood: Understanding) -> bool:
    """Whether the intent is believed where nothing speaks against it."""
    return understood.confidence >= SURE_ENOUGH


def weighed(understood: Understanding, verdict: Verdict | None) -> Step:
    """The step for words that nothing else explains. ``verdict`` None: not asked yet, which only matters sometimes."""
    intent = understood.intent
    if understood.source is Source.RULE and is_sure(understood) and intent != FAQ:
        return doing(intent)
    if verdict is None:
        return Consult()
    answered = isinstance(verdict.decision, Answer)
    if is_sure(understood) and intent != FAQ:
        return doing(intent) if _goes_before(understood, verdict) else RunHandler(intent=FAQ)
    if answered:
        return RunHandler(intent=FAQ)
    perhaps = _perhaps(understood)
    return AskWhich(intents=perhaps) if perhaps else RunHandler(intent=FAQ)


def doing(intent: str) -> Step:
    """How an intent is carried out."""
    return Guide(intent=intent) if intent in FORMS else RunHandler(intent=intent)


def _goes_before(understood: Understanding, verdict: Verdict) -> bool:
    """Whether a sure intent goes before what the knowledge base says."""
    if isinstance(verdict.decision, Refuse):
        return True
    if understood.intent in FORMS or understood.intent in SERVED or understood.intent in PERSON:
        enough = OVER_EXACT if verdict.rule is Rule.EXACT else OVER_FAQ
        return understood.confidence >= enough or not isinstance(verdict.decision, Answer)
    if understood.intent in SOCIAL:
        return verdict.rule is not Rule.EXACT and not isinstance(verdict.decision, Answer)
    return False


def _perhaps(understood: Understanding) -> tuple[str, ...]:
    """What may be wished for, best first: only what can be done here and now."""
    ranked = ((understood.intent, understood.confidence), *understood.others)
    likely = [name for name, sure in ranked if sure >= PERHAPS and (name in FORMS or name in SERVED)]
    return tuple(dict.fromkeys(likely))[:MOST_ASKED]
