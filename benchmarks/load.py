"""The load: encrypted callbacks prepared beforehand, sent at their times, and what came back for each."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from benchmarks.connections import Connections, Response
from benchmarks.questions import Question
from benchmarks.shop import ORIGINAL_ID
from simulator.envelope import Envelope, ReplyDefect, Stamp
from simulator.messages import Inner
from simulator.replies import ACKNOWLEDGEMENTS, Expectation, read_reply

SHOPPERS = 5000
"""They write in turn, so that nobody has two questions open unless the bot is far behind."""

_GIVE_UP_SECONDS = 15.0
"""The platform waits 5 s; an answer after that is counted as late, and after this as an error."""


@dataclass(slots=True, kw_only=True)
class Shot:
    """One question. Times are of the generator's clock; ``due`` counts from the start of the load."""

    due: float
    openid: str
    question: Question
    request: bytes
    sent: float | None = None
    acknowledged: float | None = None
    answered: float | None = None
    route: str | None = None
    answer: str | None = None
    response: Response | None = None
    error: str | None = None


@dataclass(slots=True)
class Load:
    """Fires shots at their due times whatever comes back (open loop), and notes what comes back."""

    shots: Sequence[Shot] = ()
    began: float = 0.0
    _open: dict[str, deque[Shot]] = field(default_factory=lambda: defaultdict(deque))
    _unanswered: int = 0
    _all_answered: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, connections: Connections, *, patience: float) -> None:
        """Returns when each question has been answered, or ``patience`` seconds after the last response."""
        self._unanswered = len(self.shots)
        self.began = time.perf_counter()
        tasks = []
        for shot in self.shots:
            wait = self.began + shot.due - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            tasks.append(asyncio.create_task(self._fire(shot, connections)))
        await asyncio.gather(*tasks)
        try:
            await asyncio.wait_for(self._all_answered.wait(), patience)
        except TimeoutError:
            return

    async def run_closed(self, connections: Connections, *, workers: int, seconds: float) -> float:
        """Fires as fast as ``workers`` connections get responses; returns the seconds that it took."""
        self.began = time.perf_counter()
        ends = self.began + seconds
        waiting = iter(self.shots)

        async def work() -> None:
            for shot in waiting:
                await self._fire(shot, connections)
                if time.perf_counter() >= ends:
                    return

        await asyncio.gather(*(work() for _ in range(workers)))
        return time.perf_counter() - self.began

    def heard(self, openid: str, text: str) -> None:
        """The bot sent this by the API: the answer to the shopper's oldest open question."""
        if self._open[openid]:
            self._answered(self._open[openid].popleft(), "api", text)

    async def _fire(self, shot: Shot, connections: Connections) -> None:
        self._open[shot.openid].append(shot)
        shot.sent = time.perf_counter()
        try:
            async with asyncio.timeout(_GIVE_UP_SECONDS):
                response = await connections.exchange(shot.request)
        except (OSError, TimeoutError) as error:
            shot.error = type(error).__name__
            return
        shot.response = response
        shot.acknowledged = time.perf_counter()
        if response.status != 200:
            shot.error = f"http {response.status}"
        elif response.body not in ACKNOWLEDGEMENTS and shot in self._open[shot.openid]:
            self._open[shot.openid].remove(shot)
            self._answered(shot, "passive", None)

    def _answered(self, shot: Shot, route: str, text: str | None) -> None:
        shot.answered, shot.route, shot.answer = time.perf_counter(), route, text
        self._unanswered -= 1
        if self._unanswered == 0:
            self._all_answered.set()


def prepare(
    questions: Iterator[Question], envelope: Envelope, *, rate: float, seconds: float, seed: int
) -> list[Shot]:
    """Shots for ``seconds``, arriving as people do: independently of each other (Poisson), ``rate`` a second."""
    chance = random.Random(seed)
    shots: list[Shot] = []
    due = chance.expovariate(rate)
    while due < seconds:
        shots.append(_shot(len(shots), due, next(questions), envelope, chance))
        due += chance.expovariate(rate)
    return shots


def read_passive_answers(shots: Sequence[Shot], envelope: Envelope) -> None:
    """Opens and checks the passive answers as the platform would; one that it would refuse is an error."""
    for shot in shots:
        if shot.route != "passive" or shot.response is None:
            continue
        try:
            shot.answer = _read(shot, envelope)
        except ReplyDefect as defect:
            shot.error = f"reply {defect.code}"


def _read(shot: Shot, envelope: Envelope) -> str:
    assert shot.response is not None
    clear, _ = envelope.unwrap(shot.response.body)
    expected = Expectation(
        openid=shot.openid, original_id=ORIGINAL_ID, answers_event=False, known_media=lambda _: True
    )
    return str(read_reply(clear, envelope.body_format, expected).content.get("text", ""))


def _shot(number: int, due: float, question: Question, envelope: Envelope, chance: random.Random) -> Shot:
    openid = f"oBench{number % SHOPPERS:022d}"
    now = int(time.time())
    inner = Inner(
        to_user=ORIGINAL_ID,
        from_user=openid,
        create_time=now,
        msg_type="text",
        fields=(("Content", question.text),),
        msg_id=str(23_000_000_000_000_000 + number),
    )
    outgoing = envelope.wrap(inner, Stamp(timestamp=now, nonce=str(chance.randrange(10**9))))
    head = (
        f"POST /callback/official?{urlencode(outgoing.query)} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Content-Type: {outgoing.content_type}\r\nContent-Length: {len(outgoing.body)}\r\n\r\n"
    )
    return Shot(due=due, openid=openid, question=question, request=head.encode() + outgoing.body)
