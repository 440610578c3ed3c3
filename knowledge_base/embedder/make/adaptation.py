"""What training has changed in the embedder: small matrices beside its layers.

The change of a weight matrix W (out, into) is kept as two thin ones, W + U D with U (out, rank) and D (rank, into), the
best of that rank (LoRA, Hu et al. 2021, has the form; here it is cut from a full training by singular values). So the
package's own 4-bit numbers stay as they are, and what was trained is a file of a few megabytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.errors import EmbedderUnavailable

Floats = NDArray[np.float32]

SHIPPED = Path(__file__).with_name("trained.npz")
"""Trained by ``python -m scripts.train_embedder`` on the texts in ``knowledge_base/tuning/corpus``."""

RANK = 32
_DOWN, _UP, _CHANGE = "down.", "up.", "change."


@dataclass(frozen=True, slots=True, kw_only=True)
class LowRank:
    """Adds ``up @ down`` to a weight matrix: ``up`` (out, rank), ``down`` (rank, into)."""

    up: Floats
    down: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """``products``: by the name of a linear layer (that of its first tensor where several are stacked); ``changes``:
    what is added to a small tensor, by its name.
    """

    products: Mapping[str, LowRank]
    changes: Mapping[str, Floats]

    @classmethod
    def read(cls, path: Path) -> Adaptation:
        """From what ``write`` wrote; raises ``EmbedderUnavailable``."""
        try:
            with np.load(path) as arrays:
                kept = {name: arrays[name].astype(np.float32) for name in arrays.files}
        except (OSError, ValueError) as exc:
            raise EmbedderUnavailable(f"{path.name} cannot be read: {exc}; run `make setup`") from exc
        names = [name.removeprefix(_UP) for name in kept if name.startswith(_UP)]
        return cls(
            products={name: LowRank(up=kept[_UP + name], down=kept[_DOWN + name]) for name in names},
            changes={name.removeprefix(_CHANGE): kept[name] for name in kept if name.startswith(_CHANGE)},
        )

    def write(self, path: Path) -> None:
        """As 16-bit numbers."""
        arrays = {_CHANGE + name: change for name, change in self.changes.items()}
        for name, product in self.products.items():
            arrays |= {_UP + name: product.up, _DOWN + name: product.down}
        np.savez(path, **{name: array.astype(np.float16) for name, array in sorted(arrays.items())})  # type: ignore[arg-type]

    @property
    def identity(self) -> str:
        """Names what was trained by its contents."""
        digest = hashlib.sha256()
        for name, product in sorted(self.products.items()):
            digest.update(name.encode() + product.up.tobytes() + product.down.tobytes())
        for name, change in sorted(self.changes.items()):
            digest.update(name.encode() + change.tobytes())
        return digest.hexdigest()[:16]

    def changed(self, name: str, tensor: Floats) -> Floats:
        """A small tensor with what training added to it."""
        change = self.changes.get(name)
        return tensor if change is None else tensor + change.reshape(tensor.shape)


UNCHANGED = Adaptation(products={}, changes={})


def lower_rank(change: Floats, rank: int) -> LowRank:
    """The matrices of ``rank`` that come nearest to ``change`` (out, into), by least squares."""
    left, sizes, right = np.linalg.svd(change.astype(np.float64), full_matrices=False)
    root = np.sqrt(sizes[:rank])
    return LowRank(
        up=np.asarray(left[:, :rank] * root, dtype=np.float32),
        down=np.asarray(root[:, None] * right[:rank], dtype=np.float32),
    )


def stacks(layers: int) -> Sequence[Sequence[str]]:
    """The tensors that make up each linear layer, those stacked into one together."""
    parts = (("q", "k", "v"), ("ao",), ("fi",), ("fo",))
    return [[f"l{layer}.{part}" for part in stack] for layer in range(layers) for stack in parts]
