"""The default embedder as a torch network that can be trained, and what training changed as an ``Adaptation``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertConfig, BertModel

from knowledge_base.embedder.make.adaptation import RANK, Adaptation, LowRank, lower_rank, stacks
from knowledge_base.embedder.make.graph import POSITIONS
from knowledge_base.embedder.make.tokenizer_file import make_tokenizer
from knowledge_base.embedder.make.vocabulary import choose_vocabulary
from knowledge_base.embedder.make.weights_file import WeightsFile

Floats = NDArray[np.float32]

_LINEAR = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
_LONGEST = 64
"""Tokens of a training text; what customers type is shorter."""


class Network:
    """An encoder with its tokenizer. Word vectors stay as they are: a shop's texts hold few of the 20,000 pieces."""

    def __init__(self, source: WeightsFile, adaptation: Adaptation) -> None:
        self._source = source
        vocabulary = choose_vocabulary(source)
        self.tokenizer: Tokenizer = make_tokenizer(vocabulary, source.special, positions=_LONGEST)
        self.model = _empty_model(source, len(vocabulary.rows))
        self._untrained = dict(_tensors(source))
        named = {
            _torch_name(name): torch.from_numpy(_adapted(source, name, tensor, adaptation))
            for name, tensor in self._untrained.items()
        }
        named["embeddings.word_embeddings.weight"] = torch.from_numpy(source.word_rows(vocabulary.rows))
        named["embeddings.token_type_embeddings.weight"] = torch.from_numpy(
            source.tensor("emb.type", -1, source.shape.width)[:1]
        )
        self.model.load_state_dict(named, strict=False)
        self.model.train(mode=False)
        for fixed in ("word_embeddings", "token_type_embeddings"):
            self.model.get_submodule(f"embeddings.{fixed}").requires_grad_(requires_grad=False)

    def vectors(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors, (texts, width), of tidied texts; gradients flow while the model trains."""
        encodings = self.tokenizer.encode_batch(list(texts))
        ids = torch.tensor([encoding.ids for encoding in encodings])
        mask = torch.tensor([encoding.attention_mask for encoding in encodings])
        hidden = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
        kept = mask.unsqueeze(-1).to(hidden.dtype)
        return torch.nn.functional.normalize((hidden * kept).sum(1) / kept.sum(1), dim=-1)

    def adaptation(self, rank: int = RANK) -> Adaptation:
        """How the network differs from the source's own weights; linear layers by their best approximation of ``rank``
        a stacked tensor.
        """
        state = self.model.state_dict()
        now = {name: state[_torch_name(name)].numpy() for name in self._untrained}
        change = {name: now[name] - before for name, before in self._untrained.items()}
        products: dict[str, LowRank] = {}
        for stack in stacks(self._source.shape.layers):
            both = np.concatenate([change.pop(f"{part}.w") for part in stack])
            if both.any():
                products[stack[0]] = lower_rank(both, rank * (2 if len(stack) > 1 else 1))
        return Adaptation(products=products, changes={name: one for name, one in change.items() if one.any()})


def _empty_model(source: WeightsFile, pieces: int) -> BertModel:
    shape = source.shape
    config = BertConfig(
        vocab_size=pieces,
        hidden_size=shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=POSITIONS,
        type_vocab_size=1,
        layer_norm_eps=shape.epsilon,
    )
    return BertModel(config, add_pooling_layer=False)


def _tensors(source: WeightsFile) -> Iterator[tuple[str, Floats]]:
    """All that may be trained, by the source's names."""
    width, wide = source.shape.width, source.shape.feed_forward
    yield "emb.pos", source.tensor("emb.pos", -1, width)[:POSITIONS]
    for norm in ("emb.ln", *(f"l{layer}.{norm}" for layer in range(source.shape.layers) for norm in _NORMS)):
        yield f"{norm}.w", source.tensor(f"{norm}.w", width)
        yield f"{norm}.b", source.tensor(f"{norm}.b", width)
    for layer in range(source.shape.layers):
        for part in _LINEAR:
            out, into = {"fi": (wide, width), "fo": (width, wide)}.get(part, (width, width))
            yield f"l{layer}.{part}.w", source.tensor(f"l{layer}.{part}.w", out, into)
            yield f"l{layer}.{part}.b", source.tensor(f"l{layer}.{part}.b", out)


def _adapted(source: WeightsFile, name: str, tensor: Floats, adaptation: Adaptation) -> Floats:
    for stack in stacks(source.shape.layers):
        names = [f"{part}.w" for part in stack]
        product = adaptation.products.get(stack[0])
        if name in names and product is not None:
            rows = len(tensor)
            start = names.index(name) * rows
            return np.asarray(tensor + product.up[start : start + rows] @ product.down, dtype=np.float32)
    return np.array(adaptation.changed(name, tensor), dtype=np.float32)


def _torch_name(name: str) -> str:
    if name == "emb.pos":
        return "embeddings.position_embeddings.weight"
    owner, *parts = name.split(".")
    kind = {"w": "weight", "b": "bias"}[parts[-1]]
    if owner == "emb":
        return f"embeddings.LayerNorm.{kind}"
    return f"encoder.layer.{owner[1:]}.{(_LINEAR | _NORMS)[parts[0]]}.{kind}"
