"""What training changed, as thin matrices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from knowledge_base.embedder.make.adaptation import Adaptation, LowRank, lower_rank
from knowledge_base.errors import EmbedderUnavailable


def test_a_change_of_low_rank_is_kept_whole() -> None:
    chance = np.random.default_rng(1)
    change = (chance.normal(size=(12, 3)) @ chance.normal(size=(3, 8))).astype(np.float32)
    product = lower_rank(change, 3)
    assert product.up.shape == (12, 3)
    assert product.down.shape == (3, 8)
    assert np.allclose(product.up @ product.down, change, atol=1e-5)


def test_a_lower_rank_is_the_nearest_of_it() -> None:
    change = np.diag([4.0, 2.0, 1.0]).astype(np.float32)
    product = lower_rank(change, 2)
    assert np.allclose(product.up @ product.down, np.diag([4.0, 2.0, 0.0]), atol=1e-6)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    product = LowRank(up=np.ones((4, 2), np.float32), down=np.full((2, 3), 0.5, np.float32))
    written = Adaptation(products={"l0.q": product}, changes={"emb.pos": np.ones((2, 3), np.float32)})
    written.write(tmp_path / "trained.npz")
    read = Adaptation.read(tmp_path / "trained.npz")
    assert read.identity == written.identity
    assert np.array_equal(read.changed("emb.pos", np.zeros((2, 3), np.float32)), np.ones((2, 3)))
    assert np.array_equal(read.changed("emb.ln.w", np.zeros(3, np.float32)), np.zeros(3))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trained.npz").write_bytes(b"no archive")
    with pytest.raises(EmbedderUnavailable, match=r"trained\.npz"):
        Adaptation.read(tmp_path / "trained.npz")
