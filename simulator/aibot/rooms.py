"""What people and the bot said to each other, in single chats and in internal groups."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

_LINES_KEPT = 400


class NoSuchThing(ValueError):
    """There is no such room, card or message; the text says which."""


@dataclass(slots=True, kw_only=True)
class Line:
    """One line on the screens of a room. A stream's line changes until ``finished``."""

    number: int
    at: datetime
    who: str
    """A userid, or ``bot``, or ``system``."""
    kind: str
    content: Mapping[str, object]
    finished: bool = True

    def as_json(self) -> dict[str, object]:
        """For the control API and the page."""
        return {
            "number": self.number,
            "at": self.at.isoformat(timespec="milliseconds"),
            "who": self.who,
            "kind": self.kind,
            "content": dict(self.content),
            "finished": self.finished,
        }


@dataclass(slots=True, kw_only=True)
class Room:
    """A conversation with the bot; a single chat has one member and is named like them."""

    id: str
    single: bool
    name: str
    members: set[str]
    lines: deque[Line] = field(default_factory=lambda: deque(maxlen=_LINES_KEPT))
    written: bool = False
    """Whether a person ever wrote to the bot here."""
    sent: deque[float] = field(default_factory=deque)
    """When the bot wrote of its own accord within the last hour, epoch seconds."""
    _number: int = 0

    def add(
        self, who: str, kind: str, content: Mapping[str, object], *, at: datetime, finished: bool = True
    ) -> Line:
        """Append a line."""
        self._number += 1
        line = Line(number=self._number, at=at, who=who, kind=kind, content=content, finished=finished)
        self.lines.append(line)
        return line

    def card(self, task_id: str) -> Line:
        """The newest card of that task; raises NoSuchThing."""
        for line in reversed(self.lines):
            if line.kind == "template_card" and line.content.get("task_id") == task_id:
                return line
        raise NoSuchThing(f"there is no card of task {task_id!r}")

    def as_json(self) -> dict[str, object]:
        """For the control API."""
        return {
            "id": self.id,
            "chattype": "single" if self.single else "group",
            "name": self.name,
            "members": sorted(self.members),
            "lines": self._number,
        }


class Rooms:
    """All conversations of the bot."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}

    def all(self) -> list[Room]:
        """Every room."""
        return list(self._rooms.values())

    def single(self, userid: str) -> Room:
        """The chat of one person, made when there is none."""
        room = self._rooms.get(userid)
        if room is None:
            room = self._rooms[userid] = Room(id=userid, single=True, name=userid, members={userid})
        return room

    def set_group(self, chatid: str, name: str, members: set[str]) -> Room:
        """Make or change an internal group that the bot belongs to."""
        room = self._rooms.get(chatid)
        if room is None:
            room = self._rooms[chatid] = Room(id=chatid, single=False, name=name, members=members)
        room.name, room.members = name, members
        return room

    def get(self, key: str) -> Room:
        """The room of that id; raises NoSuchThing."""
        room = self._rooms.get(key)
        if room is None:
            raise NoSuchThing(f"there is no conversation {key!r}")
        return room
