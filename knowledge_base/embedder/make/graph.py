"""Draws the encoder as an ONNX graph: token ids in, one mean vector a text out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from knowledge_base.embedder.make.adaptation import UNCHANGED, Adaptation
from knowledge_base.embedder.make.weights_file import GROUP, Floats, WeightsFile

POSITIONS = 128
INPUTS = ("input_ids", "attention_mask")
OUTPUT = "sentence_embedding"

_ORT = "com.microsoft"
_OPSET = 20
_IR_VERSION = 10


def draw_encoder(
    source: WeightsFile, rows: Sequence[int], adaptation: Adaptation = UNCHANGED, *, decoded: bool = False
) -> onnx.ModelProto:
    """The whole encoder; its table of pieces holds ``rows`` of the source as 8-bit numbers.

    The layers keep the source's own 4-bit numbers, so nothing is lost a second time, and each token is computed alone,
    so a text's vector does not depend on the texts that share its batch. What ``adaptation`` adds is computed beside
    them. ``decoded`` draws everything in float32 instead, to check the former.

    Inputs ``input_ids`` and ``attention_mask``: int64, (texts, tokens), tokens <= 128. Output: float32 (texts, width),
    the mean over the tokens that the mask keeps, not yet of unit length.
    """
    drawing = _DecodedDrawing(source, adaptation) if decoded else _Drawing(source, adaptation)
    return drawing.draw(rows)


class _Drawing:
    def __init__(self, source: WeightsFile, adaptation: Adaptation) -> None:
        self._source = source
        self._adaptation = adaptation
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def draw(self, rows: Sequence[int]) -> onnx.ModelProto:
        hidden = self._embed(rows)
        self._node("Cast", [INPUTS[1]], "mask32", to=TensorProto.INT32)
        for layer in range(self._source.shape.layers):
            hidden = self._layer(layer, hidden)
        self._mean(hidden)
        inputs = [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in INPUTS
        ]
        output = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["texts", self._source.shape.width])
        graph = helper.make_graph(self._nodes, "encoder", inputs, [output], self._constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_ORT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="xiaoer")

    def _node(
        self, op: str, inputs: Sequence[str], output: str, *, domain: str = "", **attributes: Any
    ) -> str:
        node = helper.make_node(op, list(inputs), [output], name=output, domain=domain, **attributes)
        self._nodes.append(node)
        return output

    def _constant(self, name: str, values: NDArray[np.generic]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _embed(self, rows: Sequence[int]) -> str:
        shape = self._source.shape
        words = self._source.word_rows(rows)
        steps = np.maximum(np.abs(words).max(axis=1, keepdims=True) / 127, 1e-12).astype(np.float32)
        numbers = np.round(words / steps).astype(np.int8)
        # All texts are of one segment, so its row is added to every position once and for all.
        places = self._adaptation.changed(
            "emb.pos", self._source.tensor("emb.pos", -1, shape.width)[:POSITIONS]
        )
        places = places + self._source.tensor("emb.type", -1, shape.width)[:1]

        self._node("Gather", [self._constant("words", numbers), INPUTS[0]], "word_numbers")
        self._node("Gather", [self._constant("word_steps", steps), INPUTS[0]], "word_scale")
        self._node("Cast", ["word_numbers"], "word_floats", to=TensorProto.FLOAT)
        self._node("Mul", ["word_floats", "word_scale"], "word_vectors")
        self._node("Shape", [INPUTS[0]], "tokens", start=1, end=2)
        zero = self._constant("zero", np.array([0], dtype=np.int64))
        self._node("Slice", [self._constant("places", places), zero, "tokens", zero], "place_rows")
        self._node("Unsqueeze", ["place_rows", zero], "place_vectors")
        self._node("Add", ["word_vectors", "place_vectors"], "embedded")
        gain, shift = self._norm("emb.ln")
        return self._node(
            "LayerNormalization", ["embedded", gain, shift], "embedded_norm", axis=-1, epsilon=shape.epsilon
        )

    def _layer(self, layer: int, hidden: str) -> str:
        shape, prefix = self._source.shape, f"l{layer}"
        parts = [f"{prefix}.{part}" for part in "qkv"]
        mixed = self._layer_sum(parts, hidden, shape.width, shape.width)
        self._nodes.append(
            helper.make_node("Split", [mixed], parts, name=f"{prefix}.split", axis=-1, num_outputs=3)
        )
        attended = self._node(
            "MultiHeadAttention",
            [*parts, "", "mask32"],
            f"{prefix}.attended",
            domain=_ORT,
            num_heads=shape.heads,
        )
        attended = self._layer_sum([f"{prefix}.ao"], attended, shape.width, shape.width)
        hidden = self._add_and_norm(f"{prefix}.aln", attended, hidden)
        wide = self._layer_sum([f"{prefix}.fi"], hidden, shape.feed_forward, shape.width)
        wide = self._node("Gelu", [wide], f"{prefix}.gelu")
        narrow = self._layer_sum([f"{prefix}.fo"], wide, shape.width, shape.feed_forward)
        return self._add_and_norm(f"{prefix}.oln", narrow, hidden)

    def _layer_sum(self, names: Sequence[str], data: str, out: int, into: int) -> str:
        """A linear layer and, beside it, what training added."""
        whole = self._linear(names, data, out, into)
        added = self._adaptation.products.get(names[0])
        if added is None:
            return whole
        thin = self._node(
            "MatMul", [data, self._constant(f"{names[0]}.down", added.down.T)], f"{names[0]}.thin"
        )
        wide = self._node("MatMul", [thin, self._constant(f"{names[0]}.up", added.up.T)], f"{names[0]}.added")
        return self._node("Add", [whole, wide], f"{names[0]}.adapted")

    def _linear(self, names: Sequence[str], data: str, out: int, into: int) -> str:
        """One product for several tensors of (out, into), stacked; the sum carries the first one's name."""
        both = [self._source.groups(f"{name}.w") for name in names]
        steps = np.concatenate([steps for steps, _ in both])
        numbers = np.concatenate([numbers for _, numbers in both])
        packed = (numbers[:, 0::2] | numbers[:, 1::2] << 4).reshape(len(names) * out, into // GROUP, -1)
        inputs = [
            data,
            self._constant(f"{names[0]}.numbers", packed),
            self._constant(f"{names[0]}.steps", steps),
            "",
            "",
            self._bias(names, out),
        ]
        return self._node(
            "MatMulNBits",
            inputs,
            f"{names[0]}.sum",
            domain=_ORT,
            K=into,
            N=len(names) * out,
            bits=4,
            block_size=GROUP,
            # Activations as 8-bit numbers, by block of each token.
            accuracy_level=4,
        )

    def _bias(self, names: Sequence[str], out: int) -> str:
        bias = np.concatenate([self._small(f"{name}.b", out) for name in names])
        return self._constant(f"{names[0]}.bias", bias)

    def _norm(self, name: str) -> tuple[str, str]:
        width = self._source.shape.width
        return (
            self._constant(f"{name}.gain", self._small(f"{name}.w", width)),
            self._constant(f"{name}.shift", self._small(f"{name}.b", width)),
        )

    def _small(self, name: str, *shape: int) -> Floats:
        return self._adaptation.changed(name, self._source.tensor(name, *shape))

    def _add_and_norm(self, name: str, data: str, skip: str) -> str:
        gain, shift = self._norm(name)
        return self._node(
            "SkipLayerNormalization",
            [data, skip, gain, shift],
            f"{name}.normed",
            domain=_ORT,
            epsilon=self._source.shape.epsilon,
        )

    def _mean(self, hidden: str) -> None:
        last = self._constant("last_axis", np.array([-1], dtype=np.int64))
        middle = self._constant("token_axis", np.array([1], dtype=np.int64))
        self._node("Cast", [INPUTS[1]], "mask_floats", to=TensorProto.FLOAT)
        self._node("Unsqueeze", ["mask_floats", last], "mask_column")
        self._node("Mul", [hidden, "mask_column"], "kept")
        self._node("ReduceSum", ["kept", middle], "total", keepdims=0)
        self._node("ReduceSum", ["mask_floats", middle], "count", keepdims=1)
        self._node("Div", ["total", "count"], OUTPUT)


class _DecodedDrawing(_Drawing):
    def _linear(self, names: Sequence[str], data: str, out: int, into: int) -> str:
        weights = np.concatenate([self._source.tensor(f"{name}.w", out, into) for name in names])
        product = self._node(
            "MatMul", [data, self._constant(f"{names[0]}.weights", weights.T)], f"{names[0]}.product"
        )
        return self._node("Add", [product, self._bias(names, out)], f"{names[0]}.sum")
