"""Dialogues as files: what the customer sends, what the bot says to it.

A file holds ``title`` and ``lines``. A line is ``customer:`` (a text, or one of ``image``, ``sticker``, ``voice: words
or null``, ``video``, ``location``, ``link``, ``follow``, ``unfollow``, ``menu: key``, ``tap: id label``) or ``bot:``
(the exact text), ``bot_contains:`` (one piece or several that the next text holds), ``bot_silent: true``, or
``case: reason`` (a case with that reason has been opened since the line before). ``mall: away`` and ``mall: back``
happen between lines. ``who: li`` beside ``lines`` lets Li talk instead of Wang.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
from tests.dialogues.shop import LI, WANG, Talk

DIALOGUES = sorted(Path(__file__).parent.glob("*.yml"))
PLAIN: dict[str, tuple[Content, Trigger | None]] = {
    "image": (Image(media_id="m1"), Trigger.MESSAGE),
    "sticker": (Image(media_id="m2"), Trigger.MESSAGE),
    "video": (Video(media_id="m3"), Trigger.MESSAGE),
    "location": (Location(latitude=30.2, longitude=120.1, label="杭州"), Trigger.MESSAGE),
    "link": (Link(title="好物", url="https://example.com"), Trigger.MESSAGE),
    "follow": (Followed(), Trigger.FOLLOW),
    "unfollow": (Unfollowed(), None),
}


class Player:
    """Plays one dialogue. What the bot said and nobody asked about fails at the customer's next line."""

    def __init__(self, who: str) -> None:
        self.talk = Talk({"wang": WANG, "li": LI}[who])
        self._heard: list[str] = []
        self._cases_seen = 0

    async def play(self, line: dict[str, Any]) -> None:
        """Plays one line; raises AssertionError where the bot says something else."""
        ((kind, value),) = line.items()
        match kind:
            case "customer":
                assert self._heard == [], "the bot said more than the dialogue expects"
                self._heard = await self.talk.sends(*_content(value))
            case "bot":
                assert self._next() == str(value).strip()
            case "bot_contains":
                self._contains([value] if isinstance(value, str) else value)
            case "bot_silent":
                assert self._heard == []
            case "case":
                assert [case.reason.value for case in self.talk.opened[self._cases_seen :]] == [value]
                self._cases_seen = len(self.talk.opened)
            case "mall":
                self.talk.orders.away = value == "away"
            case _:
                raise AssertionError(f"unknown line {kind!r}")

    def end(self) -> None:
        """Nothing may be left over."""
        assert self._heard == [], "the bot said more than the dialogue expects"
        assert len(self.talk.opened) == self._cases_seen, (
            "a case was opened that the dialogue does not expect"
        )

    def _next(self) -> str:
        assert self._heard, "the bot said nothing"
        return self._heard.pop(0)

    def _contains(self, pieces: list[str]) -> None:
        text = self._next()
        missing = [piece for piece in pieces if piece not in text]
        assert missing == [], f"not in: {text}"


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


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
            menu_id, label = detail.split(" ", 1)
            return Text(text=label, menu_id=menu_id), Trigger.MESSAGE
        case _:
            return PLAIN[kind]
