"""Runs an encoder with ONNX Runtime: texts in, unit vectors out. Needs neither torch nor sentence-
transformers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from knowledge_base.embedder.files import NETWORK, TOKENIZER, broken_files, read_manifest
from knowledge_base.errors import EmbedderUnavailable

Floats = NDArray[np.float32]

_BATCH = 16


class OnnxEncoder:
    """A tokenizer and a session. Calls are safe from one thread at a time."""

    def __init__(
        self, network: str | bytes, tokenizer: Tokenizer, *, threads: int, identity: str = ""
    ) -> None:
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Arenas only grow; a batch of long texts would be paid for until the process ends.
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        self._tokenizer = tokenizer
        self.identity = identity
        self.width = int(self._session.get_outputs()[0].shape[1])

    @classmethod
    def load(cls, folder: Path, *, threads: int) -> OnnxEncoder:
        """Open an embedder made by ``knowledge_base.embedder.make``; raises ``EmbedderUnavailable`` when it
        is damaged.
        """
        manifest = read_manifest(folder)
        if manifest is None:
            raise EmbedderUnavailable(f"no embedder in {folder}; run `make setup`")
        if broken := broken_files(folder, manifest):
            raise EmbedderUnavailable(f"damaged embedder ({', '.join(broken)}) in {folder}; run `make setup`")
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        return cls(str(folder / NETWORK), tokenizer, threads=threads, identity=manifest.identity)

    def run(self, ids: NDArray[np.int64], mask: NDArray[np.int64]) -> Floats:
        """Mean vectors, not of unit length, for a padded batch of token ids; all arrays are (texts,
        tokens).
        """
        (vectors,) = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
        return np.asarray(vectors, dtype=np.float32)

    def tokens(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Ids and mask of a batch, padded to its longest text."""
        encodings = self._tokenizer.encode_batch(list(texts))
        ids = np.array([encoding.ids for encoding in encodings], dtype=np.int64)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        return ids, mask

    def encode(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, (texts, width). Texts of as many tokens share a batch, so that nothing is spent on padding."""
        vectors = np.zeros((len(texts), self.width), dtype=np.float32)
        for alike in _by_length([self._tokenizer.encode(text).ids for text in texts]):
            ids = np.array([found for _, found in alike], dtype=np.int64)
            vectors[[at for at, _ in alike]] = self.run(ids, np.ones_like(ids))
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


def _by_length(tokens: Sequence[list[int]]) -> Iterator[list[tuple[int, list[int]]]]:
    """Batches of texts with as many tokens, each with its place."""
    ordered = sorted(enumerate(tokens), key=lambda item: len(item[1]))
    for _, same in groupby(ordered, key=lambda item: len(item[1])):
        alike = list(same)
        for start in range(0, len(alike), _BATCH):
            yield alike[start : start + _BATCH]
