"""Draws the encoder as an ONNX graph: token ids in, one mean vector a text out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from knowledge_base.embedder.make.weights_file import Floats, WeightsFile

POSITIONS = 128
INPUTS = ("input_ids", "attention_mask")
OUTPUT = "sentence_embedding"

_ORT = "com.microsoft"
_OPSET = 20
_IR_VERSION = 10


def draw_encoder(source: WeightsFile, rows: Sequence[int]) -> onnx.ModelProto:
    """The whole encoder with float32 layers; the table of pieces holds ``rows`` of the source as 8-bit numbers.

    Inputs ``input_ids`` and ``attention_mask``: int64, (texts, tokens), tokens <= 128. Output: float32 (texts, width), the mean over
    the tokens that the mask keeps, not yet of unit length.
    """
    return _Drawing(source).draw(rows)


class _Drawing:
    def __init__(self, source: WeightsFile) -> None:
        self._source = source
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
        self, op: str, inputs: Sequence[str], output: str, *, domain: str = "", **attributes: object
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
        places = self._source.tensor("emb.pos", -1, shape.width)[:POSITIONS]
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
        tensor = self._source.tensor
        weights = np.concatenate([tensor(f"{prefix}.{part}.w", shape.width, shape.width) for part in "qkv"])
        bias = np.concatenate([tensor(f"{prefix}.{part}.b", shape.width) for part in "qkv"])
        mixed = self._linear(f"{prefix}.qkv", hidden, weights, bias)
        parts = [f"{prefix}.{part}" for part in "qkv"]
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
        attended = self._dense(f"{prefix}.ao", attended, shape.width, shape.width)
        hidden = self._add_and_norm(f"{prefix}.aln", attended, hidden)
        wide = self._dense(f"{prefix}.fi", hidden, shape.feed_forward, shape.width)
        wide = self._node("Gelu", [wide], f"{prefix}.gelu")
        narrow = self._dense(f"{prefix}.fo", wide, shape.width, shape.feed_forward)
        return self._add_and_norm(f"{prefix}.oln", narrow, hidden)

    def _dense(self, name: str, data: str, out: int, into: int) -> str:
        weights, bias = self._source.tensor(f"{name}.w", out, into), self._source.tensor(f"{name}.b", out)
        return self._linear(name, data, weights, bias)

    def _linear(self, name: str, data: str, weights: Floats, bias: Floats) -> str:
        product = self._node(
            "MatMul", [data, self._constant(f"{name}.weights", weights.T)], f"{name}.product"
        )
        return self._node("Add", [product, self._constant(f"{name}.bias", bias)], f"{name}.sum")

    def _norm(self, name: str) -> tuple[str, str]:
        width = self._source.shape.width
        return (
            self._constant(f"{name}.gain", self._source.tensor(f"{name}.w", width)),
            self._constant(f"{name}.shift", self._source.tensor(f"{name}.b", width)),
        )

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
