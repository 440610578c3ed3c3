"""What the knowledge base asks of an embedder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns texts into unit vectors. Used from one thread at a time."""

    @property
    def identity(self) -> str:
        """Names model and weights; vectors of embedders with different identities do not mix."""

    @property
    def width(self) -> int:
        """Numbers in a vector."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows, (texts, width); no texts give (0, width)."""
