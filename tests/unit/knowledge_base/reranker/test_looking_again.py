"""What a reranker is asked, and where its scores go."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge_base.index.version import NOTHING_FOUND
from knowledge_base.reranker.looking_again import LOOKED_AT, SecondStage
from knowledge_base.reranker.opening import open_reranker
from tests.unit.knowledge_base.finding import found
from tests.unit.knowledge_base.shop import entry


class Liking:
    """Likes texts with a word in them; remembers what it was asked."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.asked: list[tuple[str, list[str]]] = []

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        self.asked.append((question, [*texts]))
        return [0.9 if self.word in text else 0.1 for text in texts]


def test_an_entry_counts_with_its_best_text() -> None:
    reranker = Liking("答案")
    again = SecondStage(reranker=reranker).looked_again("退货", found(0.9, 0.8))
    assert reranker.asked == [
        ("退货", ["怎么申请退货", "怎么申请退货的答案", "能开发票吗", "能开发票吗的答案"])
    ]
    assert [match.reranked for match in again.matches] == [0.9, 0.9]


def test_without_answers_only_the_nearest_phrasings_are_read() -> None:
    reranker = Liking("发票")
    finding = found(0.9, 0.8)
    again = SecondStage(reranker=reranker, answers=False).looked_again("开票", finding)
    assert reranker.asked == [("开票", ["怎么申请退货", "能开发票吗"])]
    assert [match.reranked for match in again.matches] == [0.1, 0.9]
    # The index's own order and figures stay.
    assert [match.entry.id for match in again.matches] == ["return", "invoice"]
    assert [match.score for match in again.matches] == [match.score for match in finding.matches]
    assert (again.agreement, again.coverage) == (finding.agreement, finding.coverage)


def test_no_more_than_ten_are_looked_at() -> None:
    reranker = Liking("问题")
    many = [entry(str(number), f"问题{number}") for number in range(LOOKED_AT + 2)]
    scores = [1 - number / 20 for number in range(len(many))]
    again = SecondStage(reranker=reranker, answers=False).looked_again("问", found(*scores, entries=many))
    assert len(reranker.asked[0][1]) == LOOKED_AT
    assert [match.reranked for match in again.matches] == [0.9] * LOOKED_AT + [0.0] * 2


def test_nothing_to_read_asks_nothing() -> None:
    reranker = Liking("")
    stage = SecondStage(reranker=reranker)
    assert stage.looked_again("退货", NOTHING_FOUND) == NOTHING_FOUND
    assert stage.looked_again("", found(0.9)) == found(0.9)
    assert reranker.asked == []


def test_none_is_no_reranker() -> None:
    assert open_reranker("none", threads=1) is None
