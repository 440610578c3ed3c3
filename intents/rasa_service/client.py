"""Rasa over HTTP: what a message means, and the guided conversations that its dialogue leads.

Paths and bodies: "Rasa HTTP API" and "Your Own Website → REST channel" of Rasa 3.6's documentation.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from conversations.errors import Transient
from conversations.guidance import Guidance, Told
from intents.rasa_service.breaker import Breaker
from intents.rasa_service.told_before import Before, before, guidance

LONGEST = 500
"""Characters that Rasa reads of a message."""

_COMMAND = re.compile(r"^[\s/]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Something that a message names, as the pipeline found it: ``text`` between two places of the message."""

    entity: str
    text: str
    start: int
    end: int
    extractor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What Rasa reads in a message. ``ranking``: intents and how sure they are, best first, ``intent`` among them."""

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    entities: tuple[Named, ...]


@dataclass(slots=True, kw_only=True)
class _Patience:
    """``seconds`` that a message may wait, and whether it is worth waiting at all."""

    seconds: float
    breaker: Breaker = field(default_factory=Breaker)


class RasaClient:
    """One Rasa. Every failure is Transient: refused, slow, an error, something that is no answer of Rasa's."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        *,
        token: str,
        parse_seconds: float,
        guide_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``parse_seconds`` and ``guide_seconds`` are what a message may wait for to be read, or to be led on.

        Reading is given up much sooner: a Rasa too slow for it may still lead on.
        """
        self._session = session
        self._url = url.rstrip("/")
        self._token = token
        self._reading = _Patience(seconds=parse_seconds)
        self._leading = _Patience(seconds=guide_seconds)
        self._clock = clock

    async def parse(self, text: str) -> Parsed:
        """What a message means."""
        answer = await self._call(self._reading, "POST", "/model/parse", {"text": as_words(text)})
        try:
            return _parsed(answer)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Transient("Rasa read a message in a way that we do not understand") from error

    async def begin(self, tracker: str, intent: str, text: str, *, told: Told) -> Sequence[Guidance]:
        """Begins the guided conversation of ``intent`` in a tracker of its own; the customer's words travel beside it.

        ``tracker`` needs no quoting. With ``told.again`` Rasa is first asked what became of the message, and is told
        it only where nothing did.
        """
        return await self._say(tracker, f"/{intent}", told, {"text": text[:LONGEST]})

    async def tell(self, tracker: str, text: str, *, told: Told) -> Sequence[Guidance]:
        """Goes on with it."""
        return await self._say(tracker, as_words(text), told, {})

    async def model_file(self) -> str:
        """The name of the model that is loaded."""
        answer = await self._call(self._leading, "GET", "/status")
        return str(answer.get("model_file", "")) if isinstance(answer, Mapping) else ""

    async def _say(
        self, tracker: str, message: str, told: Told, beside: Mapping[str, str]
    ) -> Sequence[Guidance]:
        known = await self._before(tracker, told.key) if told.again else Before()
        if known.answer:
            return known.answer
        if known.ended is not None:
            return await self._end(tracker, known.ended)
        metadata = {"key": told.key, "who": told.who, **beside}
        body = {"sender": tracker, "message": message, "metadata": metadata}
        answer = await self._call(self._leading, "POST", "/webhooks/rest/webhook", body)
        return guidance(said.get("custom") for said in _dicts(answer))

    async def _before(self, tracker: str, key: str) -> Before:
        """What became of the message with this key."""
        path = f"/conversations/{tracker}/tracker"
        answer = await self._call(self._leading, "GET", path, include_events="ALL")
        return before(_dicts(answer.get("events") if isinstance(answer, Mapping) else None), key)

    async def _end(self, tracker: str, form: str) -> Sequence[Guidance]:
        """What the end of a form leads to, when Rasa has ended it and its last action has failed."""
        path, body = f"/conversations/{tracker}/execute", {"name": f"action_submit_{form}"}
        answer = await self._call(self._leading, "POST", path, body)
        said = answer.get("messages") if isinstance(answer, Mapping) else None
        return guidance(each.get("custom") for each in _dicts(said))

    async def _call(
        self, patience: _Patience, method: str, path: str, body: object = None, **query: str
    ) -> Any:
        if not patience.breaker.lets_through(self._clock()):
            raise Transient("Rasa did not answer a moment ago")
        query["token"] = self._token
        try:
            async with (
                asyncio.timeout(patience.seconds),
                self._session.request(method, self._url + path, params=query, json=body) as response,
            ):
                response.raise_for_status()
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            patience.breaker = patience.breaker.failed(self._clock())
            raise Transient(f"Rasa does not answer ({type(error).__name__})") from error
        patience.breaker = patience.breaker.succeeded()
        return answer


def as_words(text: str) -> str:
    """A message that Rasa reads as words: one that begins with / is a command to it, and an empty one an error."""
    return _COMMAND.sub("", text[:LONGEST]).strip() or "?"


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _parsed(answer: Mapping[str, Any]) -> Parsed:
    ranking = tuple(
        (str(each["name"]), float(each["confidence"])) for each in answer.get("intent_ranking") or ()
    )
    return Parsed(
        intent=str(answer["intent"]["name"] or ""),
        confidence=float(answer["intent"]["confidence"] or 0.0),
        ranking=ranking,
        entities=tuple(
            Named(
                entity=str(each["entity"]),
                text=str(each["value"]),
                start=int(each.get("start", 0)),
                end=int(each.get("end", 0)),
                extractor=str(each.get("extractor", "")),
            )
            for each in answer.get("entities") or ()
        ),
    )
