"""What a customer who wants to return a bag of rice says to what they hear. Pure, with the dice as an argument."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from handlers.guided import away, wording
from handlers.guided.forms import FORMS
from mall.demo_rules import RETURN_DONE
from simulator.world import FAILURE_NOTICE

FORM = FORMS["return_form"]
OPENING = "我要退货"
GOODS = ("五常大米 10斤", "抽纸 24包")
CHOSEN = GOODS[0]
REASON = "不喜欢、不合适"
PERSON = wording.PERSON

SUBMITTED = wording.SUBMITTED.format(title=FORM.title)
AWAY = away.AWAY.format(title=FORM.title)
RECEIPT = re.compile(re.escape(RETURN_DONE.split("{number}", 1)[0]) + r"(TH\d+)")
"""The mall's own number of the return follows."""

_WHICH_GOODS = wording.PROMPTS["product"].removeprefix("{about}")
_CONFIRM = wording.CONFIRM.rpartition("\n")[2]


class Heard(StrEnum):
    """What the latest words on the phone are to the customer."""

    GOODS = "which goods"
    REASON = "why"
    CONFIRM = "all right?"
    SUBMITTED = "handed in"
    RECEIPT = "receipt"
    AWAY = "not now"
    OUT_OF_ORDER = "the platform's notice"
    ELSE = "something else"


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """``says`` None: the customer waits. ``pause``: seconds from reading to writing, from and to."""

    says: str | None = None
    over: bool = False
    pause: tuple[float, float] = (0.05, 0.8)


_LATER = (3.0, 8.0)
"""Seconds after which a customer tries again who heard that something does not work at the moment."""


_ANSWERS = {Heard.GOODS: CHOSEN, Heard.REASON: REASON, Heard.CONFIRM: wording.YES}


def shown(content: Mapping[str, Any]) -> str:
    """The words of a line of the transcript; those above the choices of a menu."""
    return str(content.get("text") or content.get("head") or "")


def recognised(text: str) -> Heard:
    for heard, sign in (
        (Heard.AWAY, AWAY),
        (Heard.SUBMITTED, SUBMITTED),
        (Heard.CONFIRM, _CONFIRM),
        (Heard.REASON, wording.PROMPTS["reason"]),
        (Heard.GOODS, _WHICH_GOODS),
        (Heard.OUT_OF_ORDER, FAILURE_NOTICE),
    ):
        if sign in text:
            return heard
    return Heard.RECEIPT if RECEIPT.search(text) else Heard.ELSE


def answer(heard: Sequence[str], last_said: str, *, impatient: bool) -> Next:
    """What follows from everything on the phone so far, the latest last; it is never empty.

    A return that was handed in is never asked for again. ``impatient`` customers ask for a person as soon as they
    hear that it does not work at the moment.
    """
    kinds = [recognised(text) for text in heard]
    if Heard.RECEIPT in kinds or last_said == PERSON:
        return Next(over=True)
    if Heard.SUBMITTED in kinds:
        return Next()
    if kinds[-1] is Heard.AWAY and impatient:
        return Next(says=PERSON)
    if kinds[-1] is Heard.OUT_OF_ORDER:
        return Next(says=last_said, pause=_LATER)
    words = _ANSWERS.get(kinds[-1])
    return Next(says=OPENING, pause=_LATER) if words is None else Next(says=words)
