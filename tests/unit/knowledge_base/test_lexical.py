"""The character index."""

from __future__ import annotations

import numpy as np
import pytest

from knowledge_base.index.lexical import build_lexical_index


def test_the_same_text_scores_one_and_a_strange_one_nothing() -> None:
    index = build_lexical_index(["怎么申请退货", "能开发票吗", "门店几点关门"])
    scores = index.scores(index.weigh("能开发票吗"))
    assert scores[1] == pytest.approx(1, abs=1e-5)
    assert scores.argmax() == 1
    assert not index.scores(index.weigh("hello world")).any()


def test_marks_and_spaces_do_not_count() -> None:
    index = build_lexical_index(["怎么申请退货"])
    with_marks, without = index.weigh("怎么 申请，退货？"), index.weigh("怎么申请退货")
    assert np.allclose(index.scores(with_marks), index.scores(without))


@pytest.mark.parametrize("text", ["", "？？"])
def test_no_words_no_score(text: str) -> None:
    index = build_lexical_index(["退货"])
    wording = index.weigh(text)
    assert index.scores(wording).tolist() == [0]
    assert index.coverage(wording, range(1)) == 0
    assert wording.unknown == 0


def test_texts_without_words_and_no_texts_at_all() -> None:
    index = build_lexical_index(["", "退货"])
    assert index.scores(index.weigh("退货"))[0] == 0
    empty = build_lexical_index([])
    assert empty.scores(empty.weigh("退货")).tolist() == []
    assert empty.weigh("退货").unknown == 1


def test_coverage_is_what_the_texts_hold_together() -> None:
    index = build_lexical_index(["怎么退", "怎么换", "换货"])
    asked = index.weigh("退换")
    assert index.coverage(asked, range(3)) == pytest.approx(
        index.coverage(asked, range(1)) + index.coverage(asked, range(1, 2))
    )
    assert (
        0 < index.coverage(asked, range(1)) < index.coverage(asked, range(2)) < 1
    )  # nobody has 退换 in one piece
    assert index.coverage(index.weigh("怎么退"), range(1)) == pytest.approx(1)
    assert index.coverage(index.weigh("怎么退"), range(2, 3)) == 0


def test_characters_that_no_text_has_are_unknown_and_weigh_more() -> None:
    index = build_lexical_index(["怎么退货", "怎么换货"])
    assert index.weigh("怎么退货").unknown == 0
    assert index.weigh("榴莲").unknown == 1
    assert 0.5 < index.weigh("怎么榴莲").unknown < 1


def test_without_a_text_the_wording_is_that_of_an_index_that_lacks_it() -> None:
    index, lacking = (
        build_lexical_index(["怎么退货", "怎么换货", "榴莲"]),
        build_lexical_index(["怎么退货", "怎么换货"]),
    )
    for text in ("怎么退榴莲", "榴莲", "退货榴"):
        one, other = index.weigh(text, without=2), lacking.weigh(text)
        assert (one.norm, one.total, one.unknown) == pytest.approx((other.norm, other.total, other.unknown))
        assert one.weights == pytest.approx(other.weights)
    asked = index.weigh("怎么退", without=0)
    assert index.coverage(asked, range(1), without=0) == 0
    assert index.coverage(asked, range(2), without=0) == pytest.approx(index.coverage(asked, range(1, 2)))


def test_candidates_give_what_a_scan_gives() -> None:
    texts = [f"{a}{b}{c}" for a in "退换查" for b in "货款单号" for c in "吗呢啊吧"]
    scanned, chosen = build_lexical_index(texts), build_lexical_index(texts, scanned=False)
    beside = np.array([0, 40])
    for text in ("退货吗", "查单号呢", "吧", "hello", ""):
        rows, scores = scanned.most_alike(scanned.weigh(text), 5, beside)
        assert set(beside) <= set(rows)
        assert scores == pytest.approx(scanned.scores(scanned.weigh(text))[rows])
        other_rows, other_scores = chosen.most_alike(chosen.weigh(text), 5, beside)
        assert set(beside) <= set(other_rows)
        # Which of several equals is taken is open.
        assert sorted(other_scores) == pytest.approx(sorted(scores), abs=1e-3)


def test_the_share_that_another_text_holds() -> None:
    index = build_lexical_index(["怎么申请退货", "怎么开发票", "怎么查物流"])
    everything, half, nothing = index.shares_held("退货发票", ["发票在这里，退货发票", "发票", "你好"])
    assert everything == pytest.approx(1)
    assert 0 < half < 1
    assert nothing == 0
    # 怎 is in every text and weighs less than 票, which is in one.
    assert index.shares_held("怎票", ["票"])[0] > index.shares_held("怎票", ["怎"])[0]


def test_the_share_of_no_words() -> None:
    assert build_lexical_index(["退货"]).shares_held("？？", ["退货"]) == [0]
    assert build_lexical_index([]).shares_held("退货", ["退货", "开票"]) == [1, 0]
    assert build_lexical_index(["退货"]).shares_held("退货", []) == []
