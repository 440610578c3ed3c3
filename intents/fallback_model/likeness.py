"""How like a message is to each text that the model was trained with. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from intents.fallback_model.features import Floats, Places

MEANING = 2.5 * 2.5
"""How much the likeness of meanings counts beside that of characters (1) and of syllables (1); by cross-validation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The training texts, by what is in them: ``rows[starts[i]:starts[i + 1]]`` are those that have feature ``i``, and
    ``values`` how much. ``meanings``: their vectors (texts, width), None where the model goes without.
    """

    count: int
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    values: Floats
    meanings: Floats | None

    def likeness(self, places: Places, values: Floats, meaning: Floats | None) -> Floats:
        """(texts,): 1 and more for what is alike. ``meaning`` is left out where the model has none."""
        spans = [slice(*self.starts[place : place + 2].tolist()) for place in places]
        shared = [self.values[span] * value for span, value in zip(spans, values, strict=True)]
        rows = [self.rows[span] for span in spans]
        total = np.ones(self.count, dtype=np.float32)
        if rows:
            total += np.bincount(np.concatenate(rows), np.concatenate(shared), minlength=self.count)
        if self.meanings is not None and meaning is not None:
            total += np.float32(MEANING) * (self.meanings @ meaning)
        return together(total, with_meaning=self.meanings is not None)


def together(sums: Floats, *, with_meaning: bool) -> Floats:
    """Sums of likenesses as one: squared, so that two things that go together count more than each alone."""
    most = 3 + (MEANING if with_meaning else 0)
    return np.asarray(sums * sums / most, dtype=np.float32)
