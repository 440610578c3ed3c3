"""The model: a message in, intents and how sure each is out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from intents.fallback_model.certainty import Certainty
from intents.fallback_model.features import Features, Floats, asks_how
from intents.fallback_model.likeness import Known

Ranking = tuple[tuple[str, float], ...]
"""Intents and their probabilities, best first."""

RANKED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """``embedder``: identity of the one whose vectors it goes with, "" for a model of words alone.

    ``pulls``: (training texts, intents + 1), how much likeness to a text speaks for each intent.
    """

    intents: tuple[str, ...]
    embedder: str
    features: Features
    known: Known
    pulls: Floats
    certainty: Certainty

    def rank(self, text: str, meaning: Floats | None = None) -> Ranking:
        """Any text. ``meaning``: its unit vector by ``embedder``; needed exactly where that is not "".

        Raises ValueError where it is missing.
        """
        if self.embedder and meaning is None:
            raise ValueError("this model needs the vector of the text")
        places, values = self.features.vector(text)
        margins = (self.known.likeness(places, values, meaning) @ self.pulls).astype(np.float64)[None]
        sure = self.certainty.of(margins, np.array([asks_how(text)]))[0]
        best = np.argsort(-margins[0, :-1], kind="stable")[:RANKED]
        return tuple((self.intents[place], float(sure[place])) for place in best)
