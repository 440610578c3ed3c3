"""Trials of every change between any two states of a shop."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from knowledge_base.editing.trying import Trials
from tests.unit.knowledge_base.editing.in_full import LOG, POLICY, STATES, TODAY, InFull, assert_as_in_full
from tests.unit.knowledge_base.shop import build, open_current
from tests.unit.knowledge_base.word_embedder import WordEmbedder


@pytest.fixture(scope="module")
def in_full() -> InFull:
    return InFull()


@pytest.mark.parametrize(("before", "after"), list(product(STATES, STATES)))
def test_only_questions_that_a_change_concerns_need_to_be_asked_again(
    tmp_path: Path, in_full: InFull, before: str, after: str
) -> None:
    build(tmp_path, STATES[before], WordEmbedder())
    trial = Trials(WordEmbedder(), POLICY).run(open_current(tmp_path), STATES[after], LOG, today=TODAY)
    assert_as_in_full(trial, in_full.tried(STATES[before], STATES[after]))
