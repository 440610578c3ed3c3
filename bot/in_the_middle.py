"""A message in the middle of a guided conversation: an answer, a question beside it, or another wish. Pure."""

from __future__ import annotations

from bot.steps import Beside, Consult, Guide, Step, Switch
from bot.weighing import OVER_FAQ, SURE_ENOUGH
from conversations.guided import Guided
from handlers.guided.corrections import correction
from handlers.guided.described import IN_COMMON, in_common
from handlers.guided.forms import CONFIRMED
from handlers.guided.forms import FORMS as GUIDED_FORMS
from handlers.guided.stages import says_change, says_submit, says_wait
from handlers.guided.wording import choice_of
from intents.kinds import ANSWERS, ELSEWHERE, FORMS, SOCIAL
from intents.questions import asks_something
from intents.understanding import FAQ, Source, Understanding
from knowledge_base.decision import Answer, Ask, Verdict

SAID_BESIDE = frozenset({"chitchat", "praise"})
"""Talk that is answered in the middle where it is plain; the rest of it only in sure words."""

FREE_TEXT = frozenset({"reason", "problem", "details", "wish", "new_spec", "title", "address"})
"""Slots that take whatever is said: a sentence that would mean something elsewhere is probably the answer."""

DONE_AT_ONCE = frozenset({"urge_delivery", "price_protection", "opt_out_marketing"})
"""Changes something without asking again, which an answer misread must not."""

NAMED = frozenset({"order_no", "product", "reward"})
"""Slots whose choices are named by a part of them: 大米 for 五常大米 10斤."""

GO_ON = Guide(intent=None)


def in_the_middle(guided: Guided, understood: Understanding, verdict: Verdict | None, text: str) -> Step:
    """The step; ``verdict`` None: not asked yet, and asked only where it matters."""
    if guided.asked in understood.entities or _is_about_it(guided, text):
        return GO_ON
    wish = _wish(guided, understood)
    if wish == "stop" or wish in ANSWERS or FORMS.get(wish) == guided.form:
        return GO_ON
    if wish in FORMS:
        return Switch(intent=wish)
    if wish in SOCIAL:
        return Beside(intent=wish) if _is_talk_beside(guided, understood, text) else GO_ON
    return _question(guided, wish, verdict) if wish != FAQ or asks_something(text) else GO_ON


def _is_about_it(guided: Guided, text: str) -> bool:
    """One of its choices (换货 as what is to be done), a yes, or something told before is taken back (换一单)."""
    form = GUIDED_FORMS[guided.form]
    if text.strip() in guided.choices or choice_of(form, text.strip()) is not None:
        return True
    if guided.asked == CONFIRMED and says_submit(form, "", text):
        return True
    if asks_something(text):
        return False
    if guided.asked in NAMED and any(in_common(text, choice) >= IN_COMMON for choice in guided.choices):
        return True
    taken_back = correction(form, text)
    return taken_back is not None or says_change("", text) or says_wait(text)


def _is_talk_beside(guided: Guided, understood: Understanding, text: str) -> bool:
    if understood.source is Source.RULE:
        return True
    plain = understood.intent in SAID_BESIDE and understood.confidence >= OVER_FAQ
    return plain and (guided.asked not in FREE_TEXT or asks_something(text))


def _wish(guided: Guided, understood: Understanding) -> str:
    """The intent that is believed: what an answer may well say by chance must be told plainly."""
    chance = guided.asked in FREE_TEXT or understood.intent in ELSEWHERE | DONE_AT_ONCE
    enough = OVER_FAQ if chance else SURE_ENOUGH
    return understood.intent if understood.confidence >= enough else FAQ


def _question(guided: Guided, wish: str, verdict: Verdict | None) -> Step:
    """Something is asked, or looked up, beside what is under way; without an answer it is taken as part of it."""
    if verdict is None:
        return Consult()
    if isinstance(verdict.decision, Answer):
        return Beside(intent=FAQ)
    if wish != FAQ:
        return Beside(intent=wish)
    return (
        Beside(intent=FAQ) if isinstance(verdict.decision, Ask) and guided.asked not in FREE_TEXT else GO_ON
    )
