"""Opens the reranker that the configuration names."""

from __future__ import annotations

import os

from knowledge_base.reranker.port import Reranker

NONE = "none"


def open_reranker(name: str, *, threads: int) -> Reranker | None:
    """``none`` gives None; else a sentence-transformers CrossEncoder by folder, or by name from the local hub cache.

    Nothing is ever downloaded. Raises ``RerankerUnavailable``, naming the setting and what helps.
    """
    if name == NONE:
        return None
    # Read when the libraries are imported, which is here because they cost several hundred MB and seconds.
    for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
        os.environ.setdefault(variable, "1")
    from knowledge_base.reranker.cross_encoder import CrossEncoderReranker  # noqa: PLC0415

    return CrossEncoderReranker.load(name, threads=threads)
