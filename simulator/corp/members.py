"""The corp's staff: who can be written to, and who can serve customers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Member:
    """A member within the app's visible range (``visible``) whose account is activated (``active``)."""

    userid: str
    name: str
    active: bool = True
    visible: bool = True


class Members:
    """Members by userid; userids do not differ by case alone (WeCom 90195)."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._members: dict[str, Member] = {}
        for item in names:
            userid, _, name = item.partition(":")
            self.add(userid, name)

    def __iter__(self) -> Iterator[Member]:
        return iter(self._members.values())

    def add(self, userid: str, name: str = "", *, active: bool = True, visible: bool = True) -> Member:
        """Add a member or change one."""
        member = Member(userid=userid, name=name or userid, active=active, visible=visible)
        self._members[userid.lower()] = member
        return member

    def get(self, userid: str) -> Member | None:
        """The member of that userid, if any."""
        return self._members.get(userid.lower())
