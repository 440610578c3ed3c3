"""What a member of the shop wants of Xiaoer. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from conversations.inbound import (
    CardClicked,
    EnteredSession,
    Followed,
    Inbound,
    MenuClicked,
    Text,
    Trigger,
)
from conversations.replies import EventCode
from escalation.cases import CaseKey
from handlers.case_card import tap_of
from handlers.choice import chosen_index
from handlers.menu import FAQ_PREFIX
from intents.wording import normalise, words_only

LISTED = "case:"
"""Begins what ``Context.offered`` holds after a list of cases; after a question back it holds entries."""

_HELP = frozenset({"帮助", "help", "使用说明", "功能", "怎么用", "你能做什么"})
_WAITING = frozenset({"待处理", "待办", "排队", "谁在等", "有人等吗", "看看待处理"})
_COUNTER = "(?:个|位|条|号|吧|了)*"
_TAKE = re.compile(rf"(?:我来?)?接(?:手|入|待)?第?([0-9]{{1,2}})?{_COUNTER}")
_CLOSE = re.compile(rf"(?:办完|办结|处理完|完成|结束|关闭)了?第?([0-9]{{1,2}})?{_COUNTER}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Help:
    """What can I do here? ``welcome`` is the right to greet somebody who has just opened the chat."""

    welcome: EventCode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCases:
    """Who waits?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """I look after this one."""

    case: CaseKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """This one is done."""

    case: CaseKey


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSuchNumber:
    """A number that is not in the list of ``listed`` cases."""

    listed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberAlone:
    """A number of the list without a word that says what to do with it."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TapCard:
    """A button of a card; ``case`` is None when the card is not ours."""

    case: CaseKey | None
    takes: bool
    response_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choose:
    """One of the questions offered, by its place from 0; it may be out of range."""

    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """What do we tell customers who ask this?"""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A picture, a file: nothing to look up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """Nothing to say."""


Plain = Help | NoSuchNumber | NumberAlone | Unreadable | Silent
"""What can be answered without looking anything up."""

Act = ListCases | Take | Close | TapCard | Choose | LookUp | Plain


def act_of(inbound: Inbound, text: str, offered: Sequence[str]) -> Act:
    """What this message or event asks for. ``text`` is what was typed or said; ``offered`` as in the context."""
    match inbound.content:
        case CardClicked() as click:
            return _tapped(click)
        case EnteredSession(code=code):
            return Silent() if code is None else Help(welcome=code)
        case Followed():
            return Help()
        case MenuClicked(menu_key=key):
            return _typed(key.removeprefix(FAQ_PREFIX), None, offered)
        case content if text or isinstance(content, Text):
            return _typed(text, content.menu_id if isinstance(content, Text) else None, offered)
        case _:
            return Unreadable() if inbound.trigger is Trigger.MESSAGE else Silent()


def _tapped(click: CardClicked) -> TapCard:
    tap = tap_of(click.key)
    return TapCard(
        case=tap.case if tap else None, takes=bool(tap and tap.takes), response_code=click.response_code
    )


def _typed(text: str, menu_id: str | None, offered: Sequence[str]) -> Act:
    words = words_only(normalise(text))
    if words in _HELP or not text.strip():
        return Help()
    if words in _WAITING:
        return ListCases()
    listed = [CaseKey(one.removeprefix(LISTED)) for one in offered if one.startswith(LISTED)]
    return _numbered(words, listed) or _chosen(text, menu_id, offered, listed) or LookUp(question=text)


def _numbered(words: str, listed: Sequence[CaseKey]) -> Act | None:
    """ "接 2" or "办完 2"; the number may be left out when only one case is listed."""
    for pattern, kind in ((_TAKE, Take), (_CLOSE, Close)):
        found = pattern.fullmatch(words)
        if found:
            number = int(found[1]) if found[1] else int(len(listed) == 1)
            known = 0 < number <= len(listed)
            return kind(case=listed[number - 1]) if known else NoSuchNumber(listed=len(listed))
    return None


def _chosen(text: str, menu_id: str | None, offered: Sequence[str], listed: Sequence[CaseKey]) -> Act | None:
    """A number alone chooses a question; after a list of cases it does not say what to do."""
    index = chosen_index(text, menu_id, offered)
    if index is None or not listed:
        return None if index is None else Choose(index=index)
    return NumberAlone(number=index + 1) if 0 <= index < len(listed) else NoSuchNumber(listed=len(listed))
