"""Questions that wait for the model: which are taken together next, and when there are too many."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import count

from knowledge_base.decision import Verdict
from knowledge_base.errors import KnowledgeBaseBusy
from knowledge_base.searching import Asked


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Waiting:
    """A question, and where its verdict goes. ``number`` counts up."""

    number: int
    asked: Asked
    verdict: asyncio.Future[Verdict]


class WaitingLine:
    """At most ``size`` questions. Used from the event loop only."""

    def __init__(self, *, size: int) -> None:
        self._size = size
        self._questions: list[Waiting] = []
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._questions)

    def join(self, asked: Asked) -> asyncio.Future[Verdict]:
        """Wait at the end; raises ``KnowledgeBaseBusy`` when the line is full."""
        if len(self._questions) >= self._size:
            raise KnowledgeBaseBusy
        verdict: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._questions.append(Waiting(number=next(self._numbers), asked=asked, verdict=verdict))
        return verdict

    def take(self, most: int) -> list[Waiting]:
        """The oldest question and those nearest to it in length, oldest first; they wait no longer.

        Texts of the same length are embedded together, and cost a third less so. The oldest is always among them, so
        nobody is overtaken for ever.
        """
        if not self._questions:
            return []
        length = len(self._questions[0].asked.text)
        alike = sorted(self._questions, key=lambda each: (abs(len(each.asked.text) - length), each.number))
        taken = sorted(alike[:most], key=lambda each: each.number)
        numbers = {each.number for each in taken}
        self._questions = [each for each in self._questions if each.number not in numbers]
        return taken
