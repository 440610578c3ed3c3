"""Opens the embedder that the configuration names."""

from __future__ import annotations

import os
from pathlib import Path

from knowledge_base.embedder.files import MANIFEST, default_folder
from knowledge_base.embedder.onnx_encoder import OnnxEncoder
from knowledge_base.embedder.port import Embedder

DEFAULT = "default"


def open_embedder(name: str, *, threads: int) -> Embedder:
    """``default``, or the name or folder of a sentence-transformers model; nothing is ever downloaded.

    An embedder made by ``knowledge_base.embedder.make`` is run directly. It is a sentence-transformers model
    too, but importing that
    library costs 370 MB and several seconds, which only other models have to pay. Raises
    ``EmbedderUnavailable``.
    """
    folder = default_folder() if name == DEFAULT else Path(name)
    if name == DEFAULT or (folder / MANIFEST).is_file():
        return OnnxEncoder.load(folder, threads=threads)
    # Read when the libraries are imported, which is here for the reason above.
    for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        os.environ.setdefault(variable, "1")
    from knowledge_base.embedder.sentence_model import SentenceModel  # noqa: PLC0415

    return SentenceModel.load(name, threads=threads)
