"""The classifier that needs no service: sure words first, then a model trained from ``intents/nlu``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from intents.entities.finding import find, simplified
from intents.fallback_model.model import Model, Ranking
from intents.sure_words import sure_intent
from intents.understanding import FAQ, Source, Understanding
from intents.wording import normalise, words_only

Embed = Callable[[Sequence[str]], Awaitable[NDArray[np.float32]]]
"""Texts to unit vectors, one row each."""

LONGEST_READ = 80
"""Characters. Longer messages tell a story; no sentence that the model knows is like them."""

LOOK_AGAIN_SECONDS = 30.0
"""A model that was not there is looked for again after this long: it may be in training."""

LIKELY = 0.45
"""Probability from which the best intent is named; below it the message is a question for the knowledge base. Refused
are then 95 % of unseen texts that are not for us (training prints the figures), as by Rasa's threshold."""


class Models(Protocol):
    """Where trained models are."""

    def find(self, embedder: str) -> Model | None:
        """The one for the vectors of this embedder, or of words alone for ""; None when there is none."""
        ...


class FallbackClassifier:
    """An ``Understander``. Without ``models``, or before ``warm_up``, only the rules speak.

    ``embed`` is asked only where the rules know nothing and the model can use its vectors: it costs milliseconds, they
    cost microseconds. ``is_faq`` says of a text that the knowledge base holds it as it is. ``embedder`` names what
    embeds now. A model for it is used where there is one, else the model of words alone.
    """

    def __init__(
        self,
        models: Models | None = None,
        embed: Embed | None = None,
        *,
        is_faq: Callable[[str], bool] = lambda _: False,
        embedder: Callable[[], str] = lambda: "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        goods: Sequence[str] = (),
    ) -> None:
        """``goods``: names of products that messages may hold."""
        self._models = models
        self._embed = embed
        self._is_faq = is_faq
        self._embedder = embedder
        self._clock = clock
        self._goods = tuple(goods)
        self._model: Model | None = None
        self._model_of: str | None = None
        self._looked_at = 0.0

    @property
    def has_model(self) -> bool:
        """Whether there is more than the rules; known after ``warm_up``."""
        return self._model is not None

    async def parse(self, text: str) -> Understanding:
        """Raises what ``embed`` raises; nothing else."""
        words = simplified(normalise(text))
        found = find(text, now=self._clock(), products_known=self._goods)
        entities = found.flat()
        intent = sure_intent(words, order_no=found.order_no)
        if intent is not None:
            return Understanding(intent=intent, confidence=1.0, entities=entities, source=Source.RULE)
        if not words_only(words) or len(words) > LONGEST_READ or self._is_faq(text):
            return Understanding(intent=FAQ, confidence=1.0, entities=entities, source=Source.RULE)
        return _understood(await self._ranking(text, words), entities)

    async def warm_up(self) -> None:
        """Loads the model for the embedder in use; milliseconds, again for another embedder, or while there is none."""
        embedder = self._embedder() if self._embed is not None else ""
        if self._models is None or (self._model_of == embedder and self._is_settled()):
            return
        models = self._models
        self._model = await asyncio.to_thread(lambda: models.find(embedder) or models.find(""))
        self._model_of = embedder
        self._looked_at = time.monotonic()

    def _is_settled(self) -> bool:
        return self._model is not None or time.monotonic() - self._looked_at < LOOK_AGAIN_SECONDS

    async def _ranking(self, text: str, words: str) -> Ranking:
        """Embeds the text as it came, so that whoever embeds for us can share the vector with a later search."""
        await self.warm_up()
        model = self._model
        if model is None:
            return ()
        if not model.embedder or self._embed is None:
            return model.rank(words)
        return model.rank(words, (await self._embed([text]))[0])


def _understood(ranking: Ranking, entities: Mapping[str, str]) -> Understanding:
    """The best intent where it is likely; else a question, with the intents beside it."""
    if not ranking:
        return Understanding(intent=FAQ, confidence=1.0, entities=entities, source=Source.FALLBACK)
    (intent, sure), *others = ranking
    if sure < LIKELY:
        return Understanding(
            intent=FAQ, confidence=1 - sure, entities=entities, others=ranking, source=Source.FALLBACK
        )
    return Understanding(
        intent=intent, confidence=sure, entities=entities, others=tuple(others), source=Source.FALLBACK
    )
