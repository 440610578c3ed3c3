"""Tells events to a shop's Xiaoer: for the shop's own systems. Needs aiohttp and ``customers.events.signature``.

async with aiohttp.ClientSession() as session:
    client = EventClient(session, "https://bot.example.com", "mall", secret)
    sent = await client.send(events)
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import aiohttp

from customers.events.signature import signed_headers

PATH = "/api/v1/events"
MOST_EVENTS = 500
"""In one request, unless the shop's settings say less."""
MOST_BYTES = 900_000
"""Of a request's body, unless the shop's settings say less."""
ATTEMPTS = 8
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_SECONDS = 30.0
_NEEDLESS_TO_SAY = 300


class EventsNotSent(Exception):
    """What was taken before stays taken; sending all of it again takes nothing twice."""


class NotSigned(EventsNotSent):
    """The source or its secret is not the one that is set, or the clocks differ. Trying again is of no use."""


class NotAccepted(EventsNotSent):
    """The request is not what it should be. Trying again is of no use."""


class NotReached(EventsNotSent):
    """No answer, or none of use, however often it was tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """``index``: the event's place among those that were sent, from 0."""

    index: int
    id: str
    field: str
    problem: str
    cure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """``known``: told before, so that nothing changed. ``nobody``: of a phone number, where the shop keeps none."""

    taken: int = 0
    known: int = 0
    nobody: int = 0
    refused: tuple[Refused, ...] = ()

    def and_then(self, other: Sent) -> Sent:
        return Sent(
            taken=self.taken + other.taken,
            known=self.known + other.known,
            nobody=self.nobody + other.nobody,
            refused=(*self.refused, *other.refused),
        )


class EventClient:
    """``url``: where the bot is, without a path. ``pause``: waits that many seconds between attempts."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        source: str,
        secret: str,
        *,
        most_events: int = MOST_EVENTS,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._session = session
        self._url = url.rstrip("/") + PATH
        self._source = source
        self._secret = secret
        self._most_events = most_events
        self._pause = pause
        self._clock = clock

    async def send(self, events: Iterable[Mapping[str, Any]]) -> Sent:
        """Batch after batch, in order. Raises EventsNotSent; ``refused`` has to be looked at by the caller."""
        sent, first = Sent(), 0
        for count, body in _bodies(events, self._most_events):
            sent = sent.and_then(_read(await self._deliver(body), first))
            first += count
        return sent

    async def _deliver(self, body: bytes) -> Mapping[str, Any]:
        problem = ""
        for attempt in range(ATTEMPTS):
            told_to_wait = 0.0
            try:
                async with self._session.post(
                    self._url,
                    data=body,
                    headers=self._headers(body),
                    timeout=aiohttp.ClientTimeout(total=_SECONDS),
                ) as response:
                    if response.status == HTTPStatus.OK:
                        answer: Mapping[str, Any] = await response.json()
                        return answer
                    problem = f"{response.status} {(await response.text())[:_NEEDLESS_TO_SAY]}"
                    _raise_when_useless(response.status, problem)
                    told_to_wait = _seconds(response.headers.get("Retry-After", ""))
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
                problem = f"{type(error).__name__}: {error}"
            if attempt + 1 < ATTEMPTS:
                grown = _FIRST_PAUSE_SECONDS * 2.0**attempt
                await self._pause(min(max(grown, told_to_wait), _LONGEST_PAUSE_SECONDS))
        raise NotReached(f"{self._url}: {problem}, {ATTEMPTS} times")

    def _headers(self, body: bytes) -> dict[str, str]:
        """Signed at the moment of sending: a signature gets too old."""
        signed = signed_headers(self._secret, self._source, int(self._clock()), body)
        return {**signed, "Content-Type": "application/json"}


def _raise_when_useless(status: int, problem: str) -> None:
    """What stays as it is when the same is sent again."""
    if status == HTTPStatus.UNAUTHORIZED:
        raise NotSigned(f"{problem}. Check the source, its secret and the clock")
    passing = status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if not passing:
        raise NotAccepted(problem)


_PASSING = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS})


def _bodies(events: Iterable[Mapping[str, Any]], most_events: int) -> Iterator[tuple[int, bytes]]:
    """Each with how many events it holds. An event too large for any body goes alone, and is refused."""
    waiting: list[bytes] = []
    size = 0
    for event in events:
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
        if waiting and (len(waiting) >= most_events or size + len(text) > MOST_BYTES):
            yield len(waiting), _body(waiting)
            waiting, size = [], 0
        waiting.append(text)
        size += len(text) + 1
    if waiting:
        yield len(waiting), _body(waiting)


def _body(events: list[bytes]) -> bytes:
    return b'{"events":[' + b",".join(events) + b"]}"


def _read(answer: Mapping[str, Any], first: int) -> Sent:
    refused = [Refused(**each | {"index": first + each["index"]}) for each in answer["refused"]]
    return Sent(taken=answer["taken"], known=answer["known"], nobody=answer["nobody"], refused=tuple(refused))


def _seconds(written: str) -> float:
    """Of Retry-After, where it is a number."""
    return float(written) if written.isascii() and written.isdecimal() else 0.0
