"""Any sentence-transformers CrossEncoder as a reranker. Importing this module loads torch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from huggingface_hub.errors import LocalEntryNotFoundError
from sentence_transformers import CrossEncoder
from transformers.utils.logging import disable_progress_bar

from knowledge_base.errors import RerankerUnavailable

# Commands have bars of their own.
disable_progress_bar()  # type: ignore[no-untyped-call]

_CURE = "give the folder of a sentence-transformers CrossEncoder on this machine, or `none`"

_TOGETHER = 5
"""Texts of one length, so that short phrasings are not filled up to long answers; the library sorts them."""


class CrossEncoderReranker:
    """A CrossEncoder with one output, on the CPU. Whatever activation the model names, scores are 0 to 1."""

    def __init__(self, model: CrossEncoder) -> None:
        self._model = model

    @classmethod
    def load(cls, name: str, *, threads: int) -> CrossEncoderReranker:
        """Open a folder, or a name from the local hub cache; raises ``RerankerUnavailable``. Code in the model is
        never run.
        """
        return cls(open_cross_encoder(name, threads=threads))

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        if not texts:
            return []
        found = self._model.predict(
            [(question, text) for text in texts],
            batch_size=_TOGETHER,
            activation_fn=torch.nn.Sigmoid(),
            show_progress_bar=False,
        )
        return [float(score) for score in found]


def open_cross_encoder(name: str, *, threads: int) -> CrossEncoder:
    """As ``CrossEncoderReranker.load``, the library's own object."""
    folder = _find(name)
    if not _is_cross_encoder(folder):
        # The library would put a head of random numbers on any other model and say nothing.
        raise _unavailable(name, "it is not a cross-encoder")
    torch.set_num_threads(threads)
    try:
        model: CrossEncoder = CrossEncoder(str(folder), device="cpu", local_files_only=True)
    except Exception as exc:  # each of the libraries below has its own
        raise _unavailable(name, str(exc)) from exc
    if model.num_labels != 1:
        raise _unavailable(name, f"it gives {model.num_labels} numbers for a pair, not one")
    return model


def _find(name: str) -> Path:
    if Path(name).is_dir():
        return Path(name)
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except (LocalEntryNotFoundError, ValueError) as exc:
        raise _unavailable(name, "neither a folder nor a model in the local hub cache") from exc


def _is_cross_encoder(folder: Path) -> bool:
    """By what the model's own files say: saved as one by the library, or with a head that classifies pairs."""
    saved_as = _read(folder / "config_sentence_transformers.json").get("model_type")
    architectures = _read(folder / "config.json").get("architectures") or []
    return saved_as == "CrossEncoder" or any(
        str(each).endswith("ForSequenceClassification") for each in architectures
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _unavailable(name: str, why: str) -> RerankerUnavailable:
    return RerankerUnavailable(f"knowledge_base.reranker: cannot open {name!r}: {why}; {_CURE}")
