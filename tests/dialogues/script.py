"""Dialogues as files: what the customer sends, what the bot says to it.

A file holds ``title`` and ``lines``. A line is ``customer:`` (a text, or one of ``image``, ``sticker``, ``voice: words
or null``, ``video``, ``location``, ``link``, ``follow``, ``unfollow``, ``menu: key``, ``tap: id label``, ``tap: 2`` for
the second choice below the last message) or ``bot:`` (the exact text), ``bot_contains:`` (one piece or several that the
next text holds), ``bot_silent: true``. ``who: li`` beside ``lines`` lets Li talk instead of Wang.

What the turns since the line before led to: ``case: reason`` or ``case: {reason: …, summary: [pieces]}`` (a case has
been opened), ``errand: {kind: …, order_no: …, details: {…}}`` (this and nothing else is to be done), ``consent:
{purpose: true}``, ``withdrawn: true`` (the customer does without the person they asked for).

Between lines: ``mall: away`` and ``mall: back``, ``rasa: away`` and ``rasa: back``, ``later: 20`` (hours go by).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import yaml

from conversations.inbound import (
    Content,
    Followed,
    Image,
    Link,
    Location,
    MenuClicked,
    Text,
    Trigger,
    Unfollowed,
    Video,
    Voice,
)
from conversations.outcomes import HandOver
from tests.dialogues.shop import LI, WANG, Talk

DIALOGUES = sorted(Path(__file__).parent.glob("*.yml"))
PEOPLE = {"wang": WANG, "li": LI}
PLAIN: dict[str, tuple[Content, Trigger | None]] = {
    "image": (Image(media_id="m1"), Trigger.MESSAGE),
    "sticker": (Image(media_id="m2"), Trigger.MESSAGE),
    "video": (Video(media_id="m3"), Trigger.MESSAGE),
    "location": (Location(latitude=30.2, longitude=120.1, label="杭州"), Trigger.MESSAGE),
    "link": (Link(title="好物", url="https://example.com"), Trigger.MESSAGE),
    "follow": (Followed(), Trigger.FOLLOW),
    "unfollow": (Unfollowed(), None),
}


class Absentee(Protocol):
    """What can go away and come back."""

    away: bool


class Player:
    """Plays one dialogue. Whatever the bot says or does and nobody asks about fails at the next line that may."""

    def __init__(self, talk: Talk, *, rasa: Absentee | None = None) -> None:
        """``rasa``: where there is one."""
        self.talk = talk
        self._rasa = rasa
        self._heard: list[str] = []
        self._cases = self._errands = self._consents = self._withdrawals = 0

    async def play(self, line: dict[str, Any]) -> None:
        """Plays one line; raises AssertionError where the bot says something else."""
        ((kind, value),) = line.items()
        match kind:
            case "customer":
                self._nothing_left()
                self._heard = await self.talk.sends(*_content(_tapped(value, self.talk)))
            case "later":
                self.talk.clock.advance(hours=value)
            case "mall":
                self.talk.orders.away = value == "away"
            case "rasa":
                assert self._rasa is not None, "this dialogue needs Rasa"
                self._rasa.away = value == "away"
            case _:
                self._expect(kind, value)

    def end(self) -> None:
        """Nothing may be left over."""
        self._nothing_left()

    def _expect(self, kind: str, value: Any) -> None:
        match kind:
            case "bot":
                assert self._next() == str(value).strip()
            case "bot_contains":
                self._contains([value] if isinstance(value, str) else value)
            case "bot_silent":
                assert self._heard == []
            case "case":
                self._case(value if isinstance(value, dict) else {"reason": value})
            case "errand":
                self._errand(value)
            case "consent":
                given = self.talk.consents[self._consents :]
                assert {each.purpose.value: each.granted for each in given} == value
                self._consents = len(self.talk.consents)
            case "withdrawn":
                assert self.talk.withdrawals == self._withdrawals + 1
                self._withdrawals += 1
            case _:
                raise AssertionError(f"unknown line {kind!r}")

    def _nothing_left(self) -> None:
        assert self._heard == [], "the bot said more than the dialogue expects"
        assert self.talk.opened[self._cases :] == [], "a case was opened that the dialogue does not expect"
        assert self.talk.errands[self._errands :] == [], "an errand that the dialogue does not expect"

    def _next(self) -> str:
        assert self._heard, "the bot said nothing"
        return self._heard.pop(0)

    def _contains(self, pieces: list[str]) -> None:
        text = self._next()
        missing = [piece for piece in pieces if piece not in text]
        assert missing == [], f"not in: {text}"

    def _case(self, expected: dict[str, Any]) -> None:
        opened: list[HandOver] = self.talk.opened[self._cases :]
        assert [case.reason.value for case in opened] == [expected["reason"]]
        missing = [piece for piece in expected.get("summary", ()) if piece not in opened[0].summary]
        assert missing == [], f"not in the case: {opened[0].summary}"
        self._cases = len(self.talk.opened)

    def _errand(self, expected: dict[str, Any]) -> None:
        told = [
            {"kind": each.kind.value, "order_no": each.order_no, "details": dict(each.details)}
            for each in self.talk.errands[self._errands :]
        ]
        assert told == [{"order_no": None, "details": {}, **expected}]
        self._errands = len(self.talk.errands)


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def _tapped(value: str | dict[str, Any], talk: Talk) -> str | dict[str, Any]:
    """A tap on the n-th choice as its id and label."""
    if not isinstance(value, dict) or not isinstance(value.get("tap"), int):
        return value
    assert value["tap"] <= len(talk.choices), f"only {len(talk.choices)} choices are below the last message"
    choice = talk.choices[value["tap"] - 1]
    return {"tap": (choice.id, choice.label)}


def _content(value: str | dict[str, Any]) -> tuple[Content, Trigger | None]:
    if isinstance(value, str):
        return Text(text=value), Trigger.MESSAGE
    ((kind, detail),) = value.items()
    match kind:
        case "voice":
            return Voice(media_id="m4", recognition=detail), Trigger.MESSAGE
        case "menu":
            return MenuClicked(menu_key=detail), Trigger.MENU_CLICK
        case "tap":
            menu_id, label = detail if isinstance(detail, tuple) else detail.split(" ", 1)
            return Text(text=label, menu_id=menu_id), Trigger.MESSAGE
        case _:
            return PLAIN[kind]
