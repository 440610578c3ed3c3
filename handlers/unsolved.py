"""A customer says that the answer just heard did not help: something else is offered, or a person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from conversations.facts import Fact
from conversations.outcomes import Outcome, Say, say
from conversations.replies import Choice, MenuReply
from handlers.entry_answer import serves
from handlers.knowledge import Knowledge
from handlers.labels import label
from handlers.leaning import without_answer
from handlers.turn import Turn
from intents.wording import normalise, words_only
from knowledge_base.decision import Verdict
from knowledge_base.text import tidy

FACT = "faq.unsolved"
"""Its ``entry`` is the one that did not help; ``bot/question_log.py`` makes a rating of it."""

OFFERED = 2
"""Entries kept beside an answer: what else came near. More would be guessing."""

WHICH_ELSE = "抱歉，没帮到您。您想问的是不是这个？回复数字就行～"
OR_A_PERSON = "都不是的话，换个说法再问我，或回复“转人工”请同事帮您看。"
SORRY = "抱歉，没帮到您。换个说法再问我一次，或者回复“转人工”，请同事帮您看～"

_UNSOLVED = re.compile(
    "(?:可是|但是|但|不过|你|这|这个|这样|那|嗯|我|都|说的?|回答的?|答案?|问题|事情?|还是|还|也|并|根本|完全|好像|就)*"
    "(?:没(?:有|能)?(?:解决|帮上忙?|帮到我?|用处?|回答我?的?(?:问题)?|答到点上|说到点上|说清楚?)"
    "|不(?:管用|顶用|是这个(?:意思)?|是我?(?:要|想)问的|对(?:啊|呀|吧)?)"
    "|(?:答非所问|所答非所问|答错|说错|理解错|搞错|看错|没(?:看|听|读)懂我?(?:的)?(?:意思|问题)?))"
    "(?:我的?|这个|这|问题|事情?|啊|呀|呢|吧|的|了|哦|唉|诶|呜)*"
)
_LONGEST = 20


def says_unsolved(text: str) -> bool:
    """Whether a text says that an answer did not help, and nothing else: 没解决, 不是我要问的, 答非所问."""
    words = words_only(normalise(tidy(text)))
    return 0 < len(words) <= _LONGEST and _UNSOLVED.fullmatch(words) is not None


def beside(verdict: Verdict) -> Sequence[str]:
    """The entries that came next to the answered one."""
    return [each.entry_id for each in verdict.ranked[1 : OFFERED + 1]]


def unsolved(turn: Turn, entry_id: str, knowledge: Knowledge) -> Outcome:
    """Counts as a miss, so that somebody who is missed again is brought to a person as usual."""
    context = turn.conversation.context
    others = [found for each in context.beside if (found := knowledge.entry(each)) and serves(found, turn)]
    after = replace(
        without_answer(context),
        offered=tuple(each.id for each in others),
        misses=context.misses + 1,
        awaiting=None,
    )
    facts = (Fact(name=FACT, details={"entry": entry_id, "offered": len(others)}),)
    if not others:
        return say(SORRY, context=after, facts=facts)
    choices = tuple(Choice(id=each.id, label=label(each.question)) for each in others)
    menu = MenuReply(head=WHICH_ELSE, choices=choices, tail=OR_A_PERSON)
    return Outcome(says=(Say(reply=menu),), context=after, facts=facts)
