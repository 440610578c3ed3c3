"""The cards that the app has sent: their state on each phone, and the codes that let the bot change them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from simulator.corp.errcodes import CorpError
from simulator.corpapp.cards import (
    INTERACTIVE,
    check_card,
    keys_of,
    menu_keys_of,
    questions_of,
    takes_several,
)
from simulator.corpapp.fields import Json

CODE_LIFE = 72 * 3600.0
"""Seconds that a response code is good for (WeCom 94888)."""


class CardRefused(ValueError):
    """A click that the phone does not allow; the text says why."""


@dataclass(slots=True, kw_only=True)
class CardOnPhone:
    """One member's copy of a card."""

    card: Json
    replaced: str | None = None
    """The grey words instead of the buttons, once the bot has put them there."""
    selected: Mapping[str, Sequence[str]] = field(default_factory=dict)
    clicks: int = 0


@dataclass(slots=True, kw_only=True)
class SentCard:
    """A card with the copies of all who received it."""

    msg_id: str
    task_id: str
    copies: dict[str, CardOnPhone] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class _Code:
    sent: SentCard
    until: float
    used: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """What a click tells the bot (WeCom 90240)."""

    event: str
    key: str
    task_id: str
    card_type: str
    response_code: str
    selected: Mapping[str, Sequence[str]]


class CardDesk:
    """Cards by message id, response codes by themselves."""

    def __init__(self) -> None:
        self._sent: dict[str, SentCard] = {}
        self._tasks: dict[str, SentCard] = {}
        self._codes: dict[str, _Code] = {}

    def check_new(self, card: Mapping[str, object]) -> Json:
        """A card that may be sent: well made, its task not yet used by this app. Raises CorpError."""
        checked = check_card(card)
        if checked.get("task_id") in self._tasks:
            raise CorpError(42014, "task_id was used before")
        return checked

    def send(self, msg_id: str, card: Json, userids: Sequence[str], now: float) -> str:
        """Put a checked card on the phones; returns the sender's response code, empty for a mere notice."""
        task_id = str(card.get("task_id", ""))
        sent = SentCard(msg_id=msg_id, task_id=task_id)
        sent.copies = {userid: CardOnPhone(card=card) for userid in userids}
        self._sent[msg_id] = sent
        if task_id:
            self._tasks[task_id] = sent
        return self._issue(sent, now) if card["card_type"] in INTERACTIVE else ""

    def of_message(self, msg_id: str, userid: str) -> CardOnPhone | None:
        """A member's copy of the card that came with a message."""
        sent = self._sent.get(msg_id)
        return None if sent is None else sent.copies.get(userid)

    def click(
        self, userid: str, task_id: str, key: str, selected: Mapping[str, Sequence[str]], now: float
    ) -> Click:
        """A member presses a button; raises CardRefused when the phone shows no such button."""
        sent, copy = self._copy(userid, task_id)
        card = copy.card
        menu = key in menu_keys_of(card)
        if not menu:
            if copy.replaced is not None:
                raise CardRefused(f"the buttons of this card are grey: {copy.replaced}")
            if key not in keys_of(card):
                raise CardRefused(f"no button of this card has the key {key!r}")
            _check_selected(card, selected)
            copy.selected = {question: list(options) for question, options in selected.items()}
        copy.clicks += 1
        return Click(
            event="template_card_menu_event" if menu else "template_card_event",
            key=key,
            task_id=task_id,
            card_type=str(card["card_type"]),
            response_code=self._issue(sent, now),
            selected={} if menu else copy.selected,
        )

    def find(self, code: str, now: float) -> SentCard:
        """The card of a code that can still be used; raises CorpError 60140 (unknown, 72 hours) or 42022 (used)."""
        known = self._codes.get(code)
        if known is None or now >= known.until:
            raise CorpError(60140, "response_code")
        if known.used:
            raise CorpError(42022, "response_code")
        return known.sent

    def use(self, code: str) -> None:
        """A code is good for one change."""
        self._codes[code].used = True

    def exchange(self, sent: SentCard, userid: str, card: Mapping[str, object]) -> None:
        """Put another card in the place of a member's copy; its ``replace_text`` greys the buttons at once.

        Without a task id it keeps the one it had; raises CorpError when the card is badly made or its task is
        that of another card.
        """
        copy = sent.copies[userid]
        before = str(copy.card.get("task_id", sent.task_id))
        checked = check_card({"task_id": before, **card} if before else card)
        task_id = str(checked.get("task_id", ""))
        if task_id and self._tasks.setdefault(task_id, sent) is not sent:
            raise CorpError(42014, "task_id belongs to another card")
        words = checked.get("replace_text")
        copy.card = checked
        copy.replaced = words if isinstance(words, str) and words else None

    def by_task(self, task_id: str) -> SentCard | None:
        """The card of a task."""
        return self._tasks.get(task_id)

    def _copy(self, userid: str, task_id: str) -> tuple[SentCard, CardOnPhone]:
        sent = self._tasks.get(task_id)
        copy = None if sent is None else sent.copies.get(userid)
        if sent is None or copy is None or copy.card.get("task_id") != task_id:
            raise CardRefused(f"{userid} has no card with the task {task_id!r}")
        return sent, copy

    def _issue(self, sent: SentCard, now: float) -> str:
        code = secrets.token_urlsafe(32)
        self._codes[code] = _Code(sent=sent, until=now + CODE_LIFE)
        return code


def grey_out(copy: CardOnPhone, words: str) -> None:
    """Replace the buttons by grey words."""
    copy.replaced = words


def can_grey_out(copy: CardOnPhone) -> bool:
    """Only cards that have buttons can have them replaced."""
    return copy.card["card_type"] in INTERACTIVE


def _check_selected(card: Mapping[str, object], selected: Mapping[str, Sequence[str]]) -> None:
    questions = questions_of(card)
    for question, options in selected.items():
        if question not in questions or not set(options) <= questions[question]:
            raise CardRefused(f"the card has no such choice: {question} {list(options)}")
        if len(options) > 1 and not takes_several(card, question):
            raise CardRefused(f"only one option of {question} can be chosen")
