"""An embedder that remembers: one message is embedded once, whoever asks about it (classifier, search)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedder.port import Embedder


class RememberingEmbedder:
    """The vectors of the last ``size`` texts are kept; 0 keeps none. Used from one thread at a time."""

    def __init__(self, inner: Embedder, *, size: int) -> None:
        self._inner = inner
        self._size = size
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    @property
    def identity(self) -> str:
        return self._inner.identity

    @property
    def width(self) -> int:
        return self._inner.width

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        unique = dict.fromkeys(texts)
        missing = [text for text in unique if text not in self._vectors]
        fresh = dict(zip(missing, self._inner.encode(missing), strict=True)) if missing else {}
        known = {text: fresh[text] if text in fresh else self._vectors[text] for text in unique}
        self._remember(known)
        if not texts:
            return self._inner.encode(texts)
        return np.stack([known[text] for text in texts])

    def _remember(self, vectors: dict[str, NDArray[np.float32]]) -> None:
        for text, vector in vectors.items():
            self._vectors[text] = vector
            self._vectors.move_to_end(text)
        while len(self._vectors) > self._size:
            self._vectors.popitem(last=False)
