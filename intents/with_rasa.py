"""Understands with Rasa, and without it while it is away."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from conversations.clock import Clock
from conversations.errors import Transient
from intents.entities.raw import RawEntity, normalised
from intents.kinds import ALL
from intents.rasa_service.client import Parsed
from intents.understanding import FAQ, Source, Understander, Understanding


class Reader(Protocol):
    """Rasa, as far as it reads messages."""

    async def parse(self, text: str) -> Parsed:
        """What a message means. Raises Transient."""
        ...


class WithRasa:
    """An ``Understander``. ``without`` knows the sure words, finds what a message names, and stands in for Rasa."""

    def __init__(self, rasa: Reader, without: Understander, clock: Clock) -> None:
        self._rasa = rasa
        self._without = without
        self._clock = clock

    async def parse(self, text: str) -> Understanding:
        """Raises what ``without`` raises; nothing of Rasa's."""
        known = await self._without.parse(text)
        if known.source is Source.RULE and known.intent != FAQ:
            return known
        try:
            parsed = await self._rasa.parse(text)
        except Transient:
            return replace(known, source=Source.FALLBACK)
        return self._read(parsed, known)

    def _read(self, parsed: Parsed, known: Understanding) -> Understanding:
        """Rasa's reading. What is none of our intents is a question for the knowledge base."""
        ranked = tuple((name, sure) for name, sure in parsed.ranking if name in ALL)
        ours = parsed.intent in ALL
        raw = [
            RawEntity(name=each.entity, text=each.text, start=each.start, end=each.end)
            for each in parsed.entities
        ]
        return Understanding(
            intent=parsed.intent if ours else FAQ,
            confidence=parsed.confidence,
            entities=normalised(raw, now=self._clock.now(), found=known.entities),
            others=tuple(each for each in ranked if not ours or each[0] != parsed.intent),
            source=Source.RASA,
        )
