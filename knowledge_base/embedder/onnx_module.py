"""Lets sentence-transformers load an embedder made here: ``SentenceTransformer(folder,
trust_remote_code=True)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers.base.modules.input_module import InputModule

from knowledge_base.embedder.files import CONFIG
from knowledge_base.embedder.onnx_encoder import OnnxEncoder


class OnnxModule(InputModule):
    """First module of the folder's ``modules.json``: tokenises and runs the network; ``Normalize`` follows
    it.
    """

    config_file_name = CONFIG
    config_keys: list[str] = ["width", "positions"]  # noqa: RUF012 - the base class declares it so

    def __init__(self, encoder: OnnxEncoder, *, positions: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._encoder = encoder
        self.width = encoder.width
        self.positions = positions

    @classmethod
    def load(cls, model_name_or_path: str, *args: object, **kwargs: object) -> OnnxModule:
        """Open the folder; the hub's arguments do not apply to it."""
        config = cls.load_config(model_name_or_path, local_files_only=True)
        encoder = OnnxEncoder.load(Path(model_name_or_path), threads=torch.get_num_threads())
        return cls(encoder, positions=int(config["positions"]))

    def preprocess(
        self, inputs: Sequence[Any], prompt: str | None = None, **kwargs: object
    ) -> dict[str, Any]:
        texts = [f"{prompt or ''}{text}" for text in inputs]
        ids, mask = self._encoder.tokens(texts)
        return {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}

    def forward(self, features: dict[str, Any], **kwargs: object) -> dict[str, Any]:
        vectors = self._encoder.run(features["input_ids"].numpy(), features["attention_mask"].numpy())
        return {**features, "sentence_embedding": torch.from_numpy(vectors)}

    def get_embedding_dimension(self) -> int:
        return self.width

    def save(self, output_path: str, *args: object, **kwargs: object) -> None:
        """Not offered: the folder is made by ``knowledge_base.embedder.make`` only."""
        raise NotImplementedError("an embedder is made by `python -m knowledge_base.embedder.make`")
