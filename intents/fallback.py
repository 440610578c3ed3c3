"""The classifier that needs no training and no service: sure words first, then the nearest examples."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from opencc import OpenCC

from intents import nearest
from intents.numbers import masked_phone, order_number, short_code
from intents.order_rules import asks_for_order, asks_how_things_work
from intents.person_rules import wants_person
from intents.small_talk import small_talk
from intents.understanding import FAQ, ORDER_NO, PHONE, Understanding
from intents.wording import normalise, words_only

Embed = Callable[[Sequence[str]], Awaitable[NDArray[np.float32]]]
"""Texts to unit vectors, one row each."""

LONGEST_LIKE_AN_EXAMPLE = 40
"""Characters. Longer messages tell a story; no example is like them."""


class FallbackClassifier:
    """An ``Understander``. ``examples`` are sentences by intent; without ``embed`` only the rules speak.

    ``embed`` is asked only where the rules know nothing: it costs milliseconds, they cost microseconds. ``is_faq`` says
    of a text that the knowledge base holds it as it is. ``embedder`` names what embeds now: another one, other vectors.
    """

    def __init__(
        self,
        examples: Mapping[str, Sequence[str]],
        embed: Embed | None,
        *,
        is_faq: Callable[[str], bool] = lambda _: False,
        embedder: Callable[[], str] = lambda: "",
    ) -> None:
        self._labels = [intent for intent, sentences in examples.items() for _ in sentences]
        self._sentences = [sentence for sentences in examples.values() for sentence in sentences]
        self._embed = embed
        self._is_faq = is_faq
        self._embedder = embedder
        self._matrix: NDArray[np.float32] | None = None
        self._matrix_of = ""
        self._to_simplified = OpenCC("t2s")

    async def parse(self, text: str) -> Understanding:
        """Raises what ``embed`` raises; nothing else."""
        words = self._to_simplified.convert(normalise(text))
        entities = _entities(words)
        intent = _by_rule(words, number_given=ORDER_NO in entities)
        if intent is not None:
            return Understanding(intent=intent, confidence=1.0, entities=entities)
        if self._embed is None or not _like_an_example(words) or self._is_faq(text):
            return Understanding(intent=FAQ, confidence=1.0, entities=entities)
        label, confidence = await self._by_example(text[:LONGEST_LIKE_AN_EXAMPLE], self._embed)
        return Understanding(intent=label, confidence=confidence, entities=entities)

    async def warm_up(self) -> None:
        """Embeds the examples now instead of with the first message, and again for another embedder."""
        embedder = self._embedder()
        if self._embed is not None and (self._matrix is None or self._matrix_of != embedder):
            self._matrix, self._matrix_of = await self._embed(self._sentences), embedder

    async def _by_example(self, text: str, embed: Embed) -> tuple[str, float]:
        """Embeds the text as it came, so that whoever embeds for us can share the vector with a later search."""
        await self.warm_up()
        assert self._matrix is not None
        query = (await embed([text]))[0]
        return nearest.choose(self._matrix @ query, self._labels)


def _like_an_example(words: str) -> bool:
    """Whether comparing with examples can tell anything: there are words, not too many, and no FAQ topic."""
    if not words_only(words) or len(words) > LONGEST_LIKE_AN_EXAMPLE:
        return False
    return not asks_how_things_work(words)


def _entities(words: str) -> dict[str, str]:
    found = {}
    number = order_number(words)
    if number is None:
        number = _short_number(words)
    if number is not None:
        found[ORDER_NO] = number
    phone = masked_phone(words)
    if phone is not None:
        found[PHONE] = phone
    return found


def _short_number(words: str) -> str | None:
    """A short code is an order number where what is left of the sentence asks for an order ("A1001 发货没")."""
    code = short_code(words)
    if code is None:
        return None
    rest = words.replace(code.lower(), " ").strip()
    return code if asks_for_order(rest, number_given=False) else None


def _by_rule(words: str, *, number_given: bool) -> str | None:
    if wants_person(words):
        return "ask_human"
    talk = small_talk(words)
    if talk is not None:
        return talk
    if asks_for_order(words, number_given=number_given):
        return "order_status"
    return None
