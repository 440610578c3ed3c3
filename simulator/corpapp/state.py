"""Everything of one self-built app that remembers something."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count

from simulator.corp.members import Members
from simulator.corpapp.chats import AppChats
from simulator.corpapp.contents import Rules
from simulator.corpapp.desk import CardDesk
from simulator.corpapp.fields import Json
from simulator.corpapp.files import AppFiles
from simulator.corpapp.handsets import Handsets
from simulator.corpapp.robots import Robots
from simulator.corpapp.sending import AppMessages
from simulator.media import MediaShelf


class CorpApp:
    """Phones, cards, messages, chats, robots, files and the menu of one app."""

    def __init__(
        self,
        *,
        agent_id: int,
        members: Members,
        media: MediaShelf,
        robot_keys: tuple[str, ...],
        now: Callable[[], float],
    ) -> None:
        ids = count((time.time_ns() // 1_000_000) << 20)
        self.agent_id = agent_id
        self.name = "店小二"
        self.menu: Json | None = None
        self.next_id: Callable[[], str] = lambda: str(next(ids))
        self.handsets = Handsets(now)
        self.desk = CardDesk()
        self.files = AppFiles(media)
        self.robots = Robots(robot_keys)
        self.chats = AppChats(members=members, handsets=self.handsets)
        self.messages = AppMessages(
            agent_id=agent_id,
            members=members,
            handsets=self.handsets,
            desk=self.desk,
            next_id=self.next_id,
        )

    def rules(self, now: float, *, robot: str = "", cut: Callable[[int], None] | None = None) -> Rules:
        """How this app's messages are read; with ``cut`` a text that is too long is cut and told of."""

        def stored(media_id: str) -> str | None:
            return self.files.kind_of(media_id, now, robot=robot)

        if cut is None:
            return Rules(stored=stored)
        return Rules(stored=stored, cuts=True, cut=cut)
