"""Any sentence-transformers model as an embedder. Importing this module loads torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import LocalEntryNotFoundError
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from knowledge_base.embedder.files import folder_hash
from knowledge_base.errors import EmbedderUnavailable


class SentenceModel:
    """A sentence-transformers model on the CPU, in float32."""

    def __init__(self, model: SentenceTransformer, *, identity: str) -> None:
        self._model = model
        self.identity = identity
        self.width = int(model.get_embedding_dimension() or 0)

    @classmethod
    def load(cls, name: str, *, threads: int) -> SentenceModel:
        """Open a folder, or a model name from the local hub cache; raises ``EmbedderUnavailable``. Code in
        the model is never run.
        """
        folder = _find(name)
        torch.set_num_threads(threads)
        try:
            model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        except (OSError, ValueError) as exc:
            raise EmbedderUnavailable(f"cannot load the embedder {name!r}: {exc}") from exc
        return cls(model, identity=folder_hash(folder))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self.width), dtype=np.float32)
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(vectors, dtype=np.float32)


def _find(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name)
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, ValueError) as exc:
        raise EmbedderUnavailable(
            f"no embedder {name!r}: neither a folder nor a model in the local hub cache"
        ) from exc
