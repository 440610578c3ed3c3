"""The recipe of the default embedder: cut the vocabulary, draw the network, check it, put it in place."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from knowledge_base.embedder.files import (
    CONFIG,
    MANIFEST,
    MODULES,
    NETWORK,
    TOKENIZER,
    Manifest,
    broken_files,
    file_hash,
    read_manifest,
)
from knowledge_base.embedder.make.adaptation import Adaptation
from knowledge_base.embedder.make.graph import POSITIONS, draw_encoder
from knowledge_base.embedder.make.tokenizer_file import make_tokenizer
from knowledge_base.embedder.make.vocabulary import choose_vocabulary
from knowledge_base.embedder.make.weights_file import WeightsFile
from knowledge_base.embedder.onnx_encoder import OnnxEncoder
from knowledge_base.errors import EmbedderUnavailable

RECIPE = 2
"""Grows when this folder changes what it makes; an embedder of another number is made again."""

LEAST_COSINE = 0.99
CHECKED = (
    "怎么申请退货",
    "你们几点下班呀，周末有人吗",
    "订单显示已签收，可是我没有收到货",
    "满200减30的券可以和店铺券一起用吗",
    "能开增值税专用发票吗",
    "坏果包赔怎么弄，要拍照吗？",
)

Step = Callable[[str], None]


def is_made(folder: Path, source: Path, adaptation: Adaptation) -> bool:
    """Whether ``folder`` holds, undamaged, what this recipe makes of ``source`` and what was trained."""
    manifest = read_manifest(folder)
    if manifest is None or manifest.recipe != RECIPE or manifest.source_sha256 != file_hash(source):
        return False
    return manifest.adaptation == adaptation.identity and not broken_files(folder, manifest)


def make_embedder(source: Path, adaptation: Adaptation, folder: Path, step: Step) -> float:
    """Make the embedder in ``folder``, replacing what is there; ``step`` is told what is done.

    Returns the least cosine between the network and the same in float32 over ``CHECKED``. Raises
    ``EmbedderUnavailable`` when that is below ``LEAST_COSINE``; ``folder`` is then left as it was.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        work = Path(temporary) / "made"
        work.mkdir()
        step("reading the weights")
        weights = WeightsFile(source)
        step("choosing the vocabulary")
        vocabulary = choose_vocabulary(weights)
        tokenizer = make_tokenizer(vocabulary, weights.special, positions=POSITIONS)
        tokenizer.save(str(work / TOKENIZER))
        step("drawing the network")
        network = draw_encoder(weights, vocabulary.rows, adaptation)
        (work / NETWORK).write_bytes(network.SerializeToString(deterministic=True))
        step("checking against float32")
        cosine = _least_cosine(
            OnnxEncoder(str(work / NETWORK), tokenizer, threads=1),
            OnnxEncoder(
                draw_encoder(weights, vocabulary.rows, adaptation, decoded=True).SerializeToString(),
                tokenizer,
                threads=1,
            ),
        )
        if cosine < LEAST_COSINE:
            raise EmbedderUnavailable(f"the embedder differs too much from float32 (cosine {cosine:.4f})")
        step("writing the manifest")
        _describe(work, source, adaptation, width=weights.shape.width)
        _put_in_place(work, folder)
    return cosine


def _least_cosine(one: OnnxEncoder, other: OnnxEncoder) -> float:
    return float(np.sum(one.encode(CHECKED) * other.encode(CHECKED), axis=1).min())


def _describe(work: Path, source: Path, adaptation: Adaptation, *, width: int) -> None:
    modules: Sequence[dict[str, object]] = [
        {"idx": 0, "name": "0", "path": "", "type": "knowledge_base.embedder.onnx_module.OnnxModule"},
        {
            "idx": 1,
            "name": "1",
            "path": "1_Normalize",
            "type": "sentence_transformers.sentence_transformer.modules.Normalize",
        },
    ]
    (work / "1_Normalize").mkdir()
    _write_json(work / "1_Normalize" / "config.json", {})
    _write_json(work / MODULES, modules)
    _write_json(work / CONFIG, {"width": width, "positions": POSITIONS})
    _write_json(work / "config_sentence_transformers.json", {"similarity_fn_name": "cosine"})
    names = sorted(path.relative_to(work).as_posix() for path in work.rglob("*") if path.is_file())
    manifest = Manifest(
        recipe=RECIPE,
        source_sha256=file_hash(source),
        adaptation=adaptation.identity,
        sha256={name: file_hash(work / name) for name in names},
    )
    _write_json(work / MANIFEST, manifest.as_json())


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def _put_in_place(work: Path, folder: Path) -> None:
    if folder.exists():
        old = work.parent / "old"
        folder.replace(old)
        shutil.rmtree(old)
    work.replace(folder)
