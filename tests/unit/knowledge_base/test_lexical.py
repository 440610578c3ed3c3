"""The character index."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge_base.index.lexical import build_lexical_index


def test_the_same_text_scores_one_and_a_strange_one_nothing() -> None:
    index = build_lexical_index(["怎么申请退货", "能开发票吗", "门店几点关门"])
    scores = index.scores("能开发票吗")
    assert scores[1] == pytest.approx(1, abs=1e-5)
    assert scores.argmax() == 1
    assert not index.scores("hello world").any()


def test_marks_and_spaces_do_not_count() -> None:
    index = build_lexical_index(["怎么申请退货"])
    assert np.allclose(index.scores("怎么 申请，退货？"), index.scores("怎么申请退货"))


@pytest.mark.parametrize("text", ["", "？？"])
def test_no_words_no_score(text: str) -> None:
    assert build_lexical_index(["退货"]).scores(text).tolist() == [0]


def test_texts_without_words_and_no_texts_at_all() -> None:
    assert build_lexical_index(["", "退货"]).scores("退货")[0] == 0
    assert build_lexical_index([]).scores("退货").tolist() == []
